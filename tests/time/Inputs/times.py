"""times.py TASK [ARGUMENTS] - numbers of `mdlc eval --format json --device ...` on standard input, or of every model.

  show METRICS ID...     the metrics at the ids, exactly: n/d where d is a power of two; `total` is the job
  sums MDLC DEVICE       every time of a node is the sum over its children, of every pipeline that ships
  bounds MDLC DEVICE...  optimistic <= chosen <= measured at every node, for both profiles
"""
import concurrent.futures
import fractions
import json
import math
import re
import subprocess
import sys

TIMES = ["tensor_s", "vector_s", "memory_s", "time_s", "time_s_min", "time_s_max"]


def show(metrics, *ids):
    result = json.load(sys.stdin)
    nodes = {node["id"]: node for node in result["nodes"]} | {"total": result["totals"]}
    for each in ids:
        values = [nodes[each].get(metric, "absent") for metric in metrics.split(",")]
        print(f"{each}:", *(fractions.Fraction(value) if isinstance(value, float) else value for value in values))


def evaluate(mdlc, name, path, device, *options):
    command = [mdlc, "eval", path, "--pipeline", name, "--device", device, "--format", "json", "--fold", *options]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def every_pipeline(mdlc, check):
    listed = subprocess.run([mdlc, "list", "models"], capture_output=True, text=True, check=True).stdout
    pipelines = [(line.split()[0], re.search(r"\((.*)\)$", line)[1]) for line in listed.splitlines()]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(lambda each: check(*each), pipelines))
    print(f"{len(counts)} pipelines, {sum(counts)} times")


def sums(mdlc, device):
    def check(name, path):
        result, count = evaluate(mdlc, name, path, device, "--overlap", "operator"), 0
        children = {}
        for node in result["nodes"]:
            children.setdefault(node["parent"] or "total", []).append(node)
        for node in result["nodes"] + [dict(result["totals"], id="total")]:
            for metric in TIMES if node["id"] in children else []:
                parts = math.fsum(child[metric] for child in children[node["id"]])
                # Doubles: a formula is summed in its own order, so the last digits may differ.
                assert math.isclose(parts, node[metric], rel_tol=1e-12), f"{name} {node['id']} {metric}: {node[metric]} {parts}"
                count += 1
        return count

    every_pipeline(mdlc, check)


def bounds(mdlc, *devices):
    def check(name, path):
        count = 0
        for device in devices:
            best, worst = (evaluate(mdlc, name, path, device, "--utilisation", each) for each in ("optimistic", "measured"))
            for one, two in zip(best["nodes"] + [best["totals"]], worst["nodes"] + [worst["totals"]], strict=True):
                assert one["time_s"] == one["time_s_min"] == two["time_s_min"], f"{name} {device} {one}"
                assert two["time_s"] == two["time_s_max"] == one["time_s_max"] >= one["time_s"], f"{name} {device} {one}"
                count += 2
        return count

    every_pipeline(mdlc, check)


{"show": show, "sums": sums, "bounds": bounds}[sys.argv[1]](*sys.argv[2:])
