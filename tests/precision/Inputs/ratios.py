"""ratios.py BASE.csv OTHER.csv... - how many times faster than in BASE the matrix units are in the others, at some nodes."""
import csv
import sys

NODES = ["attention.wq", "attention.core", "feed_forward.w2"]


def times(path):
    """tensor_s by id."""
    with open(path, newline="", encoding="utf-8") as file:
        return {row["id"]: float(row["tensor_s"]) for row in csv.DictReader(file)}


base, *others = map(times, sys.argv[1:])
for node in [f"prefill.layers.0.{name}" for name in NODES] + ["prefill.output"]:
    print(f"{node}:", *(f"{base[node] / other[node]:g}" for other in others))
