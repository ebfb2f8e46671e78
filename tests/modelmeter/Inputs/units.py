#!/usr/bin/env python3
"""Our numbers under ModelMeter's names and in its units: mdlc eval MODEL --format json | units.py [BITS]

With BITS, bytes are those at BITS bits an element instead of the 16 that the report is for.
"""
import json
import sys

scale = int(sys.argv[1]) / 16 if len(sys.argv) > 1 else 1
report = json.load(sys.stdin)
stages = [node for node in report["nodes"] if node["parent"] is None]
for name, node in [("model", report["totals"])] + [(stage["id"], stage) for stage in stages]:
    tensor = int(node["flops_tensor"]) / 10**12
    moved = (int(node["bytes_read"]) + int(node["bytes_written"])) * scale / 2**40
    weights = int(node["weight_bytes"]) * scale / 2**30
    print(f"{name}: tensor_tflops {tensor}, io_tb {moved}, weights_gb {weights}")
