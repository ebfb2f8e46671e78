"""memory.py [PUBLISHED_GB PERCENT] < result of `mdlc eval --format json`

What the device holds in each stage, in bytes, and the largest; or ours against a published number of GB, within PERCENT."""
import json
import sys

memory = json.load(sys.stdin)["memory"]
if len(sys.argv) > 1:
    published, percent = (float(word) for word in sys.argv[1:])
    ours = memory["total_bytes"] / 1e9
    difference = 100 * (ours / published - 1)
    print(f"ours {ours:.2f} GB at {memory['at']}, published {published:.2f} GB: {difference:+.1f} %")
    sys.exit(abs(difference) > percent)
for stage in memory["stages"]:
    parts = [stage[f"{part}_bytes"] for part in ("weight", "kv", "state", "activation_peak")]
    print(f"{stage['stage']} {stage['placement']}:", *("-" if stage["placement"] == "host" else " + ".join(map(str, parts)),
                                                       "=", stage["total_bytes"]))
print(f"{memory['residency']}: {memory['total_bytes']} at {memory['at']}")
