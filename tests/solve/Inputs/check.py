"""Checks of `mdlc solve` by brute force: every value of the range by `mdlc sweep --numbers exact`, or by `mdlc eval`."""
import csv
import io
import json
import subprocess
import sys

MDLC, MODELS = sys.argv[1], sys.argv[2]
WAN = MODELS + "/wan2.1/t2v_14b.mdl"


def run(*args, codes=(0,)):
    made = subprocess.run([MDLC, *args], capture_output=True)
    assert made.returncode in codes, (args, made.stderr.decode())
    return made.stdout.decode()


def solve(*args, codes=(0,)):
    return json.loads(run("solve", *args, "-f", "json", codes=codes))


def stretches(rows, name, holds):
    found = []
    for row in rows:
        value, good = int(row[name]), row["status"] == "ok" and holds(row)
        if not found or found[-1][0] != good:
            found.append([good, value, value])
        found[-1][2] = value
    return found


def extreme(model, options, name, between, where, outputs, holds, proven):
    """The answer of both aims, and the borders, against all rows."""
    text = run("sweep", model, *options, "--sweep", f"{name}={between}", "--output", outputs, "--numbers", "exact")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    wanted = stretches(rows, name, holds)
    good = [int(row[name]) for row in rows if row["status"] == "ok" and holds(row)]
    for aim in ("max", "min"):
        found = solve(model, *options, "--" + aim, name, "--between", between, "--where", where, codes=(0, 1))
        assert [[s["holds"], s["first"], s["last"]] for s in found["stretches"]] == wanted, (where, found, wanted)
        assert found["extreme"] == ((max if aim == "max" else min)(good) if good else None), (where, aim, found)
        assert found["monotone"] == (len(wanted) <= 2)
        assert found["proven"] == proven, (where, found["proven"])
        if found["monotone"]:
            assert found["answer"] == found["extreme"]
        else:
            edge = wanted[0] if aim == "max" else wanted[-1]
            assert found["answer"] == (edge[2 if aim == "max" else 1] if edge[0] else None), (where, aim, found)
        if found["answer"] is not None:
            row = next(row for row in rows if int(row[name]) == found["answer"])
            for key, value in found["at_answer"]["outputs"].items():
                assert key not in row or float(row[key]) == float(value), (key, row, value)
            assert found["at_answer"]["notes"] == row["notes"]
            assert not found["at_answer"]["fails"]
        if found["beyond"] is not None:
            row = next(row for row in rows if int(row[name]) == found["beyond"])
            assert row["status"] == found["at_beyond"]["status"]
            assert row["status"] != "ok" or (not holds(row) and found["at_beyond"]["fails"]), (where, row)
    print(f"{where}: {len(rows)} values, {len(wanted)} stretches, {len(good)} hold")


def extremes():
    h20 = ["-d", "h20"]
    extreme(WAN, h20, "batch", "1..=40", "fits", "fits,time_s", lambda r: r["fits"] == "1", True)
    extreme(WAN, h20, "frames", "1..=2001/4", "fits && time_s < 7200", "fits,time_s",
            lambda r: r["fits"] == "1" and float(r["time_s"]) < 7200, True)
    extreme(WAN, h20, "height", "1..=7000", "memory_bytes <= 60000000000", "memory_bytes",
            lambda r: int(r["memory_bytes"]) <= 60000000000, False)
    extreme(WAN, [], "steps", "1..=900", "diffusion.flops_tensor > 10 ^ 18", "diffusion.flops_tensor",
            lambda r: int(r["diffusion.flops_tensor"]) > 10**18, True)
    extreme(WAN, h20, "batch", "1..=9", "time_s / batch < 5000", "time_s", lambda r: float(r["time_s"]) / int(r["batch"]) < 5000, True)
    extreme(WAN, h20, "batch", "3..=500", "time_s < 1", "time_s", lambda r: float(r["time_s"]) < 1, True)
    extreme(WAN, h20, "width", "600..=1400", "time_s > 2000 && time_s < 3000", "time_s",
            lambda r: 2000 < float(r["time_s"]) < 3000, False)
    # A border between two integers that one double stands for.
    rows = run("eval", WAN, "--set", "steps=123457", "-f", "json")
    border = int(json.loads(rows)["totals"]["flops_tensor"])
    assert border > 2**60
    for more, wanted in ((0, 123457), (-1, 123456), (1, 123457)):
        found = solve(WAN, "--max", "steps", "--where", f"flops_tensor <= {border + more}")
        assert found["answer"] == wanted, (more, found["answer"])
    print("a limit beyond 2^53 is compared exactly")


def rates():
    job = ["-d", "h20", "--set", "batch=2"]
    totals = json.loads(run("eval", WAN, *job, "-f", "json"))["totals"]
    for goal in (9000, 5000, 1000):
        found = solve(WAN, *job, "--break-even", "tensor_peak", "--where", f"time_s <= {goal}")
        # Nearly all of the time is the tensor cores', so the needed peak is at most in proportion.
        low, high = totals["tensor_s"] / goal, totals["tensor_s"] / (goal - totals["memory_s"] - totals["vector_s"])
        assert low * 0.99 < found["factor"] < high and found["monotone"], (goal, found, low, high)
        assert abs(found["needed_rates"][0] / found["rates"][0] - found["factor"]) < 1e-12
    # Batch scales the work: with twice the rate of everything the time halves, so elasticities add up to -1.
    found = solve(WAN, *job, "--sensitivities")["sensitivities"]
    total = sum(found[name]["both"] for name in ("bandwidth", "tensor_peak", "vector_peak"))
    assert abs(total + 1) < 1e-6, found
    assert abs(found["tensor_peak"]["both"] + 0.99) < 0.02
    # At a break-even of 1 exactly: the job's own time.
    own = solve(WAN, *job, "--break-even", "tensor_peak", "--where", f"time_s <= {totals['time_s']!r}")
    assert abs(own["factor"] - 1) < 1e-12, own
    print("break-even and sensitivities agree with the time")


{"extremes": extremes, "rates": rates}[sys.argv[3]]()
