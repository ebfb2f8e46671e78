#!/usr/bin/env python3
"""Compares DeepSeek-OCR with measurements of the vendor's code on grids of tiles, as exact integers.

Usage: deepseek_ocr_measured.py MDLC MODEL MEASURED.csv
Each row is a grid: an image of exactly its tiles is cut into it. Prints what differs, then how much was compared.
"""
import csv
import json
import subprocess
import sys
from decimal import Decimal

mdlc, model, measured = sys.argv[1:]
TILE, TEXT_TOKENS, DIM, BYTES = 640, 10, 1280, 2


def stages(**inputs):
    """The whole stages of a job."""
    command = [mdlc, "eval", model, "--convention", "torch", "--format", "json", "--fold"]
    for name, value in {"rotary_matmul": "true", "text_tokens": TEXT_TOKENS, **inputs}.items():
        command += ["--set", f"{name}={value}"]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return {node["id"]: node for node in report["nodes"] if node["parent"] is None}


compared = differ = 0
for row in csv.DictReader(open(measured, encoding="utf-8")):
    rows, columns, tokens = int(row["rows"]), int(row["columns"]), int(row["image_tokens"])
    jobs = [
        stages(image_width=TILE * columns, image_height=TILE * rows, new_tokens=row["new_tokens"]),
        stages(tiles=rows * columns, prompt_len=tokens + TEXT_TOKENS, new_tokens=row["new_tokens"]),
    ]
    for cut, job in zip([True, False], jobs):
        vision, prefill, decode = (int(job[name]["flops_tensor"]) for name in ["vision", "prefill", "decode"])
        pairs = {
            "vision_tflop": vision,
            "vision_and_prefill_tflop": vision + prefill,
            "decode_tflop": decode,
        }
        pairs = {name: (ours, Decimal(row[name]) * 10**12) for name, ours in pairs.items()}
        if cut:
            pairs["image_tokens"] = (job["image_tokens"]["bytes_written"], tokens * DIM * BYTES)
        for name, (ours, theirs) in pairs.items():
            compared += 1
            if ours != theirs:
                differ += 1
                print(f"{rows}x{columns} {name}: {ours}, measured {theirs}")
print(f"{compared} numbers compared, {differ} differ")
