"""parallel.py MDLC MODELS - gpt3_parallel by hand: what one device does, times the devices, is what one alone does; one
layer's bytes sent in closed form; the front of a search against all of its rows."""
import csv
import io
import json
import subprocess
import sys
from fractions import Fraction

MDLC, MODELS = sys.argv[1:]
MODEL = f"{MODELS}/llm/gpt3_parallel.mdl"
DIM, LAYERS, VOCAB, POSITIONS, TOKENS = 12288, 96, 50257, 2048, 2048


def run(*arguments):
    return subprocess.run([MDLC, *arguments], stdout=subprocess.PIPE, check=True).stdout.decode()


def nodes(**degrees):
    settings = [part for name, value in degrees.items() for part in ("--set", f"{name}={value}")]
    report = json.loads(run("eval", MODEL, *settings, "--format", "json"))
    return {node["id"]: node for node in report["nodes"]}


def count(node, metric):
    return int(node[metric])


def parameters(tp, pp, ep, experts):
    """Of one device, by hand: products are divided by tp, layers by pp, experts by ep; norms and output biases are not."""
    attention = 4 * DIM * DIM // tp + 3 * DIM // tp + DIM
    dense = 8 * DIM * DIM // tp + 4 * DIM // tp + DIM
    routed = DIM * experts + experts // ep * (8 * DIM * DIM // tp)
    layer = attention + (dense if experts == 0 else routed) + 4 * DIM
    rows = -(-VOCAB // tp)
    return LAYERS // pp * layer + rows * DIM + POSITIONS * DIM + 2 * DIM


alone = nodes()
checked = 0
for tp, pp, dp, sp, micro_batch in [(2, 1, 1, 1, 1), (8, 1, 1, 1, 2), (8, 4, 2, 8, 1), (3, 6, 4, 1, 4), (1, 96, 16, 1, 2),
                                    (4, 8, 2, 2, 8), (96, 1, 1, 32, 1)]:
    one = nodes(tp=tp, pp=pp, dp=dp, sp=sp, micro_batch=micro_batch)
    devices = tp * pp * dp
    assert count(one["prefill"], "flops_tensor") * devices == count(alone["prefill"], "flops_tensor"), (tp, pp, dp)
    assert count(one["prefill"], "kv_bytes") * devices == count(alone["prefill"], "kv_bytes"), (tp, pp, dp)
    total = count(one["prefill"], "params") + count(one["ends"], "params")
    assert total == parameters(tp, pp, 1, 0), (tp, pp, total)
    # Two exchanges of a layer: 2 (n - 1)/n of the tensor by one all-reduce of n = tp, or what all-gather and
    # reduce-scatter over sp send, and the all-reduce of the rest; fp16.
    runs = 64 // dp // micro_batch
    tensor = micro_batch * TOKENS * DIM * 2
    rest = tp // sp
    gathered = Fraction(sp - 1, sp) * tensor
    reduced = Fraction(2 * (rest - 1), rest) * Fraction(tensor, sp)
    sent = 2 * (gathered + gathered + reduced)
    assert count(one["prefill.h.0"], "bytes_sent") == runs * sent, (tp, sp, count(one["prefill.h.0"], "bytes_sent"), runs * sent)
    messages = 2 * (2 * (sp - 1) + 2 * (rest - 1))
    assert count(one["prefill.h.0"], "messages") == runs * messages, (tp, sp)
    assert count(one["prefill.next"], "bytes_sent") == (runs * tensor // sp if pp > 1 else 0), pp
    checked += 1
for tp, dp, ep, experts in [(4, 16, 8, 64), (8, 8, 2, 16)]:
    one = nodes(feed_forward="routed", tp=tp, dp=dp, ep=ep, experts=experts)
    total = count(one["prefill"], "params") + count(one["ends"], "params")
    assert total == parameters(tp, 1, ep, experts), (tp, ep, total, parameters(tp, 1, ep, experts))
    rows = TOKENS * 2
    sent = 2 * (ep - 1) * (rows // ep) * DIM * 2
    exchanged = sum(count(one[f"prefill.h.0.moe.{name}"], "bytes_sent") for name in ("to_experts", "from_experts"))
    assert exchanged == 64 // dp * sent, (ep, exchanged)
    checked += 1

AXES = ["tp=1..=8", "pp=1..=8", "dp=1..=8", "ep=1,2,4,8", "micro_batch=1,2", "sp=1,2,4,8", "precision=fp16,fp8"]
SMALL = [part for axis in AXES for part in ("--sweep", axis)] + ["--invalid", "drop"]
LATENCY = "latency_s = time_s * (batch / (dp * micro_batch) + pp - 1) / (batch / (dp * micro_batch))"
AIMS = ("latency_s", "devices", "memory_bytes")
front = list(csv.DictReader(io.StringIO(run("sweep", MODEL, "--named", "search", *SMALL))))
every = list(csv.DictReader(io.StringIO(run(
    "sweep", MODEL, *SMALL, "--set", "feed_forward=routed", "--set", "experts=8", "--device", "h100", "--output",
    "devices = tp * pp * dp", "--output", LATENCY, "--output", "memory_bytes", "--where", "devices <= 64 && fits", "--output", "fits"))))
values = {row["point"]: tuple(float(row[aim]) for aim in AIMS) for row in every}
best = {point for point, mine in values.items()
        if not any(all(a <= b for a, b in zip(other, mine)) and other != mine for other in values.values())}
assert best == {row["point"] for row in front} and len(best) > 5, (len(best), len(front))
for row in front[:3]:
    settings = {name: row[name] for name in ("tp", "pp", "dp", "ep", "micro_batch", "sp")}
    arguments = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
    report = json.loads(run("eval", MODEL, "--set", "feed_forward=routed", "--set", "experts=8", "--device", "h100", "--precision",
                            row["precision"], "--format", "json", *arguments))
    batches = 64 // int(row["dp"]) // int(row["micro_batch"])
    latency = report["totals"]["time_s"] * (batches + int(row["pp"]) - 1) / batches
    assert abs(latency - float(row["latency_s"])) <= 1e-12 * latency, (latency, row["latency_s"])
print(f"{checked} layouts, {len(every)} rows, {len(front)} on the front")
