"""make.py MDLC MODEL UTILISATION.mdl [NOISE [FIRST]] - points of a model whose times are what eval says at a utilisation.

Each time is off by a factor within 1 +- NOISE, the same on every run. FIRST: only so many rows.
"""
import json
import random
import subprocess
import sys

JOBS = ["rows=8192", "keys=2048", "runs=2000 elements=1", "rows=4096 keys=512", "keys=4096 rows=512", "elements=16384",
        "elements=65536 rows=2048", "runs=500 elements=16"]


def main():
    mdlc, model, utilisation = sys.argv[1:4]
    noise = float(sys.argv[4]) if len(sys.argv) > 4 else 0
    jobs = JOBS[: int(sys.argv[5])] if len(sys.argv) > 5 else JOBS
    random.seed(1)
    print("model,device,set,time_s,source")
    for job in jobs:
        sets = [part for each in job.split() for part in ("--set", each)]
        run = subprocess.run([mdlc, "eval", model, "--device", "powers", "--utilisation", utilisation, "--format", "json", *sets],
                             check=True, capture_output=True, text=True)
        time = json.loads(run.stdout)["totals"]["time_s"] * (1 + noise * random.uniform(-1, 1))
        print(f"{model},powers,{job},{time!r},made up")


main()
