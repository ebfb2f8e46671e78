"""Checks of `mdlc sweep` that need a program: against `mdlc eval`, and rankings by brute force."""
import csv
import glob
import io
import json
import random
import shutil
import subprocess
import sys

MDLC, MODELS = sys.argv[1], sys.argv[2]


def run(*args, ok=True):
    made = subprocess.run([MDLC, *args], capture_output=True)
    assert not ok or made.returncode == 0, (args, made.stderr.decode())
    return made.stdout


def rows(*args):
    return list(csv.DictReader(io.StringIO(run("sweep", *args).decode(), newline="")))


def number(text):
    return int(text) if text.lstrip("-").isdigit() else float(text)


def against_eval(model, options, axes):
    """Each row has the totals that eval prints for its point."""
    sweep = [part for axis in axes for part in ("--sweep", axis)]
    names = [name for axis in axes for name in axis.split("=")[0].split(",")]
    found = rows(model, *options, *sweep)
    for row in random.Random(3).sample(found, min(6, len(found))):
        settings = [part for name in names for part in ("--set", f"{name}={row[name]}")]
        report = json.loads(run("eval", model, *options, *settings, "--format", "json"))
        totals = report["totals"]
        compared = 0
        for key, value in totals.items():
            if key in row and value is not None and not isinstance(value, dict):
                assert number(row[key]) == number(str(value)), (model, row["point"], key, row[key], value)
                compared += 1
        assert compared >= 6, (model, totals.keys(), row.keys())
        memory = report.get("memory")
        if memory:
            assert int(row["memory_bytes"]) == int(memory["total_bytes"]), (row["memory_bytes"], memory)
    print(f"{model}: {len(found)} rows agree with eval")


def fleet(model, options, strategies, scratch):
    """Rows of several devices are those of `mdlc size --grid`, cell by cell."""
    compared = 0
    for strategy in strategies:
        run("size", model, *options, "--strategy", strategy, "--grid", "batch=1..=9,devices=1,2,8", "--run-id", "x", "--out", scratch, "--force")
        (path,) = glob.glob(f"{scratch}/x/sizing/*/*/results.csv")
        with open(path, newline="") as file:
            wanted = list(csv.DictReader(file))
        first = list(wanted[0]).index("total_cost_s")
        columns = ["effective_gpus", *list(wanted[0])[first:]]
        found = rows(model, *options, "--sweep", f"strategy={strategy}", "--sweep", "devices=1,2,8", "--sweep", "batch=1..=9", "--output", ",".join(columns))
        for row, other in zip(found, wanted, strict=True):
            assert (row["devices"], row["batch"]) == (other["device_num"], other["batch_size"]) and row["status"] == "ok"
            for name in columns:
                same = {"true": "1", "false": "0"}.get(other[name], other[name])
                assert row[name] == same, (strategy, name, row[name], other[name])
                compared += 1
        shutil.rmtree(f"{scratch}/x")
    print(f"{len(strategies)} strategies: {compared} cells agree with size")


def rankings(model):
    """--where, --top and --pareto against the same on all rows."""
    axes = ["--sweep", "height,width=480x832,720x1280,1088x1920", "--sweep", "batch=1..=6", "--sweep", "frames=17..=81/16"]
    options = [model, "-d", "h20", *axes, "--output", "time_s,memory_bytes,fits"]
    everything = rows(*options)
    value = lambda row, key: float(row[key])
    where = rows(*options, "--where", "fits && time_s / batch < 3000 or batch == 6")
    wanted = [r for r in everything if (r["fits"] == "1" and value(r, "time_s") / value(r, "batch") < 3000) or r["batch"] == "6"]
    assert where == wanted and 0 < len(wanted) < len(everything)
    top = rows(*options, "--top", "5 by batch * frames / time_s")
    wanted = sorted(everything, key=lambda r: -value(r, "batch") * value(r, "frames") / value(r, "time_s"))[:5]
    assert top == wanted
    front = rows(*options, "--pareto", "min time_s, max frames, max batch")
    better = lambda a, b: (value(a, "time_s") <= value(b, "time_s") and value(a, "frames") >= value(b, "frames")
                           and value(a, "batch") >= value(b, "batch"))
    key = lambda r: (r["time_s"], r["frames"], r["batch"])
    wanted = [r for r in everything if not any(better(o, r) and key(o) != key(r) for o in everything)]
    assert sorted(front, key=lambda r: int(r["point"])) == wanted and 1 < len(wanted) < len(everything)
    print(f"{len(everything)} rows: where, top and pareto as by brute force")


def parts(model, scratch):
    """Shards, threads, and going on after any cut give the same bytes."""
    axes = ["--sweep", "frames=1..=97", "--sweep", "batch=1..=40", "--sweep", "precision=fp16,nothing,fp8"]
    for form in ("csv", "jsonl"):
        options = ["sweep", model, *axes, "--output", "flops_tensor,memory_bytes", "-f", form, "--numbers", "near"]
        whole = run(*options)
        assert whole == run(*options, "-j", "1") == run(*options, "-j", "5")
        for count in (2, 7):
            shards = b"".join(run(*options, "--shard", f"{i}/{count}") for i in range(1, count + 1))
            assert shards == whole
        cut = random.Random(5)
        for _ in range(12):
            path = f"{scratch}/part.{form}"
            with open(path, "wb") as file:
                file.write(whole[: cut.randrange(len(whole) + 1)])
            run(*options, "--out", path, "--resume")
            with open(path, "rb") as file:
                assert file.read() == whole
    print("shards, threads and resumed files are the same bytes")


def near(model):
    """Numbers in blocks: equal when written as an integer, else within 1e-9 of the exact ones."""
    options = [model, "-d", "b200", "--sweep", "height=16..=2048/16", "--sweep", "batch=1..=9"]
    exact, blocks = rows(*options, "--numbers", "exact"), rows(*options, "--numbers", "near")
    marked = 0
    for a, b in zip(exact, blocks, strict=True):
        for key in a:
            if a[key] == b[key]:
                continue
            assert "e" in b[key] or "." in b[key], (key, a[key], b[key])
            assert abs(number(a[key]) - float(b[key])) <= 1e-9 * abs(number(a[key])), (key, a[key], b[key])
            marked += 1
    assert marked > 100
    print("near numbers are near and marked")


def fleet_all(scratch):
    fleet(MODELS + "/wan2.1/t2v_14b.mdl", ["-w", "720p", "-d", "h20", "-p", "fp8"], ["dp", "modelmeter.dp", "modelmeter.ffn_sp"], scratch)
    fleet(MODELS + "/deepseek_ocr/deepseek_ocr.mdl", ["-w", "page", "-d", "h100", "-p", "bf16", "--residency", "offload"], ["dp"], scratch)


if sys.argv[3] == "eval":
    against_eval(MODELS + "/wan2.1/t2v_14b.mdl", ["-d", "h20"], ["height,width=480x832,720x1280,500x500", "batch=1..=3", "frames=1,81,121"])
    against_eval(MODELS + "/wan2.1/i2v_14b.mdl", ["-p", "fp8", "-d", "b200"], ["steps=10..=50/20", "guidance=true,false"])
    against_eval(MODELS + "/deepseek_ocr/deepseek_ocr.mdl", ["-d", "h20"], ["mode=tiny,large,gundam", "new_tokens=0..=64/16"])
    against_eval(MODELS + "/torchvision/resnet50.mdl", [], ["batch=1..=8"])
else:
    {"rankings": lambda: rankings(MODELS + "/wan2.1/t2v_14b.mdl"), "near": lambda: near(MODELS + "/wan2.1/t2v_14b.mdl"),
     "fleet": lambda: fleet_all(sys.argv[4]),
     "parts": lambda: parts(MODELS + "/wan2.1/t2v_14b.mdl", sys.argv[4])}[sys.argv[3]]()
