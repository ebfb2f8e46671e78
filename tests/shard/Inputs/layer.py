#!/usr/bin/env python3
"""One layer on one device, by formulas that were derived by hand from the papers, against mdlc.

    layer.py wan MODEL DIM FFN HEADS    one block of Wan2.1's transformer at 480x832, 81 frames, text of 512
    layer.py qwen MODEL                 one layer of Qwen3-30B-A3B, a prompt of 2048 tokens

FLOPs are those of products; bytes are those that one device sends, two for each number. Conventions `torch`, `flash`.
"""
import json
import subprocess
import sys

DEVICES = (1, 2, 4, 8)


def measured(model, sharding, node, options):
    command = ["mdlc", "eval", model, "--format", "json", "--convention", "torch", "-p", "bf16", "--select", node, *options]
    if sharding:
        command += ["--sharding", sharding]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        return run.stderr.splitlines()[0]
    node = {each["id"]: each for each in json.loads(run.stdout)["nodes"]}[node]
    calls = int(node["calls"])
    return tuple(int(node.get(name, 0)) // calls for name in ("flops_tensor", "bytes_sent", "messages")) + (int(node["params"]),)


def ceil(a, b):
    return -(-a // b)


def all_reduce(elements, n):
    """Ring: a reduce-scatter and an all-gather, of n parts."""
    return 2 * (n - 1) * ceil(elements, n), 2 * (n - 1)


def wan_block(D, F, S, L, n, sharding):
    """(FLOPs, numbers sent, messages, parameters) of a block on one of n devices."""
    self_products, self_core = 2 * S * D * D * 4, 2 * S * S * 2 * D
    cross_q_o, cross_k_v, cross_core = 2 * S * D * D * 2, 2 * L * D * D * 2, 2 * S * L * 2 * D
    ffn = 2 * S * D * F * 2
    by_tokens = self_products + self_core + cross_q_o + cross_core + ffn
    linears = 8 * (D * D + D) + (D * F + F) + (F * D + D)
    # norm3 has a gain and an offset; four gains of norms of queries and keys; six rows of modulation
    parameters = linears + 2 * D + 4 * D + 6 * D
    if sharding == "ulysses":  # queries, keys, values and the result change heads for tokens
        return by_tokens // n + cross_k_v, 4 * (n - 1) * (S // n * D // n), 4 * (n - 1), parameters
    if sharding == "ring":
        return by_tokens // n + cross_k_v, (n - 1) * 2 * (S // n) * D, n - 1, parameters
    if sharding == "tp":
        sums = [all_reduce(S * D, n)] * 3  # after both attentions and the feed-forward part
        sums += [all_reduce(S, n)] * 3 + [all_reduce(L, n)]  # sums of squares: norm_q, norm_k; norm_q, norm_k of the text
        split = 3 * (D * D + D) * 2 + (D * F + F)  # columns, with their biases
        rows = 2 * (D * D // n + D) + (F * D // n + D)  # biases of sums are whole
        return ((by_tokens + cross_k_v) // n, sum(each[0] for each in sums), sum(each[1] for each in sums),
                split // n + rows + 2 * D + 4 * D // n + 6 * D)
    if sharding == "fsdp":
        weights = [D * D] * 8 + [D] * 8 + [D * F, F, F * D, D] + [D, D] + [D] * 4 + [6 * D]
        parts = [ceil(each, n) for each in weights]
        return by_tokens + cross_k_v, (n - 1) * sum(parts), (n - 1) * len(weights), sum(parts)
    if sharding in ("pp", "cfg"):
        return by_tokens + cross_k_v, 0, 0, parameters
    raise ValueError(sharding)


def qwen_layer(n, sharding):
    """A layer of 32 query and 4 key/value heads of 128, 128 experts of 768 of which a token visits 8."""
    S, D, heads, kv, d, experts, chosen, inner = 2048, 2048, 32, 4, 128, 128, 8, 768
    q_o, k_v = 2 * S * D * heads * d * 2, 2 * S * D * kv * d * 2
    core = 2 * S * S * heads * 2 * d
    gate, routed = 2 * S * D * experts, 2 * S * chosen * D * inner * 3
    attention = D * heads * d * 2 + D * kv * d * 2
    rest = D * experts + 2 * D + 2 * d  # gate, norms of the layer, of queries and of keys
    parameters = attention + experts * 3 * D * inner + rest
    if sharding == "tp":  # results of attention; of the experts, after a token's choices are added up
        numbers, messages = (sum(x) for x in zip(all_reduce(S * D, n), all_reduce(S * D, n)))
        return (q_o + k_v + core + routed) // n + gate, numbers, messages, (parameters - rest) // n + rest
    if sharding == "ep":
        numbers, messages = all_reduce(S * D, n)
        return q_o + k_v + core + gate + routed // n, numbers, messages, attention + experts * 3 * D * inner // n + rest
    if sharding == "tp+ep":
        numbers, messages = (sum(x) for x in zip(all_reduce(S * D, n), all_reduce(S * D, n)))
        return (q_o + k_v + core + routed) // n + gate, numbers, messages, (parameters - rest) // n + rest
    if sharding == "ulysses":  # keys and values are exchanged before they are kept; the gate is by tokens
        numbers = (n - 1) * (S // n) * d * (2 * heads + 2 * kv) // n
        return (q_o + k_v + core + gate + routed) // n, numbers, 4 * (n - 1), parameters
    if sharding == "ring":
        return (q_o + k_v + core + gate + routed) // n, (n - 1) * 2 * kv * (S // n) * d, n - 1, parameters
    if sharding == "fsdp":
        weights = ([D * heads * d] * 2 + [D * kv * d] * 2 + [experts * D * inner] * 3 + [D * experts] + [D] * 2 + [d] * 2)
        parts = [ceil(each, n) for each in weights]
        return q_o + k_v + core + gate + routed, (n - 1) * sum(parts), (n - 1) * len(weights), sum(parts)
    if sharding == "pp":
        return q_o + k_v + core + gate + routed, 0, 0, parameters
    raise ValueError(sharding)


def compare(name, found, expected, size=2):
    flops, numbers, messages, parameters = expected
    expected = (flops, size * numbers, messages, parameters)
    if isinstance(found, str) or found != expected:
        sys.exit(f"{name}: mdlc says {found}, by hand {expected}")


def main():
    checked = 0
    if sys.argv[1] == "wan":
        model, (D, F, heads) = sys.argv[2], map(int, sys.argv[3:6])
        S, L, layers = 21 * 30 * 52, 512, {5120: 40, 1536: 30}[D]
        for sharding in ("ulysses", "ring", "tp", "fsdp", "pp", "cfg"):
            for n in DEVICES:
                found = measured(model, f"{sharding}{n}", "diffusion.blocks.0", ["-w", "480p"])
                refused = (sharding in ("ulysses", "tp") and heads % n) or (sharding == "pp" and layers % n)
                if refused or (sharding == "cfg" and n > 2):
                    assert isinstance(found, str) and "can not divide" in found, (sharding, n, found)
                    print(found)
                else:
                    compare(f"{sharding}{n}", found, wan_block(D, F, S, L, n, sharding))
                checked += 1
    else:
        for sharding in ("tp", "ep", "tp+ep", "ulysses", "ring", "fsdp", "pp"):
            for n in DEVICES:
                first, *rest = sharding.split("+")
                name = "+".join([f"{first}{n}", *rest])
                found = measured(sys.argv[2], name, "prefill.model.layers.0", ["-s", "prompt_len=2048", "-s", "new_tokens=1"])
                if first in ("tp", "ulysses") and n == 8:  # four key/value heads
                    assert isinstance(found, str) and "can not divide" in found, (sharding, n, found)
                    print(found)
                else:
                    compare(name, found, qwen_layer(n, sharding))
                checked += 1
    print(f"{checked} layouts as by hand")


if __name__ == "__main__":
    main()
