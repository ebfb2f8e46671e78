"""Kills a sweep at random moments; each time what is there is a prefix of the whole, and going on ends with its bytes."""
import random
import subprocess
import sys
import time

mdlc, models, scratch, kills = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
points = sys.argv[5] if len(sys.argv) > 5 else "1..=200"
command = [mdlc, "sweep", f"{models}/wan2.1/t2v_14b.mdl", "--sweep", f"frames={points}", "--sweep", "batch=1..=1000",
           "--output", "flops_tensor,memory_bytes", "--numbers", "near"]
start = time.perf_counter()
whole = subprocess.run(command, capture_output=True, check=True).stdout
seconds = time.perf_counter() - start
path, moments, done, killed = f"{scratch}/killed.csv", random.Random(), False, 0
open(path, "wb").close()
while killed < kills:
    process = subprocess.Popen([*command, "--out", path, "--resume"])
    try:
        process.wait(timeout=moments.random() * seconds / (4 if kills < 20 else 12))
        open(path, "wb").close()  # it came to its end: once more from the start
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        killed += 1
    with open(path, "rb") as file:
        assert whole.startswith(file.read()), "what a killed sweep left is no prefix of the whole"
subprocess.run([*command, "--out", path, "--resume"], check=True)
with open(path, "rb") as file:
    assert file.read() == whole
print(f"killed {kills} times, {whole.count(b'ok')} rows")
