#!/usr/bin/env python3
"""Compares summaries and rows of sizing runs with published numbers of 12 digits and more: published.py FOLDER."""
import json
import sys
from pathlib import Path

folder = Path(sys.argv[1])
PUBLISHED = [  # device, key, number
    ("dv100", "latency_batch1_s", 424.45702457653533),
    ("dv200", "latency_batch1_s", 84.89140491530706),
    ("dv300", "latency_batch1_s", 38.65999889162649),
    ("dv100", "peak_requests_per_s", 0.018857346514532913),
    ("dv200", "peak_requests_per_s", 0.09428673257266457),
    ("dv300", "peak_requests_per_s", 0.20693223562747565),
    ("dv100", "used_memory_vs_peak_at_peak_throughput", 1.0005166491209174),
]
PRINTED = [  # to the digits that are printed
    ("dv100", "required_dominant_vs_peak", "53.057"), ("dv200", "required_dominant_vs_peak", "10.611"),
    ("dv300", "required_dominant_vs_peak", "4.832"), ("dv300", "required_memory_vs_peak", "2.122"),
    ("h20", "required_dominant_vs_peak", "130.608"), ("b200", "required_dominant_vs_peak", "13.781"),
    ("ngu800p", "required_dominant_vs_peak", "57.359"), ("ngu800p", "latency_batch1_s", "458.872"),
]
wrong = 0
runs = {path.name.split(".")[1]: json.loads((path / "results.json").read_text())["summaries"][0] for path in sorted(folder.iterdir())}
for device, key, number in PUBLISHED:
    ours = runs[device][key]
    if abs(ours / number - 1) > 1e-12:
        wrong += 1
        print(f"{device} {key}: {ours!r}, published {number!r}")
for device, key, number in PRINTED:
    if f"{runs[device][key]:.3f}" != number:
        wrong += 1
        print(f"{device} {key}: {runs[device][key]!r}, printed {number}")
for device, run in runs.items():
    print(device, run["primary_bottleneck"], run["saturation_batch_size"])
print(f"{len(PUBLISHED) + len(PRINTED)} numbers, {wrong} wrong")
sys.exit(wrong != 0)
