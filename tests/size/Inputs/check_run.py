#!/usr/bin/env python3
"""Checks the files of a run against each other: check_run.py FOLDER. JSON has no NaN and no constant of another language, CSV
is RFC 4180 with the same rows, every number is finite, and what follows from other columns does."""
import csv
import json
import math
import sys
from pathlib import Path


def fail(text):
    sys.exit(f"check_run: {text}")


folder = Path(sys.argv[1])
run = json.loads((folder / "results.json").read_text(), parse_constant=fail)
raw = (folder / "results.csv").read_bytes()
if raw.count(b"\n") != raw.count(b"\r\n"):
    fail("a line of the CSV does not end with CRLF")
rows = list(csv.DictReader(raw.decode().splitlines()))
if len(rows) != len(run["rows"]):
    fail("the CSV has other rows")
for line, row in zip(rows, run["rows"]):
    if list(line) != list(row):
        fail("the CSV has other columns")
    for name, value in row.items():
        text = {None: "", True: "true", False: "false"}.get(value) if value is None or isinstance(value, bool) else None
        same = line[name] == text if text is not None else line[name] in (str(value), "'" + str(value)) or float(line[name]) == float(value)
        if not same or (isinstance(value, float) and (not math.isfinite(value) or value < 0)):
            fail(f"{name} is {value!r} and {line[name]!r}")
    slowest = max(row[name] for name in ("tensor_cost_s", "cuda_cost_s", "io_cost_s"))
    if row["total_cost_s"] < slowest * (1 - 1e-12) or row["total_cost_s"] <= 0:
        fail(f"a latency of {row['total_cost_s']} below {slowest}")
    if not math.isclose(row["requests_per_s"] * row["s_per_request"], 1) or not math.isclose(row["s_per_request"] * row["batch_size"], row["total_cost_s"]):
        fail("throughput and latency differ")
    if row["time_s_min"] > row["total_cost_s"] * (1 + 1e-12) or row["time_s_max"] < row["total_cost_s"] * (1 - 1e-12):
        fail("a latency outside of its bounds")
    if row["fits"] != (row["memory_bytes_per_device"] <= row["memory_capacity_bytes"] if row["memory_capacity_bytes"] else None):
        fail("fits is wrong")
meta = run["metadata"]
points = math.prod(len(meta[axis]) for axis in ("workloads", "modes", "utilisations", "batch_sizes", "device_nums"))
if points != len(rows):
    fail(f"{points} points, {len(rows)} rows")
for part in ("precision", "device", "strategy", "residency", "conventions", "assumptions", "not_modelled", "run_id"):
    if part not in meta:
        fail(f"no metadata of {part}")
summary = (folder / "summary.md").read_text()
for text in ("## Key settings", meta["precision"]["line"].split(" (")[0], meta["strategy"]["rule"], "Interconnect:"):
    if text not in summary:
        fail(f"the summary has no `{text}`")
for bad in ("nan", "NaN", "inf "):
    if bad in summary:
        fail(f"the summary has `{bad}`")
print(f"{len(rows)} rows, {len(run['summaries'])} summaries, {len(run['provenance']['files'])} files")
