"""Names and shapes of vendors' state dicts, as their constructors make them; an oracle that knows nothing of our models.

Sources: Wan-Video/Wan2.1 at 9737cba, wan/modules/{t5,vae,model,clip}.py with the vendor's configurations; Hugging Face
transformers, models/{llama,qwen3,qwen3_moe,deepseek_v3}/modeling_*.py.
"""


def linear(name, inputs, outputs, bias=True):
    return [(f"{name}.weight", [outputs, inputs])] + ([(f"{name}.bias", [outputs])] if bias else [])


def norm(name, width):
    return [(f"{name}.weight", [width]), (f"{name}.bias", [width])]


def conv(name, inputs, outputs, *kernel):
    return [(f"{name}.weight", [outputs, inputs, *kernel]), (f"{name}.bias", [outputs])]


def umt5(vocab=256384, dim=4096, dim_attn=4096, dim_ffn=10240, heads=64, layers=24, buckets=32):
    names = [("token_embedding.weight", [vocab, dim])]
    for i in range(layers):
        at = f"blocks.{i}"
        names += [(f"{at}.norm1.weight", [dim])]
        for each in "qkv":
            names += linear(f"{at}.attn.{each}", dim, dim_attn, bias=False)
        names += linear(f"{at}.attn.o", dim_attn, dim, bias=False)
        names += [(f"{at}.norm2.weight", [dim])]
        names += linear(f"{at}.ffn.gate.0", dim, dim_ffn, bias=False) + linear(f"{at}.ffn.fc1", dim, dim_ffn, bias=False)
        names += linear(f"{at}.ffn.fc2", dim_ffn, dim, bias=False)
        names += [(f"{at}.pos_embedding.embedding.weight", [buckets, heads])]
    return names + [("norm.weight", [dim])]


def residual(name, inputs, outputs):
    names = [(f"{name}.residual.0.gamma", [inputs, 1, 1, 1])] + conv(f"{name}.residual.2", inputs, outputs, 3, 3, 3)
    names += [(f"{name}.residual.3.gamma", [outputs, 1, 1, 1])] + conv(f"{name}.residual.6", outputs, outputs, 3, 3, 3)
    return names + (conv(f"{name}.shortcut", inputs, outputs, 1, 1, 1) if inputs != outputs else [])


def attention2d(name, width):
    return [(f"{name}.norm.gamma", [width, 1, 1])] + conv(f"{name}.to_qkv", width, 3 * width, 1, 1) + conv(f"{name}.proj", width, width, 1, 1)


def middle(name, width):
    return residual(f"{name}.middle.0", width, width) + attention2d(f"{name}.middle.1", width) + residual(f"{name}.middle.2", width, width)


def wan_vae(dim=96, z=16, mult=(1, 2, 4, 4), blocks=2, temporal=(False, True, True)):
    widths = [dim * each for each in (1, *mult)]
    names, at = conv("encoder.conv1", 3, widths[0], 3, 3, 3), 0
    for i, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        for _ in range(blocks):
            names += residual(f"encoder.downsamples.{at}", inputs, outputs)
            inputs, at = outputs, at + 1
        if i != len(mult) - 1:
            names += conv(f"encoder.downsamples.{at}.resample.1", outputs, outputs, 3, 3)
            names += conv(f"encoder.downsamples.{at}.time_conv", outputs, outputs, 3, 1, 1) if temporal[i] else []
            at += 1
    names += middle("encoder", widths[-1])
    names += [("encoder.head.0.gamma", [widths[-1], 1, 1, 1])] + conv("encoder.head.2", widths[-1], 2 * z, 3, 3, 3)
    names += conv("conv1", 2 * z, 2 * z, 1, 1, 1) + conv("conv2", z, z, 1, 1, 1)
    widths, at = [dim * each for each in (mult[-1], *reversed(mult))], 0
    names += conv("decoder.conv1", z, widths[0], 3, 3, 3) + middle("decoder", widths[0])
    for i, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        inputs = inputs // 2 if i in (1, 2, 3) else inputs
        for _ in range(blocks + 1):
            names += residual(f"decoder.upsamples.{at}", inputs, outputs)
            inputs, at = outputs, at + 1
        if i != len(mult) - 1:
            names += conv(f"decoder.upsamples.{at}.resample.1", outputs, outputs // 2, 3, 3)
            names += conv(f"decoder.upsamples.{at}.time_conv", outputs, 2 * outputs, 3, 1, 1) if temporal[::-1][i] else []
            at += 1
    return names + [("decoder.head.0.gamma", [widths[-1], 1, 1, 1])] + conv("decoder.head.2", widths[-1], 3, 3, 3, 3)


def wan_dit(dim=5120, ffn=13824, layers=40, channels=16, image=False, freq=256, text=4096, out=16):
    names = conv("patch_embedding", channels, dim, 1, 2, 2)
    names += linear("text_embedding.0", text, dim) + linear("text_embedding.2", dim, dim)
    names += linear("time_embedding.0", freq, dim) + linear("time_embedding.2", dim, dim) + linear("time_projection.1", dim, 6 * dim)
    for i in range(layers):
        at = f"blocks.{i}"
        for attn in ("self_attn", "cross_attn"):
            for each in "qkvo":
                names += linear(f"{at}.{attn}.{each}", dim, dim)
            names += [(f"{at}.{attn}.norm_q.weight", [dim]), (f"{at}.{attn}.norm_k.weight", [dim])]
        if image:
            names += linear(f"{at}.cross_attn.k_img", dim, dim) + linear(f"{at}.cross_attn.v_img", dim, dim)
            names += [(f"{at}.cross_attn.norm_k_img.weight", [dim])]
        names += norm(f"{at}.norm3", dim) + linear(f"{at}.ffn.0", dim, ffn) + linear(f"{at}.ffn.2", ffn, dim)
        names += [(f"{at}.modulation", [1, 6, dim])]
    names += [("head.modulation", [1, 2, dim])] + linear("head.head", dim, 4 * out)
    if image:
        names += norm("img_emb.proj.0", 1280) + linear("img_emb.proj.1", 1280, 1280) + linear("img_emb.proj.3", 1280, dim)
        names += norm("img_emb.proj.4", dim)
    return names


def wan_clip(dim=1280, layers=32, patch=14, size=224, out=1024):
    names = [("log_scale", []), ("visual.cls_embedding", [1, 1, dim]), ("visual.pos_embedding", [1, (size // patch) ** 2 + 1, dim])]
    names += [("visual.head", [dim, out]), ("visual.patch_embedding.weight", [dim, 3, patch, patch])]
    names += norm("visual.pre_norm", dim) + norm("visual.post_norm", dim)
    for i in range(layers):
        at = f"visual.transformer.{i}"
        names += norm(f"{at}.norm1", dim) + linear(f"{at}.attn.to_qkv", dim, 3 * dim) + linear(f"{at}.attn.proj", dim, dim)
        names += norm(f"{at}.norm2", dim) + linear(f"{at}.mlp.0", dim, 4 * dim) + linear(f"{at}.mlp.2", 4 * dim, dim)
    return names + [("textual.token_embedding.weight", [250002, 1024])]


def llama(dim=4096, layers=32, heads=32, kv_heads=8, ffn=14336, vocab=128256):
    names = [("model.embed_tokens.weight", [vocab, dim])]
    for i in range(layers):
        at, kv = f"model.layers.{i}", dim // heads * kv_heads
        for each, inputs, outputs in [("self_attn.q_proj", dim, dim), ("self_attn.k_proj", dim, kv), ("self_attn.v_proj", dim, kv),
                                      ("self_attn.o_proj", dim, dim), ("mlp.gate_proj", dim, ffn), ("mlp.up_proj", dim, ffn),
                                      ("mlp.down_proj", ffn, dim)]:
            names += linear(f"{at}.{each}", inputs, outputs, bias=False)
        names += [(f"{at}.input_layernorm.weight", [dim]), (f"{at}.post_attention_layernorm.weight", [dim])]
    return names + [("model.norm.weight", [dim]), ("lm_head.weight", [vocab, dim])]


def qwen3(dim=4096, layers=36, heads=32, kv_heads=8, head=128, ffn=12288, vocab=151936, experts=0, expert_ffn=768):
    names = [("model.embed_tokens.weight", [vocab, dim])]
    for i in range(layers):
        at = f"model.layers.{i}"
        for each, inputs, outputs in [("q_proj", dim, heads * head), ("k_proj", dim, kv_heads * head), ("v_proj", dim, kv_heads * head),
                                      ("o_proj", heads * head, dim)]:
            names += linear(f"{at}.self_attn.{each}", inputs, outputs, bias=False)
        names += [(f"{at}.self_attn.q_norm.weight", [head]), (f"{at}.self_attn.k_norm.weight", [head])]
        mlps = [(f"{at}.mlp.experts.{k}", expert_ffn) for k in range(experts)] or [(f"{at}.mlp", ffn)]
        names += linear(f"{at}.mlp.gate", dim, experts, bias=False) if experts else []
        for mlp, width in mlps:
            names += linear(f"{mlp}.gate_proj", dim, width, bias=False) + linear(f"{mlp}.up_proj", dim, width, bias=False)
            names += linear(f"{mlp}.down_proj", width, dim, bias=False)
        names += [(f"{at}.input_layernorm.weight", [dim]), (f"{at}.post_attention_layernorm.weight", [dim])]
    return names + [("model.norm.weight", [dim]), ("lm_head.weight", [vocab, dim])]


def typed(names, dtype):
    return [(name, shape, dtype) for name, shape in names]


def deepseek_v3(dim=7168, layers=61, dense=3, heads=128, q_rank=1536, kv_rank=512, nope=128, rope=64, value=128, ffn=18432, experts=256,
                expert_ffn=2048, vocab=129280):
    names = [("model.embed_tokens.weight", [vocab, dim])]
    for i in range(layers):
        at = f"model.layers.{i}"
        for each, inputs, outputs in [("q_a_proj", dim, q_rank), ("q_b_proj", q_rank, heads * (nope + rope)), ("kv_a_proj_with_mqa", dim, kv_rank + rope),
                                      ("kv_b_proj", kv_rank, heads * (nope + value)), ("o_proj", heads * value, dim)]:
            names += linear(f"{at}.self_attn.{each}", inputs, outputs, bias=False)
        names += [(f"{at}.self_attn.q_a_layernorm.weight", [q_rank]), (f"{at}.self_attn.kv_a_layernorm.weight", [kv_rank])]
        mlps = [(f"{at}.mlp", ffn)]
        if i >= dense:
            names += linear(f"{at}.mlp.gate", dim, experts, bias=False) + [(f"{at}.mlp.gate.e_score_correction_bias", [experts])]
            mlps = [(f"{at}.mlp.experts.{k}", expert_ffn) for k in range(experts)] + [(f"{at}.mlp.shared_experts", expert_ffn)]
        for mlp, width in mlps:
            names += linear(f"{mlp}.gate_proj", dim, width, bias=False) + linear(f"{mlp}.up_proj", dim, width, bias=False)
            names += linear(f"{mlp}.down_proj", width, dim, bias=False)
        names += [(f"{at}.input_layernorm.weight", [dim]), (f"{at}.post_attention_layernorm.weight", [dim])]
    return names + [("model.norm.weight", [dim]), ("lm_head.weight", [vocab, dim])]
