"""oracle.py - FLOPs and parameters of Wan2.1's diffusion transformer, once more, without the compiler.

Written from the vendor's wan/modules/model.py and configs and from FlopCounterMode's formulas, in plain integers:
every module is added by hand, nothing is shared with models/*.mdl. It answers for one job, module by module.

  oracle.py MODEL [name=value]...               the job's exact tensor FLOPs
  oracle.py MODEL --tokens [name=value]...      tokens of one video
  oracle.py MODEL --compare MDLC FILE [--jobs N] [--seed S]
                                                all ids of `MDLC eval FILE` at N random jobs against this file
"""
import argparse
import json
import random
import subprocess
import sys

FREQ_DIM, TEXT_DIM, OUT_DIM, CLIP_DIM, CLIP_TOKENS = 256, 4096, 16, 1280, 257
PATCH = 1 * 2 * 2

MODELS = {
    "t2v_14b": dict(dim=5120, ffn=13824, heads=40, layers=40, in_dim=16, i2v=False, steps=50),
    "t2v_1_3b": dict(dim=1536, ffn=8960, heads=12, layers=30, in_dim=16, i2v=False, steps=50),
    "i2v_14b": dict(dim=5120, ffn=13824, heads=40, layers=40, in_dim=36, i2v=True, steps=40),
}


def default_job(model):
    return dict(batch=1, frames=81, height=720, width=1280, steps=MODELS[model]["steps"], text_len=512, guidance=1)


def tokens(job):
    """The VAE keeps frame 1 and one of four after it, and a cell of 8x8 pixels; a patch is 2x2 cells."""
    return ((job["frames"] - 1) // 4 + 1) * (job["height"] // 8 // 2) * (job["width"] // 8 // 2)


class Tally:
    """FLOPs of one forward pass and parameters, booked on a module and on all modules around it."""

    def __init__(self):
        self.flops, self.params = {"": 0}, {"": 0}

    def book(self, module, flops=0, params=0):
        parts = module.split(".")
        for end in range(len(parts) + 1):
            around = ".".join(parts[:end])
            self.flops[around] = self.flops.get(around, 0) + flops
            self.params[around] = self.params.get(around, 0) + params

    def linear(self, module, rows, inner, outer):
        self.book(module, 2 * rows * inner * outer, inner * outer + outer)

    def sdpa(self, module, batch, heads, queries, keys, head_dim):
        self.book(module, 2 * batch * heads * queries * keys * (head_dim + head_dim))


def forward(model, job):
    """WanModel.forward, module by module."""
    c, t = MODELS[model], Tally()
    dim, ffn, heads, head_dim = c["dim"], c["ffn"], c["heads"], c["dim"] // c["heads"]
    batch, seq, text = job["batch"], tokens(job), job["text_len"]

    t.book("patch_embedding", 2 * batch * seq * dim * c["in_dim"] * PATCH, dim * c["in_dim"] * PATCH + dim)
    t.linear("text_embedding.0", batch * text, TEXT_DIM, dim)
    t.linear("text_embedding.2", batch * text, dim, dim)
    t.linear("time_embedding.0", batch, FREQ_DIM, dim)
    t.linear("time_embedding.2", batch, dim, dim)
    t.linear("time_projection.1", batch, dim, 6 * dim)
    if c["i2v"]:  # MLPProj: LayerNorm, Linear, GELU, Linear, LayerNorm
        t.book("img_emb.proj.0", params=2 * CLIP_DIM)
        t.linear("img_emb.proj.1", batch * CLIP_TOKENS, CLIP_DIM, CLIP_DIM)
        t.linear("img_emb.proj.3", batch * CLIP_TOKENS, CLIP_DIM, dim)
        t.book("img_emb.proj.4", params=2 * dim)

    for i in range(c["layers"]):
        block = f"blocks.{i}"
        t.book(f"{block}.modulate", params=6 * dim)  # the parameter `modulation`, where it is added
        for part, context in [("self_attn", seq), ("cross_attn", text)]:
            attention = f"{block}.{part}"
            for name, rows in [("q", seq), ("k", context), ("v", context), ("o", seq)]:
                t.linear(f"{attention}.{name}", batch * rows, dim, dim)
            for norm in ["norm_q", "norm_k"]:
                t.book(f"{attention}.{norm}", params=dim)
            t.sdpa(f"{attention}.core", batch, heads, seq, context, head_dim)
        if c["i2v"]:
            for name in ["k_img", "v_img"]:
                t.linear(f"{block}.cross_attn.{name}", batch * CLIP_TOKENS, dim, dim)
            t.book(f"{block}.cross_attn.norm_k_img", params=dim)
            t.sdpa(f"{block}.cross_attn.core_img", batch, heads, seq, CLIP_TOKENS, head_dim)
        t.book(f"{block}.norm3", params=2 * dim)  # the only layer norm of a block with weights
        t.linear(f"{block}.ffn.0", batch * seq, dim, ffn)
        t.linear(f"{block}.ffn.2", batch * seq, ffn, dim)

    t.book("head.modulate", params=2 * dim)
    t.linear("head.head", batch * seq, dim, PATCH * OUT_DIM)
    return t


def passes(job):
    return job["steps"] * (2 if job["guidance"] else 1)


def random_job(rng):
    """Every magnitude that an input may have, small ones as often as large ones; the counts stay below 2^127."""

    def magnitude(low, bits):
        return low + rng.getrandbits(rng.randint(0, bits))

    return dict(batch=magnitude(1, 8), frames=magnitude(1, 10), height=magnitude(16, 12), width=magnitude(16, 12),
                steps=magnitude(1, 10), text_len=magnitude(1, 12), guidance=rng.randint(0, 1))


def evaluate(mdlc, file, job):
    settings = [f"--set={k}={v if k != 'guidance' else str(bool(v)).lower()}" for k, v in job.items()]
    run = subprocess.run([mdlc, "eval", file, "--convention=torch", "--format=json", *settings],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return json.loads(run.stdout)


def compare(model, mdlc, file, count, seed):
    """Prints what differs; ids that the vendor has no module for do no tensor work and own nothing."""
    rng, numbers, wrong = random.Random(seed), 0, []
    for _ in range(count):
        job = random_job(rng)
        ours, expected = evaluate(mdlc, file, job), forward(model, job)
        left = set(expected.flops)
        for node in ours["nodes"]:
            key = node["id"].partition(".")[2]
            left.discard(key)
            want = {"flops_tensor": expected.flops.get(key, 0) * passes(job), "params": expected.params.get(key, 0),
                    "calls": passes(job)}
            numbers += len(want)
            wrong += [(job, node["id"], k, node[k], v) for k, v in want.items() if int(node[k]) != v]
        wrong += [(job, key, "no such id", "", "") for key in sorted(left)]
    for job, *difference in wrong[:20]:
        print("differs:", *difference, " job:", job)
    print(f"{model}: {count} jobs, {numbers} numbers compared, {len(wrong)} differ")
    return 1 if wrong else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=MODELS)
    parser.add_argument("inputs", nargs="*", help="name=value")
    parser.add_argument("--tokens", action="store_true")
    parser.add_argument("--compare", nargs=2, metavar=("MDLC", "FILE"))
    parser.add_argument("--jobs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_intermixed_args()
    if options.compare:
        return compare(options.model, *options.compare, options.jobs, options.seed)
    job = default_job(options.model)
    for setting in options.inputs:
        name, _, value = setting.partition("=")
        if name not in job:
            sys.exit(f"oracle.py: no input `{name}`")
        job[name] = int(value)
    print(tokens(job) if options.tokens else forward(options.model, job).flops[""] * passes(job))
    return 0


if __name__ == "__main__":
    sys.exit(main())
