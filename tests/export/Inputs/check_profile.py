"""check_profile.py speedscope|chrome-trace FILE EVAL - an exported profile against its format and against `eval --format json`.

The widths of leaves are the numbers of `eval`, each once and in its order; together they are the total.
"""
import json
import math
import sys
from pathlib import Path

TYPES = {"object": dict, "array": list, "string": str, "number": (int, float)}
KNOWN = {"$ref", "$schema", "anyOf", "const", "definitions", "enum", "items", "properties", "required", "title", "type"}


def validate(value, rule, root, where):
    """Draft 7, as far as the schema uses it; what it says of properties that it does not name is nothing."""
    assert set(rule) <= KNOWN, f"the schema uses {set(rule) - KNOWN}"
    if "$ref" in rule:
        name = rule["$ref"].removeprefix("#/definitions/")
        return validate(value, root["definitions"][name], root, where)
    if "anyOf" in rule:
        faults = []
        for each in rule["anyOf"]:
            try:
                return validate(value, each, root, where)
            except AssertionError as fault:
                faults.append(str(fault))
        raise AssertionError("; ".join(faults))
    if "type" in rule:
        assert isinstance(value, TYPES[rule["type"]]) and not isinstance(value, bool), f"{where} is no {rule['type']}"
    assert "const" not in rule or value == rule["const"], f"{where} is {value}, not {rule['const']}"
    assert "enum" not in rule or value in rule["enum"], f"{where} is {value}, none of {rule['enum']}"
    for name in rule.get("required", []):
        assert name in value, f"{where} has no {name}"
    for name, each in rule.get("properties", {}).items():
        if name in value:
            validate(value[name], each, root, f"{where}.{name}")
    if "items" in rule:
        for i, each in enumerate(value):
            validate(each, rule["items"], root, f"{where}[{i}]")


def check_speedscope(profile):
    root = json.loads((Path(__file__).parent / "speedscope.schema.json").read_text(encoding="utf-8"))
    validate(profile, root, root, "file")
    frames, only = profile["shared"]["frames"], profile["profiles"][0]
    assert len(only["samples"]) == len(only["weights"])
    assert all(0 <= frame < len(frames) for stack in only["samples"] for frame in stack)
    assert math.isclose(math.fsum(only["weights"]), only["endValue"], rel_tol=1e-12)
    named = [frames[stack[-1]]["name"].split(" · ")[0].split(" ×")[0] for stack in only["samples"]]
    return list(zip(named, only["weights"])), [len(stack) for stack in only["samples"]]


def check_trace(profile):
    scale = 1e-6 if profile["otherData"]["width"] == "time" else 1e9
    events = [event for event in profile["traceEvents"] if event["ph"] == "X"]
    for event in profile["traceEvents"]:
        assert event["ph"] in "XM" and all(isinstance(event[key], int) for key in ("pid", "tid"))
        assert event["name"] and isinstance(event["args"], dict)
        assert event["ph"] == "M" or (event["ts"] >= 0 and event["dur"] > 0 and isinstance(event["cat"], str))
    around, leaves, depths = [], [], []
    for event, after in zip(events, events[1:] + [None]):
        begin, end = event["ts"], event["ts"] + event["dur"]
        around = [each for each in around if event["args"]["id"].startswith(each["args"]["id"] + ".")]
        for each in around:
            slack = 1e-9 * (each["ts"] + each["dur"])
            assert each["ts"] <= begin and end <= each["ts"] + each["dur"] + slack, f"{event['args']['id']} leaves {each['args']['id']}"
        around.append(event)
        if after is None or not after["args"]["id"].startswith(event["args"]["id"] + "."):
            leaves.append((event["name"].split(" · ")[0].split(" ×")[0], event["dur"] * scale))
            depths.append(len(around))
    return leaves, depths


kind, file, expected = sys.argv[1:]
profile, evaluated = (json.loads(Path(path).read_text(encoding="utf-8")) for path in (file, expected))
leaves, depths = check_speedscope(profile) if kind == "speedscope" else check_trace(profile)
metric = "time_s" if "time_s" in evaluated["totals"] else "flops_tensor"
parents = {node["parent"] for node in evaluated["nodes"]}
ours = [(node["name"], float(node[metric]), node["id"].count(".") + 1) for node in evaluated["nodes"]
        if node["id"] not in parents and float(node[metric]) != 0]
assert [name for name, _ in leaves] == [name for name, _, _ in ours], "other operators, or another order"
for (name, width), (_, value, _) in zip(leaves, ours):
    assert math.isclose(width, value, rel_tol=1e-6 if kind == "chrome-trace" else 0, abs_tol=1e-9 if kind == "chrome-trace" else 0), f"{name}: {width}, not {value}"
total = math.fsum(width for _, width in leaves)
assert math.isclose(total, float(evaluated["totals"][metric]), rel_tol=1e-6), f"{total} together, not {evaluated['totals'][metric]}"
print(f"{kind}: {len(leaves)} operators of {metric} agree, up to {max(depths)} deep")
