"""adds_up.py FOLDER - whether report.json and layers.csv of a static analysis add up."""
import csv
import json
import sys
from pathlib import Path

folder = Path(sys.argv[1])
report = json.loads((folder / "report.json").read_text())
modules = {module["id"]: module for module in report["modules"]}
assert len(modules) == len(report["modules"]), "an id stands twice"
for module in modules.values():
    assert all(modules[child]["parent"] == module["id"] for child in module["children"])
leaves = [module for module in modules.values() if not module["children"]]
work = sorted(metric["name"] for metric in report["metrics"] if metric["fold"] == "sum" and metric["exact"])


def total(parts, key):
    return sum(int(part["metrics"].get(key, 0)) for part in parts)


for key in work:
    for module in modules.values():
        if module["children"]:
            assert total([module], key) == total([modules[child] for child in module["children"]], key), (key, module["id"])
    assert total(leaves, key) == total(report["categories"], key) == int(report["totals"][key]), key
print(f"{len(modules)} modules, {len(leaves)} leaves:", *work, "add up")
with open(folder / "layers.csv", newline="") as file:
    rows = list(csv.DictReader(file))
assert [row["id"] for row in rows] == [leaf["id"] for leaf in leaves]
for key in work:
    assert sum(int(row[key]) for row in rows) == int(report["totals"][key]), key
print("leaves are the rows of layers.csv")
print("shares of leaves:", ", ".join(f"{name} {sum(float(row['share_of_' + name]) for row in rows):.6f}" for name in ("flops", "time")))
