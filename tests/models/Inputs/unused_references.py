"""unused_references.py REFERENCES TESTS - fails with the names of measurements that no test in a folder names."""
import pathlib
import sys

references, tests = map(pathlib.Path, sys.argv[1:])
texts = "".join(test.read_text() for test in tests.glob("verify-*.test"))
unused = [file.name for file in sorted(references.glob("*.json")) if file.name not in texts]
for name in unused:
    print(f"no test compares {name}")
sys.exit(bool(unused))
