#!/usr/bin/env python3
"""The weights' part of the traffic, in 2^40 bytes: weights_in_traffic.py BITS ONE.json TWO.json

ONE and TWO are reports at 16 bits of jobs of batch 1 and 2. Activations double with the batch, weights do not.
"""
import json
import sys


def moved(path):
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    nodes = {"model": report["totals"]}
    nodes.update((node["id"], node) for node in report["nodes"] if node["parent"] is None)
    return {name: int(node["bytes_read"]) + int(node["bytes_written"]) for name, node in nodes.items()}


bits, one, two = int(sys.argv[1]), moved(sys.argv[2]), moved(sys.argv[3])
for name in one:
    print(f"{name}: {(2 * one[name] - two[name]) * bits / 16 / 2**40}")
