"""make.py FOLDER NAME... - makes files of weights for the tests; each NAME is a function of this file."""
import sys
from pathlib import Path

import files
import vendor
from vendor import typed

SMALL = [("b.weight", [2, 3], "F32"), ("a.weight", [4], "BF16"), ("a.bias", [], "F32"), ("none", [0, 3], "F16")]


def small(folder):
    """The same four tensors in every format."""
    files.write_safetensors(folder / "small.safetensors", SMALL, {"format": "pt"})
    files.write_torch(folder / "small.pth", SMALL)
    files.write_gguf(folder / "small.gguf", [("b.weight", [2, 64], "Q4_0"), ("a.weight", [4], "BF16")],
                     {"general.architecture": "llama", "llama.block_count": 2, "tokenizer.ggml.tokens": ["a", "b"], "x.rate": 0.5})


def shards(folder):
    files.write_shards(folder, [(f"layers.{i}.weight", [8, 8], "BF16") for i in range(6)], 300)


def torch_shards(folder):
    for i in range(2):
        files.write_torch(folder / f"pytorch_model-{i + 1:05}-of-00002.bin", [(f"layers.{i}.weight", [8, 8], "BF16")])
    names = ", ".join(f'"layers.{i}.weight": "pytorch_model-{i + 1:05}-of-00002.bin"' for i in range(2))
    (folder / "pytorch_model.bin.index.json").write_text('{"metadata": {"total_size": 255}, "weight_map": {%s}}' % names)


def umt5(folder):
    files.write_torch(folder / "models_t5_umt5-xxl-enc-bf16.pth", typed(vendor.umt5(), "BF16"))


def wan_vae(folder):
    files.write_torch(folder / "Wan2.1_VAE.pth", typed(vendor.wan_vae(), "F32"))


def wan_dit(folder):
    files.write_shards(folder, typed(vendor.wan_dit(), "F32"), 10**10, "diffusion_pytorch_model")


def wan_i2v(folder):
    files.write_shards(folder, typed(vendor.wan_dit(channels=36, image=True), "F16"), 10**10, "diffusion_pytorch_model")


def wan_clip(folder):
    files.write_torch(folder / "clip.pth", typed(vendor.wan_clip(), "F16"))


def llama3_8b(folder):
    files.write_shards(folder, typed(vendor.llama(), "BF16"), 5 * 10**9)


def qwen3_8b(folder):
    files.write_shards(folder, typed(vendor.qwen3(), "BF16"), 5 * 10**9)


def qwen3_30b_a3b(folder):
    files.write_shards(folder, typed(vendor.qwen3(dim=2048, layers=48, kv_heads=4, experts=128), "BF16"), 4 * 10**9)


def deepseek_v3(folder):
    files.write_shards(folder, typed(vendor.deepseek_v3(), "BF16"), 9 * 10**9)


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:]:
        globals()[name](folder)


if __name__ == "__main__":
    main()
