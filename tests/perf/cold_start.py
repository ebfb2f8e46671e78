#!/usr/bin/env python3
"""Measures whole cold runs of mdlc against the goals below: process start to exit, the median of many runs.

Prints each with its ratio to the goal. A benchmark, not a test: it fails only beyond three times a goal, and is run
by hand (./tools/bench) on a machine that does nothing else.
"""
import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODEL = "models/wan2.1/t2v_14b.mdl"
SCRATCH = str(ROOT / "tmp" / "perf")  # where runs write their files

# what, arguments of mdlc, goal in ms (a median above it is worth a look), limit in ms (what we promise)
GOALS = [
    ("start: --version", ["--version"], 3.0, 5.0),
    ("eval, text", ["eval", MODEL, "--workload", "720p"], 10.0, 20.0),
    ("eval, json", ["eval", MODEL, "--workload", "720p", "--format", "json"], 30.0, 30.0),
    ("eval, all stages", ["eval", "models/wan2.1/i2v_14b.mdl"], 20.0, 20.0),
    ("eval, a decoder", ["eval", "models/llm/gpt_oss_20b.mdl"], 20.0, 20.0),
    ("eval on a device", ["eval", "models/wan2.1/i2v_14b.mdl", "--device", "h20"], 30.0, 60.0),
    ("sweep, 53 points", ["sweep", "models/deepseek_ocr/deepseek_ocr.mdl", "--device", "h20", "--sweep",
                          "prompt_len=16..=848/16"], 40.0, 40.0),
    ("check", ["check", MODEL], 10.0, 20.0),
    ("report, no page", ["report", MODEL, "--workload", "720p", "--device", "h20", "--no-page", "--run-id", "bench", "--force", "--out", "build/bench"], 60.0, 100.0),
    ("report with page", ["report", MODEL, "--workload", "720p", "--device", "h20", "--run-id", "bench", "--force", "--out", "build/bench"], 120.0, 150.0),
    ("size, 2048 rows", ["size", MODEL, "--workload", "720p,480p", "--mode", "full_pipeline,diffusion_core", "--utilisation",
                         "optimistic,measured", "--device", "h20", "--precision", "fp8", "--run-id", "perf", "--force",
                         "--out", SCRATCH], 75.0, 150.0),
    ("search, 3.2 million", ["sweep", "models/llm/gpt3_parallel.mdl", "--named", "search"], 3000.0, 5000.0),
]
if (ROOT / "tools/plots/node_modules").is_dir():  # ./tools/plots/install; all SVG take 2 s more than the report
    GOALS.append(("report, all SVG", ["report", MODEL, "--workload", "720p", "--device", "h20", "--no-page", "--figures", "svg", "--run-id", "bench",
                                      "--force", "--out", "build/bench"], 1000.0, 2100.0))
LONG = 1000.0  # a run with such a goal is measured three times
FAIL_BEYOND = 3.0


def median_ms(command, runs):
    """Median wall time of a command in ms, its first runs left out; ends the benchmark if the command fails."""
    times = []
    for turn in range(runs + 3):
        start = time.perf_counter()
        status = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        elapsed = (time.perf_counter() - start) * 1000
        if status.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))} exits with {status.returncode}\n{status.stderr.decode('utf-8', 'replace')}")
        if turn >= 3:
            times.append(elapsed)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mdlc", type=Path, default=ROOT / "build/release/bin/mdlc", help="the binary to measure")
    parser.add_argument("--runs", type=int, default=40, help="runs of each (default 40)")
    options = parser.parse_args()
    if not os.access(options.mdlc, os.X_OK):
        sys.exit(f"no {options.mdlc}: build first (./tools/run --version)")

    nothing = median_ms(["true"], options.runs)
    print(f"{'run':20} {'median':>9} {'goal':>9} {'limit':>9} {'of goal':>8}   (starting any process takes {nothing:.1f} ms here)")
    failed = False
    for what, arguments, goal, limit in GOALS:
        median = median_ms([options.mdlc.resolve(), *arguments], options.runs if goal < LONG else 3)
        verdict = "" if median <= limit else "  over its limit" if median <= FAIL_BEYOND * goal else "  TOO SLOW"
        failed = failed or median > max(limit, FAIL_BEYOND * goal)
        print(f"{what:20} {median:6.1f} ms {goal:6.1f} ms {limit:6.1f} ms {median / goal:7.2f}x{verdict}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
