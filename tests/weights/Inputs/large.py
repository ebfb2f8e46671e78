"""large.py MDLC FOLDER - inspects the shards of a model of Qwen3-235B-A22B's shapes. The goal is 1 s; the limit of the test is
3 s, as machines that test do other things, too.
"""
import resource
import subprocess
import sys
import time
from pathlib import Path

import files
import vendor


def main():
    folder = Path(sys.argv[2])
    names = vendor.qwen3(dim=4096, layers=94, heads=64, kv_heads=4, experts=128, expert_ffn=1536)
    index = files.write_shards(folder, vendor.typed(names, "BF16"), 4 * 10**9)
    start = time.monotonic()
    run = subprocess.run([sys.argv[1], "inspect", str(index)], capture_output=True, text=True, check=True)
    seconds = time.monotonic() - start
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
    print(run.stdout)
    print("at most 100 MB" if megabytes <= 100 else f"{megabytes:.0f} MB", "at most 3 s" if seconds <= 3 else f"{seconds:.1f} s", sep=", ")


if __name__ == "__main__":
    main()
