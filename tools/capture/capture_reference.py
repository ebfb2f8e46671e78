#!/usr/bin/env python3
"""Measures the FLOPs and parameters of real model code and writes them as a reference for `mdlc verify`.

The vendor's own PyTorch modules run once on meta tensors (no weights, no GPU, no memory) and every dispatched
operator is counted with the formulas of torch.utils.flop_counter.FlopCounterMode. Fused attention, which that
counter sees on some devices only, is counted as two matrix products (no causal discount) under the operator `sdpa`;
where torch has FlopCounterMode, its own total is compared with ours less `sdpa`. An operator belongs to the
innermost module that is running; keys are the vendor's module paths and `(root)` is the whole.

Needs torch (1.13 or later) and the vendor's package. Where one is missing it says so, writes nothing and exits 0,
so that a test machine without them passes.

  capture_reference.py torchvision --model resnet50 --set batch=1 height=224 width=224 -o resnet50.json
  capture_reference.py wan-dit --model t2v-14B --set height=720 width=1280 frames=16 text_len=512 -o w003.json
  capture_reference.py generic --import my.package:Net --init '{"dim": 64}' --input '[1, 128, 64]' -o net.json
"""
import argparse
import importlib
import json
import sys
from collections import defaultdict
from math import prod

CONVENTION = "torch.utils.flop_counter.FlopCounterMode"


class Missing(Exception):
    """A package that is not installed."""


def package(name):
    """The module of that name, or Missing with the reason."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Missing(f"`{name}` cannot be imported ({error})") from error


# --- counting ---

def formulas(torch):
    """operator -> (args, kwargs, output) -> FLOPs: FlopCounterMode's registry, or the same formulas for older torch."""
    try:
        registry = importlib.import_module("torch.utils.flop_counter").flop_registry
        return {op: lambda args, kwargs, out, count=count: count(*args, **kwargs, out_val=out) for op, count in registry.items()}
    except ImportError:
        pass

    def product(a, b):
        return 2 * prod(a.shape) * b.shape[-1]

    def convolution(args, _, out):
        x, weight, transposed = args[0], args[1], args[6]
        return 2 * x.shape[0] * prod((x if transposed else out).shape[2:]) * prod(weight.shape)

    aten = torch.ops.aten
    return {
        aten.mm: lambda args, _, out: product(args[0], args[1]),
        aten.bmm: lambda args, _, out: product(args[0], args[1]),
        aten.addmm: lambda args, _, out: product(args[1], args[2]),
        aten.baddbmm: lambda args, _, out: product(args[1], args[2]),
        aten.convolution: convolution,
    }


class Meter:
    """Counts FLOPs by (innermost module, operator) while a model runs."""

    def __init__(self, torch, model):
        self.torch, self.model = torch, model
        self.formulas = formulas(torch)
        self.running = ["(root)"]
        self.flops = defaultdict(lambda: defaultdict(int))

    def book(self, operator, flops):
        if flops:
            self.flops[self.running[-1]][operator] += int(flops)

    def attention(self, query, key, value, *_, **__):
        """Stands in for scaled dot-product attention on [B, H, S, D]."""
        *batch, query_length, key_dim = query.shape
        key_length, value_dim = value.shape[-2:]
        self.book("sdpa", 2 * prod(batch) * query_length * key_length * (key_dim + value_dim))
        return query.new_empty((*batch, query_length, value_dim))

    def run(self, call):
        """Runs `call` once under the counter; returns FlopCounterMode's own total, or None where torch has none."""
        torch, meter = self.torch, self
        from torch.utils._python_dispatch import TorchDispatchMode

        class Dispatch(TorchDispatchMode):
            def __torch_dispatch__(self, func, types, args=(), kwargs=None):
                kwargs = kwargs or {}
                result = func(*args, **kwargs)
                count = meter.formulas.get(getattr(func, "overloadpacket", func))
                if count:
                    meter.book(str(func).split(".")[1], count(args, kwargs, result))
                return result

        hooks = []
        for name, module in self.model.named_modules():
            if name:
                hooks.append(module.register_forward_pre_hook(lambda _, __, name=name: self.running.append(name)))
                hooks.append(module.register_forward_hook(lambda _, __, ___: void(self.running.pop())))
        functional = torch.nn.functional
        fused = getattr(functional, "scaled_dot_product_attention", None)
        functional.scaled_dot_product_attention = self.attention
        try:
            counter = getattr(importlib.import_module("torch.utils.flop_counter"), "FlopCounterMode")(display=False)
        except ImportError:
            counter = None
        try:
            with torch.no_grad():
                if counter is None:
                    with Dispatch():
                        call()
                    return None
                with counter, Dispatch():
                    call()
                return counter.get_total_flops()
        finally:
            for hook in hooks:
                hook.remove()
            if fused is None:
                del functional.scaled_dot_product_attention
            else:
                functional.scaled_dot_product_attention = fused


def void(_):
    """Nothing: a forward hook that returns a value would replace the module's output."""


def reference_of(torch, model, call):
    """The counted part of a reference: totals, operators, modules with and without their children."""
    meter = Meter(torch, model)
    own_total = meter.run(call)
    operators, inclusive, exclusive = defaultdict(int), defaultdict(int), {}
    for module, counts in meter.flops.items():
        flops = sum(counts.values())
        for operator, count in counts.items():
            operators[operator] += count
        if module != "(root)":
            exclusive[module] = flops
        inclusive["(root)"] += flops
        parts = [] if module == "(root)" else module.split(".")
        for length in range(1, len(parts) + 1):
            inclusive[".".join(parts[:length])] += flops
    total = inclusive["(root)"]
    if own_total is not None and own_total != total - operators.get("sdpa", 0):
        raise SystemExit(f"FlopCounterMode counts {own_total}, this script {total} of which sdpa {operators.get('sdpa', 0)}")
    # A container without work of its own (a ModuleList) is in no reference: only modules that ran are keys.
    ran = {name for name, module in model.named_modules() if type(module) not in (torch.nn.ModuleList, torch.nn.ModuleDict)}
    return {
        "total_flops": total,
        "params": sum(parameter.numel() for parameter in model.parameters()),
        "ops": dict(operators),
        "modules_inclusive": {name: flops for name, flops in inclusive.items() if name == "(root)" or name in ran},
        "modules_exclusive": exclusive,
    }


def on_meta(torch, build):
    """Builds a model whose parameters are on the meta device."""
    if hasattr(torch.device("meta"), "__enter__"):
        with torch.device("meta"):
            return build()
    from torch.overrides import TorchFunctionMode  # torch 1.13: the same by hand
    makers = {getattr(torch, name) for name in "empty zeros ones full rand randn randint arange linspace eye tensor".split()}

    class OnMeta(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            kwargs = kwargs or {}
            if func in makers and kwargs.get("device") is None:
                kwargs["device"] = "meta"
            return func(*args, **kwargs)

    with OnMeta():
        return build()


# --- families: each returns (description, model, call) ---

def numbers(pairs, **defaults):
    """The `--set name=value` pairs over the defaults; names must be known."""
    values = dict(defaults)
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name not in defaults:
            raise SystemExit(f"unknown input `{name}`; there are {', '.join(defaults)}")
        values[name] = int(value)
    return values


def torchvision_family(torch, options):
    torchvision = package("torchvision")
    job = numbers(options.set, batch=1, height=224, width=224)
    model = on_meta(torch, lambda: getattr(torchvision.models, options.model)(weights=None)).to("meta").eval()
    image = torch.empty(job["batch"], 3, job["height"], job["width"], device="meta")
    about = {"model": options.model, "component": f"torchvision {torchvision.__version__} forward", "workload": job}
    return about, model, lambda: model(image)


def wan_dit_family(torch, options):
    code = package("wan.modules.model")
    config = package("wan.configs").WAN_CONFIGS[options.model]
    job = numbers(options.set, batch=1, height=720, width=1280, frames=81, text_len=512)
    image = options.model.startswith("i2v")
    latent = ((job["frames"] - 1) // 4 + 1, job["height"] // 8, job["width"] // 8)
    tokens = prod(size // patch for size, patch in zip(latent, config.patch_size))
    # The vendor calls flash attention directly, on [B, S, H, D]; every path goes through the counted function here.
    def attention(q, k, v, *_, **__):
        core = torch.nn.functional.scaled_dot_product_attention
        return core(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)).transpose(1, 2)

    code.flash_attention = attention
    # Rotary positions count no FLOPs under this convention; they would need complex numbers on the meta device.
    code.rope_params = lambda length, dim, theta=10000: torch.empty(length, dim // 2)
    code.rope_apply = lambda x, grid_sizes, freqs: x.float()

    model = on_meta(torch, lambda: code.WanModel(
        model_type="i2v" if image else "t2v", patch_size=config.patch_size, text_len=job["text_len"], in_dim=36 if image else 16,
        dim=config.dim, ffn_dim=config.ffn_dim, freq_dim=config.freq_dim, text_dim=4096, out_dim=16, num_heads=config.num_heads,
        num_layers=config.num_layers, window_size=config.window_size, qk_norm=config.qk_norm,
        cross_attn_norm=config.cross_attn_norm, eps=config.eps)).eval()

    def meta(*shape):
        return torch.empty(*shape, device="meta")

    def call():
        batch = range(job["batch"])
        extra = {"clip_fea": meta(job["batch"], 257, 1280), "y": [meta(20, *latent) for _ in batch]} if image else {}
        model([meta(16, *latent) for _ in batch], meta(job["batch"]), [meta(job["text_len"], 4096) for _ in batch], tokens, **extra)

    about = {
        "model": f"Wan2.1-{options.model.upper()}", "component": "dit (WanModel, one forward pass)",
        "workload": {**job, "latent_frames": latent[0], "latent_height": latent[1], "latent_width": latent[2], "seq_len": tokens, "forward_passes": 1},
        "vendor_source": "Wan-Video/Wan2.1 wan/modules/model.py",
    }
    return about, model, call


def generic_family(torch, options):
    if not options.imported:
        raise SystemExit("generic needs --import PACKAGE.MODULE:CLASS")
    module, _, name = options.imported.partition(":")
    model = on_meta(torch, lambda: getattr(package(module), name)(**json.loads(options.init))).to("meta").eval()
    shapes = [json.loads(shape) for shape in options.input]
    inputs = [torch.empty(shape, device="meta", dtype=getattr(torch, options.dtype)) for shape in shapes]
    about = {"model": name, "component": options.imported, "workload": {"inputs": shapes}}
    return about, model, lambda: model(*inputs)


FAMILIES = {"torchvision": torchvision_family, "wan-dit": wan_dit_family, "generic": generic_family}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("family", choices=FAMILIES)
    parser.add_argument("--model", default="", help="which model of the family: resnet50, t2v-14B, ...")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=N", help="sizes of the job")
    parser.add_argument("--import", dest="imported", default="", metavar="MODULE:CLASS", help="generic: the class to build")
    parser.add_argument("--init", default="{}", metavar="JSON", help="generic: its keyword arguments")
    parser.add_argument("--input", action="append", default=[], metavar="SHAPE", help="generic: the shape of an input, as JSON")
    parser.add_argument("--dtype", default="float32", help="generic: the type of the inputs")
    parser.add_argument("-o", "--output", default="-", metavar="FILE", help="where the reference goes (default stdout)")
    options = parser.parse_args()

    try:
        torch = package("torch")
        about, model, call = FAMILIES[options.family](torch, options)
    except Missing as missing:
        print(f"skipped: {missing}; nothing was measured", file=sys.stderr)
        return 0
    text = json.dumps({**about, "convention": CONVENTION, "torch": torch.__version__, **reference_of(torch, model, call)}, indent=1)
    if options.output == "-":
        print(text)
    else:
        with open(options.output, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
