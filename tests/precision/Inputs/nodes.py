"""nodes.py same METRICS A.json B.json     ids at which one of the metrics differs, or none
nodes.py stages METRICS A.json          the stages with their metrics

Results of `mdlc eval --format json` of one model."""
import json
import sys

task, metrics = sys.argv[1], sys.argv[2].split(",")
results = [json.load(open(path, encoding="utf-8"))["nodes"] for path in sys.argv[3:]]
if task == "same":
    differ = [one["id"] for one, two in zip(*results, strict=True) for metric in metrics if one[metric] != two[metric]]
    print("differ:", ", ".join(dict.fromkeys(differ)) or "none")
else:
    for node in results[0]:
        if node["parent"] is None:
            print(node["id"], *(node[metric] for metric in metrics))
