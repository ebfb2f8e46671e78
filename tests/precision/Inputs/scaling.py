"""scaling.py TASK MDLC - what a precision may change and what it may not, at every node of every pipeline that ships.

  compute  another compute format: times of matrix units by the ratio of the peaks, no FLOP, no byte, no other time part
  storage  other bits: no FLOP and no time of matrix units; bytes by their bits
Numbers are compared exactly, or to 12 digits where the peaks of a device have no exact ratio. Prints counts.
"""
import concurrent.futures
import fractions
import json
import re
import subprocess
import sys

DEVICES = ["h20_96gb", "h100_sxm_80gb", "rtx_4090"]
FLOPS = ["flops_tensor", "flops_vector", "params", "calls"]
STORAGE = ["weight_bytes", "kv_bytes", "state_bytes"]
TRAFFIC = ["bytes_read", "bytes_written"]
PEAKS = ["activation_peak_bytes", "workspace_bytes"]
task, mdlc = sys.argv[1:]


def pipelines():
    """Name and file of each."""
    listed = subprocess.run([mdlc, "list", "models"], capture_output=True, text=True, check=True).stdout
    return [(line.split()[0], re.search(r"\((.*)\)$", line)[1]) for line in listed.splitlines()]


def evaluate(pipeline, *settings, device=None):
    """The nodes, folded, with the totals as a last one; the peaks of the device."""
    command = [mdlc, "eval", pipeline[1], "--pipeline", pipeline[0], "--format", "json", "--fold"]
    command += ["--device", device] if device else []
    command += [word for setting in settings for word in ("--set", f"precision.{setting}")]
    made = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    peaks = made["device"]["dense_peaks_flops_per_s"] if device else {}
    return made["nodes"] + [dict(made["totals"], id="total")], peaks


def number(node, metric):
    """Absent is 0; large integers are strings; a double is the number that it stands for."""
    return fractions.Fraction(node.get(metric, 0))


def same(pipeline, base, other, metrics):
    """How many numbers were compared."""
    for one, two in zip(base, other, strict=True):
        assert one["id"] == two["id"]
        for metric in metrics:
            assert one.get(metric) == two.get(metric), f"{pipeline[0]} {one['id']} {metric}: {one.get(metric)} {two.get(metric)}"
    return len(base) * len(metrics)


def scaled(pipeline, base, other, metrics, factor, digits=None):
    """`other` is `factor` times `base`, exactly or to so many digits."""
    for one, two in zip(base, other, strict=True):
        for metric in metrics:
            wanted, found = number(one, metric) * factor, number(two, metric)
            error = abs(found - wanted)
            fine = error == 0 if digits is None else error <= wanted / 10**digits
            assert fine, f"{pipeline[0]} {one['id']} {metric}: {float(found)} is not {float(factor)} * {float(number(one, metric))}"
    return len(base) * len(metrics)


def compute(pipeline):
    """fp8 against fp16 on each device."""
    count = 0
    for device in DEVICES:
        (base, peaks), (other, _) = evaluate(pipeline, device=device), evaluate(pipeline, "compute=fp8", device=device)
        ratio = fractions.Fraction(peaks["fp16"]) / fractions.Fraction(peaks["fp8"])
        count += same(pipeline, base, other, FLOPS + STORAGE + TRAFFIC + PEAKS + ["vector_s", "memory_s"])
        count += scaled(pipeline, base, other, ["tensor_s"], ratio, None if ratio == fractions.Fraction(1, 2) else 12)
    return count


def storage(pipeline):
    """Index tensors keep their 32 bits unless they are asked, too; all else follows the bits."""
    (base, _), (eight, _) = (evaluate(pipeline, f"storage_bits={bits}", device=DEVICES[0]) for bits in (16, 8))
    four, _ = evaluate(pipeline, "storage_bits=4")
    count = same(pipeline, base, eight, FLOPS + ["tensor_s", "vector_s"]) + same(pipeline, base, four, FLOPS)
    count += scaled(pipeline, base, eight, STORAGE, fractions.Fraction(1, 2))
    count += scaled(pipeline, eight, four, STORAGE, fractions.Fraction(1, 2))
    for one, two, three in zip(base, eight, four, strict=True):
        for metric in TRAFFIC:
            indices = 2 * number(two, metric) - number(one, metric)
            exact = all(number(each, metric).denominator <= 2 for each in (one, two, three))
            again = 2 * number(three, metric) - number(two, metric)
            assert indices >= 0 and abs(indices - again) <= (0 if exact else number(one, metric) / 10**12), f"{pipeline[0]} {one['id']}"
            count += 1
    base, _ = evaluate(pipeline, "storage_bits=16", "storage.index=fp16")
    eight, _ = evaluate(pipeline, "storage_bits=8", "storage.index=fp8")
    return count + scaled(pipeline, base, eight, STORAGE + TRAFFIC + PEAKS, fractions.Fraction(1, 2))


with concurrent.futures.ThreadPoolExecutor(2) as pool:
    counts = list(pool.map({"compute": compute, "storage": storage}[task], pipelines()))
print(f"{len(counts)} pipelines, {sum(counts)} numbers")
