#!/usr/bin/env python3
"""Adds a metric up over nodes of a report: mdlc eval MODEL --format json | nodes.py METRIC[+METRIC...] PATTERN...

Prints for each pattern how many nodes it matches and their sum. A pattern is a shell pattern of ids, or several with `|`
between; `total` is the job.
"""
import fnmatch
import json
import sys

metrics, *patterns = sys.argv[1:]
report = json.load(sys.stdin)
for pattern in patterns:
    either = pattern.split("|")
    nodes = [node for node in report["nodes"] if any(fnmatch.fnmatchcase(node["id"], one) for one in either)]
    if pattern == "total":
        nodes = [report["totals"]]
    value = sum(int(node[metric]) for node in nodes for metric in metrics.split("+"))
    print(f"{pattern}: {len(nodes)} x, {value}")
