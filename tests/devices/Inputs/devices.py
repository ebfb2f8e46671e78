"""devices.py TASK MDLC MODELS [DEVICES.csv] - what must hold for every file of models/devices.

  notes    every number says where it is from, of what kind that is, and when it was taken
  aliases  every alias names a device of the folder, and a job that asks for it is timed on that device
  times    every device has the numbers of the table, times a job at each precision that it has a peak for, and refuses
           the others by name
Prints counts, which the tests assert.
"""
import collections
import concurrent.futures
import csv
import json
import pathlib
import re
import subprocess
import sys

FORMATS = ["fp32", "tf32", "bf16", "fp16", "fp8", "int8", "fp4", "int4"]
PRECISIONS = {"fp32": "fp32", "bf16": "bf16", "fp16": "fp16", "fp8": "fp8", "fp4": "fp4", "fp8_mixed": "fp8"}
NOTE = re.compile(r' @(datasheet|measured|derived|assumed)\("[^"]{6,}", "20\d\d(-[01]\d)?"\)$')
task, mdlc, models, *table = sys.argv[1:]
files = sorted(pathlib.Path(models, "devices").glob("*.mdl"))


def evaluate(device, precision):
    """W-001 of Wan2.1-T2V-14B on a device: the result or the errors."""
    run = subprocess.run([mdlc, "eval", f"{models}/wan2.1/t2v_14b.mdl", "-w", "W-001", "--device", device, "--precision", precision,
                          "--format", "json", "--fold"], capture_output=True, text=True)
    return json.loads(run.stdout) if run.returncode == 0 else run.stderr


def notes():
    """Lines of numbers without a note; then how many notes there are of each kind."""
    kinds = collections.Counter()
    for path in files + sorted(pathlib.Path(models, "modelmeter", "devices").glob("*.mdl")):
        for line in path.read_text().splitlines():
            if not re.match(r"  (?!vendor|provisional)\w+( \w+)? = ", line):
                continue
            note = NOTE.search(line)
            print(end="" if note else f"{path.name}: no note: {line}\n")
            kinds[note[1] if note else "none"] += 1
    print(", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))


def aliases():
    """Follows each alias through a job."""
    count = 0
    for path in files:
        of = re.search(r'^alias (\S+) .* of = "(.*)"', path.read_text(), re.M)
        if not of:
            continue
        target = pathlib.Path(models, "devices", of[2] + ".mdl").read_text()
        precision = next(name for name, format in PRECISIONS.items() if f"peak {format} =" in target)
        device = evaluate(of[1], precision)["device"]
        assert path.stem == of[1] == device["asked"] and of[2] == device["name"], path
        count += 1
    print(f"{count} aliases")


def close(value, expected):
    return expected is None and value is None or abs(value - expected) <= 1e-12 * abs(expected)


def check(row):
    """One device at all precisions: how many timed it and how many were refused."""
    number = lambda column, scale: float(row[column]) * scale if row[column] else None
    peaks = {format: number(f"{format} TFLOP/s", 1e12) for format in FORMATS if row[f"{format} TFLOP/s"]}
    timed = refused = 0
    for precision, format in PRECISIONS.items():
        result = evaluate(row["id"], precision)
        if format not in peaks:
            assert f"device `{row['id']}` has no peak for {format}, which precision `{precision}` computes in" in result, result
            assert "[no-peak]" in result, result
            refused += 1
            continue
        assert isinstance(result, dict), result
        device, totals = result["device"], result["totals"]
        assert device["name"] == row["id"] and device["provisional"] == (row["provisional"] == "yes"), row["id"]
        for key, expected in [("memory_bytes", number("memory GB", 1e9)), ("bandwidth_bytes_per_s", number("bandwidth GB/s", 1e9)),
                              ("vector_peak_flops_per_s", number("vector TFLOP/s", 1e12)), ("link_bytes_per_s", number("link GB/s", 1e9)),
                              ("host_link_bytes_per_s", number("host link GB/s", 1e9)), ("power_w", number("power W", 1))]:
            assert close(device[key], expected), (row["id"], key, device[key], expected)
        assert set(device["dense_peaks_flops_per_s"]) == set(peaks), row["id"]
        assert all(close(device["dense_peaks_flops_per_s"][name], peak) for name, peak in peaks.items()), row["id"]
        for key, work, rate in [("tensor_s", totals["flops_tensor"], peaks[format]),
                                ("vector_s", totals["flops_vector"], number("vector TFLOP/s", 1e12)),
                                ("memory_s", totals["bytes_read"] + totals["bytes_written"], number("bandwidth GB/s", 1e9))]:
            assert close(totals[key], work / rate), (row["id"], precision, key, totals[key], work / rate)
        timed += 1
    return timed, refused


def times():
    """The rows of the table are the devices of the folder; all hold."""
    rows = list(csv.DictReader(open(table[0])))
    ids = {path.stem for path in files if re.search(r"^device ", path.read_text(), re.M)}
    assert ids == {row["id"] for row in rows}, ids ^ {row["id"] for row in rows}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(check, rows))
    print(f"{len(rows)} devices: {sum(t for t, _ in counts)} times, {sum(r for _, r in counts)} refusals")


{"notes": notes, "aliases": aliases, "times": times}[task]()
