"""same_numbers.py FOLDER - every number in the tables of summary.md, and every cell of layers.csv, is that of report.json."""

import csv
import json
import re
import sys
from fractions import Fraction
from pathlib import Path

folder = Path(sys.argv[1])
report = json.loads((folder / "report.json").read_text())
modules = {each["id"]: each for each in report["modules"]}
metrics = {each["name"]: each for each in report["metrics"]}
compared = 0


def number(value):
    return int(value) if isinstance(value, str) else value


def expect(where, found, wanted):
    global compared
    compared += 1
    if found != wanted:
        sys.exit(f"{where}: {found!r}, and the JSON has {wanted!r}")


def digits(value):
    """As the files have it: integers in full, reals with the shortest digits."""
    value = number(value)
    return str(value) if isinstance(value, int) else value


def same(where, text, value):
    wanted = digits(value)
    expect(where, text if isinstance(wanted, str) else float(text), wanted)


PREFIXES = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "m": -3, "µ": -6, "n": -9, "p": -12}


def near(where, text, value, unit):
    """`653.0 PFLOP`: the value, rounded where the text ends."""
    global compared
    compared += 1
    found = re.fullmatch(r"([\d,]+)(\.\d+)?(?: ([kMGTPEmµnp]?)(\D*))?", text)
    if not found or (found[4] or "") != ("" if unit == "count" else unit):
        sys.exit(f"{where}: `{text}` is no number of {unit}")
    step = PREFIXES[found[3] or ""]
    shown = Fraction(found[1].replace(",", "") + (found[2] or "")) * Fraction(10) ** step
    last = Fraction(10) ** (step - len((found[2] or ".")[1:]))
    if abs(shown - Fraction(number(value))) > last / 2:
        sys.exit(f"{where}: {text}, and the JSON has {value}")


def tables(text):
    """Tables by the heading above them: a list of rows of plain cells each."""
    found, heading = {}, ""
    for block in re.split(r"\n\n", text):
        if block.startswith("#"):
            heading = block.lstrip("# ").split(",")[0]
        if block.startswith("|"):
            rows = [[cell.strip().replace("\\", "") for cell in line.strip("|").split(" |")] for line in block.strip().split("\n")]
            found.setdefault(heading, []).append(rows[2:])
    return found


def tera(value):
    return f"{number(value) / 10**12:.6f}"


def flops(values):
    return number(values.get("flops_tensor", 0))


total = flops(report["totals"])
share = lambda part: f"{part / total:.4f}"
page = tables((folder / "summary.md").read_text())

inputs = {each["name"]: each["value"] for each in report["workload"]["inputs"]}
for name, value, *_ in page["Workload"][0]:
    wanted = inputs[name]
    expect(f"input {name}", value, str(wanted).lower() if isinstance(wanted, bool) else str(wanted))
for name, value in page.get("Geometry", [[]])[0]:
    same(f"geometry {name}", value, report["geometry"][name])
titles = {each["title"]: name for name, each in metrics.items()}
for title, rounded, value, unit in page["Totals"][0]:
    near(f"total {title}", rounded, report["totals"][titles[title]], unit)
    same(f"total {title}", value, report["totals"][titles[title]])
for name, calls, work, part, *times in page["Stages"][0]:
    if times:
        near(f"time of {name}", times[0], modules[name]["metrics"]["time_s"], "s")
    expect(f"calls of {name}", calls, f"{number(modules[name]['calls'])}")
    expect(f"work of {name}", work, tera(flops(modules[name]["metrics"])))
    expect(f"share of {name}", part, share(flops(modules[name]["metrics"])))
for (name, *values), stage in zip(page[next(each for each in page if each.startswith("Memory"))][0], report["memory"]["stages"]):
    expect("stage", name, stage["stage"])
    for text, key in zip(values, ["weight_bytes", "kv_bytes", "state_bytes", "activation_peak_bytes", "total_bytes"]):
        near(f"{key} of {name}", text, stage[key], "B")
leaves = sorted((each for each in report["modules"] if not each["children"]), key=lambda each: -flops(each["metrics"]))
for (rank, name, _, work, part), leaf in zip(page["Top layers by FLOPs"][0], leaves):
    expect(f"rank {rank}", work, tera(flops(leaf["metrics"])))
    expect(f"work of {name}", work, tera(flops(modules[name]["metrics"])))
    expect(f"share of {name}", part, share(flops(modules[name]["metrics"])))
for _, pattern, copies, work, part in page["Top layers by FLOPs"][1]:
    first, last = (int(each) for each in re.search(r"(\d+)…(\d+)|$", pattern).groups(default="-1"))
    parts = [flops(modules[re.sub(r"\d+…\d+", str(i), pattern)]["metrics"]) for i in range(first, last + 1)] if first >= 0 else [flops(modules[pattern]["metrics"])]
    expect(f"copies of {pattern}", copies, str(len(parts)))
    expect(f"work of {pattern}", work, tera(sum(parts)))
    expect(f"share of {pattern}", part, share(sum(parts)))

columns = [name for name in metrics if name in report["totals"]]
with (folder / "layers.csv").open(newline="") as file:
    for row in csv.DictReader(file):
        module = modules[row["id"]]
        for name in columns:
            if row.get(name, "") != "" or name in module["metrics"]:
                same(f"{name} of {row['id']}", row[name], module["metrics"][name])
        same(f"calls of {row['id']}", row["calls"], module["calls"])
print(f"{compared} numbers are the JSON's")
