"""check_eval_json.py SCHEMA RESULT - a result of `eval --format json` against its schema.

Besides what tests/Inputs/check_json.py checks: large integers are strings, small ones are not; parents come first; ids
are unique; a node has documented keys only.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Inputs"))
import check_json

result = check_json.validate(*sys.argv[1:])
definitions = check_json.Schema.of(sys.argv[1]).root["$defs"]
documented = set(definitions["metrics"]["properties"]) | set(definitions["node"]["properties"])
seen = {None}
for node in result["nodes"]:
    assert node["parent"] in seen, f"{node['id']} comes before its parent"
    assert node["id"] not in seen, f"{node['id']} stands twice"
    seen.add(node["id"])
    assert set(node) <= documented, f"{node['id']} has undocumented keys {set(node) - documented}"
    for key, value in node.items():
        if isinstance(value, str) and key not in ("id", "parent", "name", "operator", "category", "first_id", "bottleneck"):
            assert int(value) > 2**53 - 1, f"{key} of {node['id']} is a string"
print(f"{len(result['nodes'])} nodes follow the schema")
