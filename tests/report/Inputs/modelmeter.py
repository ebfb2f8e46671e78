"""modelmeter.py REPORT - what a report in the seed's schema says, and whether it adds up."""
import json
import math
import sys

text = open(sys.argv[1], encoding="utf-8").read()
report = json.loads(text)
assert list(report) == sorted(report) and text.startswith('{\n  "') and text.endswith("\n}\n")
print(list(report))
model, workload = report["model"], report["workload"]
print("model", *(f"{key}={model[key]}" for key in (
    "hidden_size", "num_layers", "num_attention_heads", "head_dim", "mlp_intermediate_size", "vae_downsample_factor",
    "patch_size", "latent_channels")))
print("workload", *(f"{key}={workload[key]}" for key in (
    "batch_size", "num_frames", "height", "width", "num_inference_steps", "text_len")))
modules = {module["module_id"]: module for module in report["modules"]}
metrics = {each["module_id"]: each for each in report["module_metrics"]}
print("stages", sorted({module["stage"] for module in modules.values()}))
print("categories", [each["category_id"] for each in report["operator_categories"]])
root = metrics["pipeline"]
stages = [metrics[id]["total_flops_tflops"] for id in modules["pipeline"]["children"]]
assert math.isclose(sum(stages), root["total_flops_tflops"], rel_tol=1e-12)
print("pipeline", root["total_flops_tflops"], "TFLOPs; its stages add up to it")
assert len(modules) == len(report["modules"]) and set(modules) == set(metrics)
for id, each in metrics.items():
    for key in ("flops_tflops", "io_tb"):
        parts = sum(part[key] for part in each["operator_breakdown"])
        assert math.isclose(parts, each["total_" + key], rel_tol=1e-9, abs_tol=1e-15), (id, key)
assert root["total_time_ms"] == report["predicted_total_time_ms"] > 0
print("every module has a snapshot, its breakdown adds up to it")
