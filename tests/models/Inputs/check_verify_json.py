"""check_verify_json.py RESULT REFERENCE - each module of a reference stands once in the result, with its number."""
import json
import sys

result, reference = (json.load(open(path)) for path in sys.argv[1:])
rows = {(row["id"], row["metric"]): row for row in result["rows"]}
assert len(rows) == len(result["rows"]), "a row stands twice"
for key, flops in reference["modules_inclusive"].items():
    row = rows[("diffusion" if key == "(root)" else f"diffusion.{key}", "flops_tensor")]
    assert row["ours"] == row["reference"] == flops and row["passed"] and row["percent_error"] == 0, row
assert len(rows) == len(reference["modules_inclusive"]), "more rows than modules"
