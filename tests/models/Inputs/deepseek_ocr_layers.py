#!/usr/bin/env python3
"""Compares single modules of DeepSeek-OCR with measurements: exact FLOPs, which the published digits round.

Usage: deepseek_ocr_layers.py MDLC MODEL LAYERS.csv
"""
import csv
import json
import subprocess
import sys
from decimal import Decimal

mdlc, model, layers = sys.argv[1:]


def flops(convention):
    """Tensor FLOPs by id."""
    command = [mdlc, "eval", model, "--convention", convention, "--format", "json"]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return {node["id"]: int(node["flops_tensor"]) for node in report["nodes"]}


rows = list(csv.DictReader(open(layers, encoding="utf-8")))
numbers = {name: flops(name) for name in {row["convention"] for row in rows}}
differ = 0
for row in rows:
    ours, published = sum(numbers[row["convention"]][node] for node in row["nodes"].split()), Decimal(row["measured_gflop"])
    if ours != int(row["flop"]) or (Decimal(ours) / 10**9).quantize(published) != published:
        differ += 1
        print(f"{row['layer']}: {ours}, measured {published} GFLOP, {row['flop']}")
print(f"{len(rows)} layers compared, {differ} differ")
