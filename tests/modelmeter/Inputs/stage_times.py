"""The time of a job, and the sum of the times of its stages: mdlc eval --device ... --format json | stage_times.py"""
import json
import sys

report = json.load(sys.stdin)
stages = sum(node["time_s"] for node in report["nodes"] if node["parent"] is None)
print(f"whole {report['totals']['time_s']}, stages {stages:.6f}")
