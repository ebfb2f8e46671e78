#!/usr/bin/env python3
"""Targets against all points: target.py MDLC MODELS. Every candidate's configuration and nearest are those that a sweep of the
same points gives, number by number."""
import csv
import io
import json
import math
import operator
import subprocess
import sys

MDLC, MODELS = sys.argv[1], sys.argv[2]
COMPARE = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


def run(*args):
    made = subprocess.run([MDLC, *args], capture_output=True)
    assert made.returncode in (0, 1) and not made.stderr, (args, made.stderr.decode())
    return made.returncode, made.stdout.decode()


def shortfall(row, parts):
    """Whether a row does not fit, and by what factor it misses the parts; of what does not fit its memory, too."""
    worst = 1.0
    for name, how, bound in parts:
        value = float(row[name]) if row[name] else None
        if value is None:
            return row["fits"] == "0", math.inf
        if not COMPARE[how](value, bound):
            worst = max(worst, bound / value if how[0] == ">" else value / bound)
    if row["fits"] == "0":
        worst = max(worst, int(row["memory_bytes"]) / int(row["memory_capacity_bytes"]))
    return row["fits"] == "0", worst


def smallest(rows, parts):
    """The first that meets the target by devices, then requests; and the nearest before it, or of all."""
    byDevices = {}
    for row in rows:
        if row["status"] == "ok":
            byDevices.setdefault(int(row["devices"]), []).append((int(row["batch"]), shortfall(row, parts), row))
    before = nearest = None
    for _, points in sorted(byDevices.items()):
        points.sort(key=lambda point: point[0])
        for requests, missing, row in points:
            if missing == (False, 1):
                return row, before
        before = min(points, key=lambda point: point[1])
        nearest = before if nearest is None or before[1] < nearest[1] else nearest
    return None, nearest


def compare(model, options, axes, parts, devices, requests):
    names = {"device": "--device", "precision": "--precision", "strategy": "--strategy"}
    target = [word for name, how, bound in parts for word in ("--target", f"{name} {how} {bound!r}")]
    chosen = [word for name, values in axes.items() for word in (names[name], values)]
    code, text = run("size", model, *options, *chosen, *target, "--devices", devices, "--requests", requests, "--format", "json")
    found = json.loads(text)
    outputs = sorted({quantity["name"] for quantity in found["quantities"]} - {"devices"}) + ["memory_bytes", "memory_capacity_bytes", "fits"]
    sweep = [word for name, values in axes.items() for word in ("--sweep", f"{name}={values}")]
    prices = [word for i, word in enumerate(options) if "--price" in (word, options[i - 1])]
    rest = [word for i, word in enumerate(options) if "--price" not in (word, options[i - 1])]
    _, table = run("sweep", model, *rest, *prices, *sweep, "--sweep", f"devices={devices}", "--sweep", f"batch={requests}", "--output", ",".join(outputs))
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    met = 0
    for candidate in found["candidates"]:
        own = [row for row in rows if all(candidate[name] in (row[name], {"h20_96gb": "h20"}.get(row[name])) for name in axes)]
        answer, near = smallest(own, parts)
        assert (answer is None) == (candidate["configuration"] is None) and candidate["proven"], candidate
        if answer:
            met += 1
            same(candidate["configuration"], answer, outputs)
            assert candidate["configuration"]["shortfall"] == 1
        if near:
            same(candidate["nearest"], near[2], outputs)
            assert candidate["nearest"]["shortfall"] == near[1][1] and candidate["limits"], candidate
    assert code == (0 if met else 1) and found["met"] == (met > 0)
    order = [each["configuration"]["devices"] for each in found["candidates"] if each["configuration"]]
    assert order == sorted(order)
    print(f"{' and '.join(' '.join(map(str, part)) for part in parts)}: {met} of {len(found['candidates'])} candidates, {len(rows)} points")


def same(configuration, row, outputs):
    assert (configuration["devices"], configuration["requests"]) == (int(row["devices"]), int(row["batch"])), (configuration, row)
    for name in outputs[:-3]:
        value = configuration["quantities"][name]
        assert (row[name] == "") if value is None else float(row[name]) == float(value), (name, row[name], value)
    if configuration["memory"]:
        assert int(row["memory_bytes"]) == int(configuration["memory"]["total"])


wan = [MODELS + "/wan2.1/t2v_14b.mdl", ["-w", "480p"], {"device": "h20,b200_sxm", "precision": "fp16,fp8", "strategy": "dp,modelmeter.dp"}]
for parts in ([("videos_per_minute", ">=", 1)], [("videos_per_minute", ">", 3), ("latency_s", "<=", 400)],
              [("requests_at_once", ">=", 40), ("latency_s", "<", 900)], [("videos_per_minute", ">=", 100)]):
    compare(*wan, parts, "1..=20", "1..=48")
priced = ["-w", "480p", "--price", "h20=2.5", "--price", "b200_sxm=6.25"]
compare(wan[0], priced, wan[2], [("cost_per_hour", "<=", 25), ("videos_per_minute", ">=", 1)], "1..=20", "1..=48")
compare(wan[0], priced, wan[2], [("cost_per_request", "<=", 0.2), ("requests_per_second", ">=", 0.02)], "1..=20", "1..=48")
ocr = [MODELS + "/deepseek_ocr/deepseek_ocr.mdl", ["-w", "page", "--set", "new_tokens=4000"], {"device": "rtx_4090", "precision": "bf16"}]
compare(*ocr, [("ttft_s", "<=", 1.5), ("tpot_s", "<=", 0.004), ("requests_at_once", ">=", 100)], "1..=6", "1..=120")
compare(*ocr, [("requests_at_once", ">=", 80)], "1..=3", "1..=90")
