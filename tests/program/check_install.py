#!/usr/bin/env python3
"""check_install.py MDLC ROOT SCRATCH - what `cmake --install` puts down can be used without this repository.

Installs the build that MDLC belongs to, builds runtime/example with a C compiler through find_package, and compares
what it prints with `mdlc eval` of the source. The installed mdlc has to find the models beside it.
"""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

mdlc, root, scratch = (Path(each) for each in sys.argv[1:])
build = mdlc.parent.parent
HEIGHTS = ["480", "720", "736", "1080"]


def run(*command, **options):
    """The standard output of a command; its errors are shown when it fails."""
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def line_of(model, height):
    """What the example prints for a height, from the compiler's own evaluation."""
    report = json.loads(run(mdlc, "eval", model, "--workload", "720p", "--set", f"height={height}", "--format", "json", "--fold"))
    totals = report["totals"]
    return f"height {height}: {totals['flops_tensor']} FLOP, peak {totals['activation_peak_bytes']} B"


shutil.rmtree(scratch, ignore_errors=True)
prefix, example = scratch / "prefix", scratch / "example"
run("cmake", "--install", build, "--prefix", prefix)
elsewhere = {**os.environ, "PATH": f"{prefix}/bin:{os.environ['PATH']}"}
elsewhere.pop("MDL_PATH", None)
run("mdlc", "compile", prefix / "share/mdlc/models/wan2.1/t2v_14b.mdl", "--workload", "720p", "-o", "wan.mdlp", cwd=scratch, env=elsewhere)
shutil.copytree(root / "runtime/example", scratch / "source")
run("cmake", "-G", "Ninja", "-S", scratch / "source", "-B", example, f"-DCMAKE_PREFIX_PATH={prefix}")
run("cmake", "--build", example)
printed = run(example / "sweep", scratch / "wan.mdlp", "height", *HEIGHTS).splitlines()
expected = [line_of(root / "models/wan2.1/t2v_14b.mdl", height) for height in HEIGHTS]
for found, wanted in zip(printed, expected, strict=True):
    print(found)
    if found != wanted:
        sys.exit(f"the example prints\n  {found}\nmdlc eval has\n  {wanted}")
print(f"{len(printed)} lines agree")
