"""adds_up.py DIFF.json... - in each comparison, changes of nodes and the remainder are the change of the total."""
import json
import math
import sys


def number(value):
    return int(value) if isinstance(value, str) else value


count = 0
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        comparison = json.load(file)
    for metric in comparison["metrics"]:
        if not metric["adds_up"] or metric["change"] == 0:
            continue
        parts = [number(node["change"]) for node in metric["nodes"]] + [number(metric["remainder"])]
        change = number(metric["change"])
        exact = all(isinstance(part, int) for part in parts) and isinstance(change, int)
        same = sum(parts) == change if exact else math.isclose(math.fsum(parts), change, rel_tol=1e-9)
        count += same
        if not same:
            print(path, metric["name"], sum(parts), change)
print(count, "metrics add up")
