"""wan_oracle.py - FLOPs, parameters and calls of Wan2.1's whole pipelines, once more, without the compiler.

The diffusion transformer is that of tests/tools/oracle.py; here are the text encoder, the image encoder and the VAE, by
hand from the vendor's wan/modules/{t5,clip,vae}.py. The VAE runs its chunks one by one, as the vendor's loop does.

  wan_oracle.py MODEL [name=value]...           the job's exact tensor FLOPs
  wan_oracle.py MODEL --compare MDLC FILE       all ids of `MDLC eval FILE` at random jobs against this file
"""
import pathlib
import random
import sys
from collections import Counter

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import oracle  # noqa: E402

JOBS = 20


class Tally(oracle.Tally):
    """Counts the turns of each module, too; what is resident only has parameters alone."""

    def __init__(self):
        super().__init__()
        self.calls, self.owned, self.resident = Counter(), set(), False

    def book(self, module, flops=0, params=0):
        new = module not in self.owned
        self.owned.add(module)
        super().book(module, 0 if self.resident else flops, params if new else 0)
        self.calls[module] += not self.resident

    def conv(self, module, batch, channels, out, kernel, frames, rows, columns):
        volume = kernel[0] * kernel[1] * kernel[2]
        self.book(module, 2 * batch * frames * rows * columns * out * channels * volume, out * channels * volume + out)


def umt5(job):
    """T5Encoder, umt5_xxl: no biases, every layer has its table of 32 distances for 64 heads."""
    t, dim, ffn, heads = Tally(), 4096, 10240, 64
    rows, length = job["batch"] * job["text_len"], job["text_len"]
    t.book("token_embedding", params=256384 * dim)
    for i in range(24):
        block = f"blocks.{i}"
        t.book(f"{block}.pos_embedding.embedding", params=32 * heads)
        for norm in ["norm1", "norm2"]:
            t.book(f"{block}.{norm}", params=dim)
        for name in "qkvo":
            t.book(f"{block}.attn.{name}", 2 * rows * dim * dim, dim * dim)
        for name in ["scores", "values"]:
            t.book(f"{block}.attn.{name}", 2 * rows * length * dim)
        for name in ["gate.0", "fc1", "fc2"]:
            t.book(f"{block}.ffn.{name}", 2 * rows * dim * ffn, dim * ffn)
    t.book("norm", params=dim)
    return t


def clip(job):
    """VisionTransformer, ViT-H/14 on 224x224: 31 of 32 blocks run."""
    t, dim, tokens = Tally(), 1280, 16 * 16 + 1
    batch = job["batch"]
    t.book("patch_embedding", 2 * batch * 256 * dim * 3 * 14 * 14, dim * 3 * 14 * 14)
    t.book("concat", params=dim)  # the parameter `cls_embedding`, where it is used, and once more through `expand`
    t.params["expand"] = dim
    t.book("add_position", params=tokens * dim)
    t.book("pre_norm", params=2 * dim)
    for i in range(32):
        t.resident, block = i == 31, f"transformer.{i}"
        for norm in ["norm1", "norm2"]:
            t.book(f"{block}.{norm}", params=2 * dim)
        t.linear(f"{block}.attn.to_qkv", batch * tokens, dim, 3 * dim)
        t.sdpa(f"{block}.attn.core", batch, 16, tokens, tokens, dim // 16)
        t.linear(f"{block}.attn.proj", batch * tokens, dim, dim)
        t.linear(f"{block}.mlp.0", batch * tokens, dim, 4 * dim)
        t.linear(f"{block}.mlp.2", batch * tokens, 4 * dim, dim)
    t.book("post_norm", params=2 * dim)
    t.book("head", params=dim * 1024)
    return t


class Vae:
    """WanVAE_: the frames, rows and columns that a module sees are followed chunk by chunk."""

    def __init__(self, batch):
        self.t, self.batch = Tally(), batch

    def size(self, frames, rows, columns):
        self.frames, self.rows, self.columns = frames, rows, columns

    def conv(self, module, channels, out, kernel=(3, 3, 3), frames=None):
        self.t.conv(module, self.batch, channels, out, kernel, frames or self.frames, self.rows, self.columns)

    def norm(self, module, channels):
        self.t.book(module, params=channels)

    def residual(self, module, channels, out):
        if channels != out:
            self.conv(f"{module}.shortcut", channels, out, (1, 1, 1))
        self.norm(f"{module}.residual.0", channels)
        self.conv(f"{module}.residual.2", channels, out)
        self.norm(f"{module}.residual.3", out)
        self.conv(f"{module}.residual.6", out, out)

    def middle(self, module, channels):
        self.residual(f"{module}.0", channels, channels)
        self.norm(f"{module}.1.norm", channels)
        self.conv(f"{module}.1.to_qkv", channels, 3 * channels, (1, 1, 1))
        cells = self.rows * self.columns
        self.t.sdpa(f"{module}.1.core", self.batch * self.frames, 1, cells, cells, channels)
        self.conv(f"{module}.1.proj", channels, channels, (1, 1, 1))
        self.residual(f"{module}.2", channels, channels)

    def encoder(self, first):
        channels, n = 96, 0
        self.conv("encoder.conv1", 3, channels)
        for level, out in enumerate([96, 192, 384, 384]):
            for _ in range(2):
                self.residual(f"encoder.downsamples.{n}", channels, out)
                channels, n = out, n + 1
            if level == 3:
                break
            # a row and a column of zeros, then 3x3 with stride 2: (rows + 1 - 3) // 2 + 1
            self.size(self.frames, (self.rows - 2) // 2 + 1, (self.columns - 2) // 2 + 1)
            self.conv(f"encoder.downsamples.{n}.resample.1", out, out, (1, 3, 3))
            if level > 0:
                halved = self.frames if first else (self.frames + 1 - 3) // 2 + 1
                self.without(first, lambda: self.conv(f"encoder.downsamples.{n}.time_conv", out, out, (3, 1, 1), halved))
                self.frames = halved
            n += 1
        self.middle("encoder.middle", channels)
        self.norm("encoder.head.0", channels)
        self.conv("encoder.head.2", channels, 32)

    def decoder(self, first):
        channels, n = 384, 0
        self.conv("decoder.conv1", 16, channels)
        self.middle("decoder.middle", channels)
        for level, out in enumerate([384, 384, 192, 96]):
            for _ in range(3):
                self.residual(f"decoder.upsamples.{n}", channels, out)
                channels, n = out, n + 1
            if level == 3:
                break
            if level < 2:
                self.without(first, lambda: self.conv(f"decoder.upsamples.{n}.time_conv", out, 2 * out, (3, 1, 1)))
                self.frames *= 1 if first else 2
            self.size(self.frames, 2 * self.rows, 2 * self.columns)
            channels = out // 2
            self.conv(f"decoder.upsamples.{n}.resample.1", out, channels, (1, 3, 3))
            n += 1
        self.norm("decoder.head.0", channels)
        self.conv("decoder.head.2", channels, 3)

    def without(self, idle, work):
        """Work that is only resident if `idle`."""
        outer, self.t.resident = self.t.resident, self.t.resident or idle
        work()
        self.t.resident = outer


def vae(job, encode):
    """WanVAE_.encode or decode; the other half, and its 1x1x1 convolution, are resident."""
    v, latents = Vae(job["batch"]), (job["frames"] - 1) // 4 + 1
    rows, columns = job["height"] // 8, job["width"] // 8
    for chunk in range(latents):
        if encode:
            v.size(4 if chunk else 1, job["height"], job["width"])
            v.encoder(chunk == 0)
            assert (v.frames, v.rows, v.columns) == (1, rows, columns)
        else:
            v.size(1, rows, columns)
            v.decoder(chunk == 0)
    v.size(latents, rows, columns)
    for module, channels, runs in [("conv1", 32, encode), ("conv2", 16, not encode)]:
        v.without(not runs, lambda: v.conv(module, channels, channels, (1, 1, 1)))
    v.size(1, 64, 64)
    v.without(True, lambda: v.decoder(True) if encode else v.encoder(True))
    return v.t


def stages(model, job):
    """stage -> (its tally for one run, its runs in the job), in the pipeline's order."""
    passes = oracle.passes(job)
    made = {"text_encoder": (umt5(job), passes // job["steps"])}
    if oracle.MODELS[model]["i2v"]:
        made |= {"image_encoder": (clip(job), 1), "vae_encode": (vae(job, True), 1)}
    return made | {"diffusion": (oracle.forward(model, job), passes), "vae_decode": (vae(job, False), 1)}


def compare(model, mdlc, file):
    """Prints what differs; ids that the vendor has no module for do no tensor work and own nothing."""
    rng, numbers, wrong = random.Random(1), 0, []
    for _ in range(JOBS):
        job = oracle.random_job(rng)
        ours, expected = oracle.evaluate(mdlc, file, job), stages(model, job)
        left = {f"{stage}.{key}".rstrip(".") for stage, (tally, _) in expected.items() for key in tally.flops}
        for node in ours["nodes"]:
            stage, _, key = node["id"].partition(".")
            tally, runs = expected[stage]
            left.discard(node["id"])
            want = {"flops_tensor": tally.flops.get(key, 0) * runs, "params": tally.params.get(key, 0)}
            if key in getattr(tally, "calls", {}):
                want["calls"] = tally.calls[key] * runs
            elif not key:
                want["calls"] = runs
            numbers += len(want)
            wrong += [(job, node["id"], k, node[k], v) for k, v in want.items() if int(node[k]) != v]
        wrong += [(job, key, "no such id", "", "") for key in sorted(left)]
        total = sum(tally.flops[""] * runs for tally, runs in expected.values())
        numbers += 1
        wrong += [(job, "totals", "flops_tensor", found, total)] if (found := int(ours["totals"]["flops_tensor"])) != total else []
    for job, *difference in wrong[:20]:
        print("differs:", *difference, " job:", job)
    print(f"{model}: {JOBS} jobs, {numbers} numbers compared, {len(wrong)} differ")
    return 1 if wrong else 0


def main():
    model, *rest = sys.argv[1:]
    if rest[:1] == ["--compare"]:
        return compare(model, *rest[1:])
    job = oracle.default_job(model) | {name: int(value) for name, value in (setting.split("=") for setting in rest)}
    print(sum(tally.flops[""] * runs for tally, runs in stages(model, job).values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
