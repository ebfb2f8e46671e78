#!/usr/bin/env python3
"""Compares sizing runs with a table of printed numbers: sweep.py TABLE FOLDER

FOLDER holds a folder per device, `modelmeter.DEVICE/results.csv`, with ModelMeter's columns; rows are those of full_pipeline,
optimistic, 8 devices. Each number must be the printed one to its last digit.
"""
import csv
import sys
from decimal import Decimal
from pathlib import Path

NAMES = {"requests_per_s": "throughput_videos_per_s", "used_tensor_tflops_per_s": "used_tensor_tflops_s", "used_io_tib_per_s": "used_io_tb_s"}
table, folder = sys.argv[1:]
compared, wrong, files = 0, 0, {}
for line in csv.DictReader(open(table)):
    device = line.pop("device")
    if device not in files:
        with open(Path(folder) / f"modelmeter.{device}" / "results.csv", newline="") as file:
            files[device] = {row["batch_size"]: row for row in csv.DictReader(file)
                             if (row["model_mode"], row["util_profile"], row["device_num"], row["workload_size"])
                             == ("full_pipeline", "optimistic", "8", "1280*720")}
    row = files[device][line["batch_size"]]
    for name, printed in line.items():
        number = row[NAMES.get(name, name)] if name in NAMES or name in row else str(1 / Decimal(row["throughput_videos_per_s"]))
        compared += 1
        half = Decimal(1).scaleb(Decimal(printed).as_tuple().exponent) / 2
        if abs(Decimal(number) - Decimal(printed)) > half * Decimal("1.000001"):
            wrong += 1
            print(f"{device} batch {row['batch_size']} {name}: {number}, printed {printed}")
print(f"{len(files)} devices, {compared} numbers, {wrong} wrong")
sys.exit(wrong != 0)
