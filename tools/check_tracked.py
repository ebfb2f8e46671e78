#!/usr/bin/env python3
"""check_tracked.py [REPOSITORY] - weights, data sets and the output of runs stay out of git.

Looks at the size and kind of every tracked file; prints what should not be there and exits 1.
"""
import os
import subprocess
import sys

LARGEST = 512 * 1024  # bytes of a tracked file
KINDS = (".safetensors", ".gguf", ".pth", ".pt", ".bin", ".ckpt", ".onnx", ".npz", ".npy", ".parquet", ".arrow", ".h5",
         ".tar", ".gz", ".zip", ".zst", ".mp4", ".sqlite", ".db")
OUTPUT = ("tmp/", "build/")  # where runs and builds write

root = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def problem(name):
    """What is wrong with a tracked file, or nothing."""
    path = os.path.join(root, name)
    if not os.path.isfile(path):
        return None  # removed in the working tree
    if name.startswith(OUTPUT):
        return "the output of a run"
    if name.endswith(KINDS):
        return "a file of weights or data"
    size = os.path.getsize(path)
    return f"{size} bytes; a tracked file has at most {LARGEST}" if size > LARGEST else None


names = subprocess.run(["git", "-C", root, "ls-files", "-z"], check=True, capture_output=True, text=True).stdout.split("\0")[:-1]
problems = [f"{name}: {why}" for name in names if (why := problem(name))]
print("\n".join(problems + [f"{len(names)} tracked files, {len(problems)} problems"]))
sys.exit(1 if problems else 0)
