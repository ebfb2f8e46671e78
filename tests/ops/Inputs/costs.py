"""costs.py MDLC FILE - one line for each stage of a file's pipeline under its workloads `small` and `large`.

A line has what is not 0: FLOPs (tensor, vector), parameters, caches, and the bytes read and written, once if the three
traffic conventions agree, and the bytes sent.
"""
import json
import subprocess
import sys

mdlc, file = sys.argv[1:]
TRAFFIC = ["compulsory", "unfused", "flash"]
COLUMNS = [("tensor", "flops_tensor"), ("vector", "flops_vector"), ("params", "params"), ("kv", "kv_bytes"), ("state", "state_bytes")]


def stages(workload, traffic):
    command = [mdlc, "eval", file, "--workload", workload, "--traffic", traffic, "--format", "json"]
    run = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return [node for node in json.loads(run.stdout)["nodes"] if node["parent"] is None]


for workload in ["small", "large"]:
    print(f"{workload}:")
    for variants in zip(*(stages(workload, traffic) for traffic in TRAFFIC)):
        first = variants[0]
        work = ", ".join(f"{name} {first[key]}" for name, key in COLUMNS if first[key] != 0)
        moved = [f"read {node['bytes_read']}, written {node['bytes_written']}" for node in variants]
        if len(set(moved)) == 1:
            moves = moved[0]
        else:
            moves = "; ".join(f"{name} {text}" for name, text in zip(TRAFFIC, moved))
        sent = f"sent {first['bytes_sent']} in {first['messages']} messages" if first.get("bytes_sent") else ""
        print(f"{first['id']}: " + "; ".join(filter(None, [work, moves, sent])))
