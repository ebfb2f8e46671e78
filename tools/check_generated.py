#!/usr/bin/env python3
"""Checks that generated files in the repository are fresh; with --update writes them.

tools/generated.txt lists them, one a line: the file, then the arguments of mdlc that print it.
"""
import argparse
import difflib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mdlc", type=Path, default=ROOT / "build/release/bin/mdlc", help="the binary to run")
    parser.add_argument("--update", action="store_true", help="write the files instead of comparing them")
    options = parser.parse_args()

    stale = count = 0
    for line in (ROOT / "tools/generated.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, *arguments = line.split()
        count += 1
        done = subprocess.run([str(options.mdlc.resolve()), *arguments], cwd=ROOT, capture_output=True, text=True)
        if done.returncode != 0:
            stale += 1
            print(f"{name}: `mdlc {' '.join(arguments)}` exits with {done.returncode}\n{done.stderr}")
            continue
        file = ROOT / name
        present = file.read_text(encoding="utf-8") if file.is_file() else ""
        if present == done.stdout:
            continue
        if options.update:
            file.write_text(done.stdout, encoding="utf-8")
            print(f"{name}: written")
        else:
            stale += 1
            print(f"{name}: stale; run tools/check_generated.py --update")
            print("\n".join(list(difflib.unified_diff(present.split("\n"), done.stdout.split("\n"), name, "generated", lineterm=""))[:40]))
    print(f"{count} generated files, {stale} stale")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
