"""untested_operators.py LIBRARY TESTS - fails with the operators of a folder of models that lack a test in another."""
import pathlib
import re
import sys

library, tests = map(pathlib.Path, sys.argv[1:])
operators = [name for file in sorted(library.glob("*.mdl")) for name in re.findall(r"^op (\w+)", file.read_text(), re.M)]
missing = [f"{test}.mdl" for name in operators for test in (name, f"fail-{name}") if not (tests / f"{test}.mdl").exists()]
for test in missing:
    print(f"there is no tests/ops/{test}")
sys.exit(bool(missing) or not operators)
