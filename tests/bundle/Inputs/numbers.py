#!/usr/bin/env python3
"""numbers.py BUNDLE RESULTS... - every number of a bundle's documents is the one of the JSON that it came from.

Tables are read cell by cell, each column against its key. Whatever other number stands in the text must be one of the
JSON's, as it is or in another unit, to six digits. The numbers of bundle-metadata.json are compared with the
results.json that the runs wrote. English and Chinese have the same numbers. Prints what was compared.
"""
import csv
import json
import re
import sys
from math import isclose
from pathlib import Path

folder = Path(sys.argv[1])
data = json.loads((folder / "bundle-metadata.json").read_text())
runs = [json.loads(Path(path).read_text()) for path in sys.argv[2:]]
NUMBER = re.compile(r"(?<![\w.^])\d+(?:\.\d+)?(?![\w^]|\.\d)")
UNITS = ("Units", "单位")  # the line that says what TB and TFLOP are


def six(value):
    """Six significant digits, no exponent, no zeros at the end; an integer has all its digits."""
    if isinstance(value, str) or isinstance(value, int):
        return str(value)
    if value == 0:
        return "0"
    exponent = int(f"{value:.5e}".split("e")[1])
    text = f"{value:.{max(0, 5 - exponent)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(value):
    return float(value) if isinstance(value, str) else value


def tera(value):
    return six(number(value) / 1e12)


def giga(value):
    return six(number(value) / 1e9)


def percent(value):
    """One digit behind the point; `<0.1` of what is less and not nothing, `>99.9` of what is more and not all."""
    text = f"{100 * value:.1f}"
    if text == "100.0" and value < 1 - 1e-9:
        return "99.9"
    return "0.1" if text == "0.0" and value > 0 else text


# --- tables ---

def glance(scenario):
    return [six(scenario["latency_batch1_s"]), six(scenario["avg_s_per_request"]), six(scenario["required_dominant_vs_peak"]),
            six(scenario["saturation_batch_size"]), giga(scenario["memory_bytes_per_device"])]


def stageRows(scenario):
    for stage in scenario["stages"]["list"]:
        yield [six(stage["calls"]), tera(stage["flops_tensor"]), tera(stage["bytes_moved"]), percent(stage["flops_share"]), percent(stage["bytes_share"])]
        if stage["calls"] > 1:
            yield ["1", tera(number(stage["flops_tensor"]) / stage["calls"]), tera(stage["bytes_moved"] / stage["calls"])]
    yield [tera(sum(number(each["flops_tensor"]) for each in scenario["stages"]["list"])),
           tera(sum(each["bytes_moved"] for each in scenario["stages"]["list"])), "100.0", "100.0"]


def resourceRow(of):
    return [tera(of["peak_per_s_per_device"]), tera(of["peak_per_s"]), tera(of["required_per_s"]), six(of["required_vs_peak"]),
            percent(of["used_vs_peak_at_peak_throughput"])]


def batchRow(row):
    return [six(row["batch_size"]), six(row["effective_gpus"]), six(row["total_cost_s"]), six(row["s_per_request"]),
            tera(row["used_tensor_flops_per_s"]), tera(row["used_memory_bytes_per_s"]), tera(row["compute_max_memio_bytes_per_s"]),
            tera(row["memio_max_compute_flops_per_s"])]


def expectedTables(name):
    """The tables of a document in order, rows of numbers."""
    scenarios = data["scenarios"]
    if "summary" in name:
        return [[[six(each["latency_batch1_s"]), six(each["avg_s_per_request"]), six(each["required_dominant_vs_peak"])] +
                 [percent(of["used_vs_peak_at_peak_throughput"]) for of in each["resources"]] for each in scenarios]]
    tables = [[glance(each) for each in scenarios]]
    tables.append([[str(value)] if isinstance(value, int) and not isinstance(value, bool) else [] for value in data["input_struct"]["inputs"].values()])
    tables += [list(stageRows(each)) for each in scenarios if each["shows_stages"]]
    for each in scenarios:
        tables.append([resourceRow(of) for of in each["resources"]])
        tables.append([[six(stage["time_s"]), percent(stage["time_share"])] for stage in each["stages"]["list"]])
    tables += [[batchRow(row) for row in each["rows"]] for each in scenarios]
    return tables


def tablesOf(text):
    """The bodies of a document's tables: cells of rows."""
    tables = [block for block in re.split(r"\n\s*\n", text) if block.lstrip().startswith("|")]
    return [[[cell.strip() for cell in row.strip().strip("|").split(" |")] for row in table.strip().split("\n")[2:]] for table in tables]


def numbersIn(row, labels):
    """The numbers of a row, without those of the labels that stand in it."""
    found = []
    for cell in row:
        plain = cell.replace("\\", "")
        if plain in labels:
            continue
        found += NUMBER.findall(re.sub(r"(?<=\d)x", "", re.sub(r"\b[a-z]*\d+ bit\b|fp\d+", "", plain)))
    return found


# --- the text ---

def leaves(value):
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield value


def known():
    """Every number of the JSON as a text may show it."""
    texts = {"1"}  # batch=1, one second
    for value in leaves(data):
        if isinstance(value, str):
            texts |= set(NUMBER.findall(value))
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            texts |= {six(value), six(float(value)), tera(value), giga(value), percent(value)}
    return texts


def prose(text):
    lines = [line for line in text.split("\n") if not line.startswith("|") and not line.startswith("  s") and not any(f"**{word}" in line for word in UNITS)]
    lines = [re.sub(r"^(#+ )(\d+\)|\d+\.\d+)", r"\1", line) for line in lines]
    return re.sub(r"\]\([^)]*\)", "]", "\n".join(lines)).replace("\\", "")


def sections(text):
    return [int(each) for each in re.findall(r"^## (\d+)\)", text, re.MULTILINE)]


compared, allowed, decimals = 0, known(), {}
labels = set(data["scenario_labels"]) | set(data["device_titles"])
labels |= {each["run_id"] for each in data["scenarios"]}
documents = sorted(folder.glob("*.md"))
for path in documents:
    text = path.read_text()
    tables, expected = tablesOf(text), expectedTables(path.name)
    assert len(tables) == len(expected), f"{path.name}: {len(tables)} tables, {len(expected)} expected"
    for table, rows in zip(tables, expected):
        assert len(table) == len(rows), f"{path.name}: {len(table)} rows, {len(rows)} expected: {table[0]}"
        for cells, numbers in zip(table, rows):
            assert numbersIn(cells, labels) == numbers, f"{path.name}: {cells}\n  says {numbersIn(cells, labels)}\n  is   {numbers}"
            compared += len(numbers)
    strange = [each for each in NUMBER.findall(prose(text)) if each not in allowed]
    assert not strange, f"{path.name}: {strange} in no JSON"
    compared += len(NUMBER.findall(prose(text)))
    assert sections(text) == list(range(1, len(sections(text)) + 1)), f"{path.name}: sections {sections(text)}"
    decimals.setdefault(path.name.split(".")[0], []).append(sorted(each for each in NUMBER.findall(text) if "." in each))
for name, both in decimals.items():
    assert len(both) == 2 and both[0] == both[1], f"{name}: English and Chinese differ"

# --- the JSON against the runs ---
for scenario in data["scenarios"]:
    run = next(run for run in runs if run["metadata"]["device"]["name"] == scenario["device"]["name"] and run["metadata"]["precision"]["name"] == scenario["precision"]["name"])
    def fits(each):
        return (each["workload"], each["model_mode"], each["util_profile"], each["device_num"]) == \
            (data["input_struct"]["workload"], data["model_mode"], data["util_profile"], data["device_num"])
    summary = next(each for each in run["summaries"] if fits(each))
    for key in ("primary_bottleneck", "latency_batch1_s", "peak_requests_per_s", "peak_batch_size", "peak_fits", "saturation_batch_size",
                "dominant_gap_resource", "required_dominant_vs_peak"):
        assert scenario[key] == summary[key], f"{scenario['scenario_id']}: {key}"
    rows = [each for each in run["rows"] if fits(each)]
    assert len(rows) == len(scenario["rows"])
    for mine, theirs in zip(scenario["rows"], rows):
        for key in ("batch_size", "effective_gpus", "total_cost_s", "s_per_request", "requests_per_s", "used_tensor_flops_per_s",
                    "used_memory_bytes_per_s", "bottleneck", "memory_bytes_per_device", "fits"):
            assert mine[key] == theirs[key], f"{scenario['scenario_id']}: {key}"
        assert mine["compute_max_memio_bytes_per_s"] == theirs["bytes_moved"] / theirs["tensor_cost_s"]
        assert mine["memio_max_compute_flops_per_s"] == number(theirs["flops_tensor"]) / theirs["io_cost_s"]
    best = next(each for each in rows if each["batch_size"] == summary["peak_batch_size"])
    assert scenario["avg_s_per_request"] == best["s_per_request"]
    for of in scenario["resources"]:
        needed, over = summary[f"required_{of['resource']}_per_s"], summary[f"required_{of['resource']}_vs_peak"]
        assert of["required_per_s"] == number(needed) and of["required_vs_peak"] == over and isclose(of["peak_per_s"], number(needed) / over, rel_tol=1e-12)
        assert of["used_vs_peak_at_peak_throughput"] <= 1 + 1e-9, "more than the peak is used"
    for stage in scenario["stages"]["list"]:
        theirs = run["stage_breakdown"][data["input_struct"]["workload"]][stage["stage"]]
        assert stage["flops_tensor"] == theirs["flops_tensor"] and stage["time_s"] == theirs["time_s"] and stage["calls"] == theirs["calls"]
        assert stage["bytes_moved"] == theirs["bytes_read"] + theirs["bytes_written"]
    compared += 8 + 12 * len(rows)

# --- the table ---
rows = list(csv.DictReader((folder / "comparison-table.csv").open(newline="")))
assert [each["scenario_id"] for each in rows] == data["selected_scenario_ids"]
for row, scenario in zip(rows, data["scenarios"]):
    for key, value in row.items():
        if key in scenario and isinstance(scenario[key], (int, float)) and not isinstance(scenario[key], bool):
            assert float(value) == scenario[key], f"{key}: {value}"
            compared += 1
    for of in scenario["resources"]:
        assert float(row[f"{of['resource']}_peak_per_s"]) == of["peak_per_s"]
        assert float(row[f"required_{of['resource']}_vs_peak"]) == of["required_vs_peak"]
assert compared > 100, compared
print(f"{len(documents)} documents, {len(rows)} scenarios, {compared} numbers")
