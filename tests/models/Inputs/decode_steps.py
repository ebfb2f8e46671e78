"""decode_steps.py MDLC FOLDER - compares a decode of three steps with the sum of three decodes of one step, each at its own
context: 126 to 129 tokens, where gpt-oss's window ends. Bytes that are expectations may differ by one."""
import json
import subprocess
import sys

mdlc, folder = sys.argv[1:]
METRICS = ["flops_tensor", "flops_vector", "bytes_read", "bytes_written"]


def decode(model, prompt_len, new_tokens):
    """The metrics of stage `decode` for three sequences."""
    settings = [f"--set={name}={value}" for name, value in
                {"batch": 3, "prompt_len": prompt_len, "new_tokens": new_tokens}.items()]
    text = subprocess.run([mdlc, "eval", f"{folder}/{model}.mdl", *settings, "--select", "decode", "--format", "json"],
                          check=True, capture_output=True, text=True).stdout
    node = next(n for n in json.loads(text)["nodes"] if n["id"] == "decode")
    return [int(node[metric]) for metric in METRICS]


for model in ["llama3_8b", "qwen3_30b_a3b", "deepseek_v3", "gpt_oss_20b"]:
    whole = decode(model, 126, 3)
    steps = [sum(column) for column in zip(*(decode(model, 126 + k, 1) for k in range(3)))]
    allowed = 0 if model == "llama3_8b" else 3
    equal = all(abs(a - b) <= allowed for a, b in zip(whole, steps))
    print(model, ", ".join(METRICS) + ":", "equal" if equal else f"{whole} differs from {steps}")
