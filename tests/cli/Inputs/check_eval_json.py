"""check_eval_json.py SCHEMA RESULT - a result of `eval --format json` against its schema.

Knows the few words of JSON Schema that eval.schema.json uses, and the rules that a schema cannot say: large integers
are strings, small ones are not; parents come first; ids are unique.
"""
import json
import re
import sys

schema, result = (json.load(open(path)) for path in sys.argv[1:])
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float), "null": type(None)}


def check(value, rule, where):
    """Stops with the first thing that is not as `rule` says."""
    if "$ref" in rule:
        check(value, schema["$defs"][rule["$ref"].rpartition("/")[2]], where)
    if "const" in rule:
        assert value == rule["const"], f"{where} is {value!r}"
    if "anyOf" in rule:
        assert any(fits(value, each, where) for each in rule["anyOf"]), f"{where} is {value!r}"
    if "type" in rule:
        names = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
        isBool = isinstance(value, bool)
        assert any(isinstance(value, TYPES[name]) and (not isBool or name == "boolean") for name in names), f"{where} is {value!r}"
    if "pattern" in rule:
        assert re.search(rule["pattern"], value), f"{where} is {value!r}"
    if isinstance(value, dict):
        missing = set(rule.get("required", [])) - set(value)
        assert not missing, f"{where} lacks {missing}"
        for key, each in value.items():
            inner = rule.get("properties", {}).get(key, rule.get("additionalProperties", {}))
            assert inner is not False, f"{where} has an undocumented key {key}"
            if isinstance(inner, dict):
                check(each, inner, f"{where}.{key}")
    if isinstance(value, list) and "items" in rule:
        for index, each in enumerate(value):
            check(each, rule["items"], f"{where}[{index}]")


def fits(value, rule, where):
    try:
        check(value, rule, where)
    except AssertionError:
        return False
    return True


def documented():
    """All keys that a node may have."""
    return set(schema["$defs"]["metrics"]["properties"]) | set(schema["$defs"]["node"]["properties"])


check(result, schema, "result")
seen = {None}
for node in result["nodes"]:
    assert node["parent"] in seen, f"{node['id']} comes before its parent"
    assert node["id"] not in seen, f"{node['id']} stands twice"
    seen.add(node["id"])
    assert set(node) <= documented(), f"{node['id']} has undocumented keys {set(node) - documented()}"
    for key, value in node.items():
        if isinstance(value, str) and key not in ("id", "parent", "name", "operator", "category", "first_id"):
            assert int(value) > 2**53 - 1, f"{key} of {node['id']} is a string"
        if isinstance(value, int):
            assert value <= 2**53 - 1, f"{key} of {node['id']} is a number that readers round"
print(f"{len(result['nodes'])} nodes follow the schema")
