"""chunks.py MDLC FOLDER - compares the work of a prompt of 1000 tokens in chunks of 300 with that of one pass, masked scores
left out."""
import csv
import io
import subprocess
import sys

mdlc, folder = sys.argv[1:]


def work(model, settings):
    """FLOPs of prefill."""
    options = [f"--set={each}" for each in ["prompt_len=1000", "new_tokens=0", *settings]]
    text = subprocess.run([mdlc, "eval", f"{folder}/{model}.mdl", *options, "--convention", "visited", "--format", "csv"],
                          check=True, capture_output=True, text=True).stdout
    return next(int(row["flops_tensor"]) for row in csv.DictReader(io.StringIO(text)) if row["id"] == "prefill")


for name in ["llama3_8b", "qwen3_30b_a3b", "gpt_oss_20b", "deepseek_v3 mla=absorbed", "deepseek_v3 mla=naive",
             "deepseek_v3 mla=engine"]:
    model, *settings = name.split()
    more = work(model, settings + ["prefill=chunked", "chunk=300"]) - work(model, settings)
    print(f"{name}:", f"{more} more" if more else "equal")
