#!/usr/bin/env python3
"""Compares the published sweep of ModelMeter's DeepSeek-OCR with our model of it, row by row.

Usage: dsocr_sweep.py MDLC MODEL SWEEP.csv
Units are ModelMeter's: 10^12 FLOP, 10^12 bits, 2^30 bytes. Its prefill is our vision and prefill together; its
activations of decode are those of the last step, which is the job less the job that is one token shorter.
"""
import csv
import json
import subprocess
import sys

mdlc, model, sweep = sys.argv[1:]
TOKENS = 100


def stages(row, **options):
    """The stages' numbers of one job."""
    command = [mdlc, "eval", model, "--format", "json", "--fold"]
    inputs = {"crop_rows": row["h"], "crop_columns": row["w"], "new_tokens": TOKENS}
    for name, value in options.items():
        if name in inputs:
            inputs[name] = value
        else:
            command += [f"--{name}", value]
    for name, value in inputs.items():
        command += ["--set", f"{name}={value}"]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    whole = {node["id"]: node for node in report["nodes"] if node["parent"] is None}
    whole["total"] = report["totals"]
    return whole


def traffic(*nodes):
    return sum(int(node["bytes_read"]) + int(node["bytes_written"]) for node in nodes) * 8 / 1e12


def total(metric, unit, *nodes):
    return sum(int(node[metric]) for node in nodes) / unit


def columns(row):
    """What the model says about a row, by the sweep's column."""
    old = float(row["an_decode_flash_act_gb"]) > 0.01  # one of the rows before the repair
    convention = "modelmeter_20251127" if old else "modelmeter"
    flash = stages(row, convention=convention)
    eager = stages(row, convention=convention, traffic="modelmeter_eager")
    shorter = stages(row, convention=convention, new_tokens=TOKENS - 1)
    vision, prefill, decode = flash["vision"], flash["prefill"], flash["decode"]
    fused, stored = "activation_sum_flash_bytes", "activation_sum_eager_bytes"
    return old, {
        "image_tokens": 273 + 10 * int(row["h"]) * (10 * int(row["w"]) + 1),
        "an_vision_tensor": total("flops_tensor", 1e12, vision),
        "an_vision_cuda": total("flops_vector", 1e12, vision),
        "an_vision_flash_io_tb": traffic(vision),
        "an_vision_eager_io_tb": traffic(eager["vision"]),
        "an_vision_flash_act_gb": total(fused, 2**30, vision),
        "an_prefill_tensor": total("flops_tensor", 1e12, vision, prefill),
        "an_prefill_cuda": total("flops_vector", 1e12, vision, prefill),
        "an_prefill_flash_io_tb": traffic(vision, prefill),
        "an_prefill_eager_io_tb": traffic(eager["vision"], eager["prefill"]),
        "an_prefill_flash_act_gb": total(fused, 2**30, vision, prefill),
        "an_prefill_eager_act_gb": total(stored, 2**30, vision, prefill),
        "an_prefill_kv_gb": total("kv_bytes", 2**30, prefill),
        "an_prefill_weights_gb": total("weight_bytes", 2**30, flash["total"]),
        "an_decode_tensor": total("flops_tensor", 1e12, decode),
        "an_decode_flash_io_tb": traffic(decode),
        "an_decode_eager_io_tb": traffic(eager["decode"]),
        "an_decode_flash_act_gb": total(fused, 2**30, decode) - total(fused, 2**30, shorter["decode"]),
        "an_decode_kv_gb": total("kv_bytes", 2**30, decode),
    }


with open(sweep, encoding="utf-8", newline="") as file:
    rows = list(csv.DictReader(file))
numbers = repaired = 0
worst = 0.0, "nothing"
for row in rows:
    old, ours = columns(row)
    repaired += not old
    assert all(name in ours for name in row if name.startswith("an_"))
    for name, value in ours.items():
        difference = abs(value - float(row[name])) / float(row[name])
        worst = max(worst, (difference, f"{name} of {row['h']}x{row['w']}"))
        numbers += 1
print(f"{len(rows)} rows, {numbers} numbers, {repaired} rows after the repair of decode's activations")
print(f"worst relative difference {worst[0]:.3g}: {worst[1]}")
print("all within 1e-12" if worst[0] <= 1e-12 else "BEYOND 1e-12")
sys.exit(worst[0] > 1e-12)
