#!/usr/bin/env python3
"""The shares of all devices make the whole, node by node.

    shares.py MODEL SHARDING [mdlc eval options...] [--layers GLOB] [--repeated GLOB...]

Every operator of one device has the n-th part of the products of the whole model, or a larger part or all of them; those are
repeated on several devices and must be named by a GLOB (and every GLOB must name one). What comes and goes with an exchange
is no part of the model. `--layers` are dealt out instead: a device has some of them as they are. The sum over devices is then the model's work and the stated repetitions, to the last FLOP.
"""
import fnmatch
import json
import subprocess
import sys


def nodes(model, options):
    run = subprocess.run(["mdlc", "eval", model, "--format", "json", *options], capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stderr)
    result = json.loads(run.stdout)
    parents = {node["parent"] for node in result["nodes"]}
    leaves = {node["id"]: node for node in result["nodes"]
              if node["id"] not in parents or node["operator"] not in ("", "stage")}
    return result, leaves


def products(leaves, name):
    """Of the operator itself: exchanges below it have none."""
    return int(leaves[name]["flops_tensor"]) if name in leaves else 0


def main():
    arguments = sys.argv[1:]
    cut = arguments.index("--repeated") if "--repeated" in arguments else len(arguments)
    repeated, arguments = arguments[cut + 1:], arguments[:cut]
    layers = ""
    if "--layers" in arguments:
        at = arguments.index("--layers")
        layers, arguments = arguments[at + 1], arguments[:at] + arguments[at + 2:]
    model, sharding, options = arguments[0], arguments[1], arguments[2:]
    whole, all_leaves = nodes(model, options)
    part, leaves = nodes(model, [*options, "--sharding", sharding])
    devices = part["sharding"]["devices"]
    seen, total = set(), 0
    modules = {node["parent"] for node in whole["nodes"]}
    for name, leaf in all_leaves.items():
        if leaf["operator"] in ("", "stage") or name in modules:
            continue
        before, after = products(all_leaves, name), products(leaves, name)
        globs = [each for each in repeated if fnmatch.fnmatch(name, each)]
        if layers and fnmatch.fnmatch(name, layers):
            if name in leaves and after != before:
                sys.exit(f"{name}: {after} FLOPs on its device, {before} in the model")
        elif after * devices > before and globs and before % after == 0:
            seen.update(globs)
            total += after * devices - before
        elif after * devices != before:
            sys.exit(f"{name}: one device has {after} of {before} FLOPs, devices {devices}")
    if unknown := [each for each in repeated if each not in seen]:
        sys.exit(f"not repeated: {unknown}")
    sum_of_devices = int(part["totals"]["flops_tensor"]) * devices
    if sum_of_devices != int(whole["totals"]["flops_tensor"]) + total:
        sys.exit(f"{sum_of_devices} FLOPs of all devices, {whole['totals']['flops_tensor']} of the model and {total} repeated")
    print(f"{sharding}: {devices} devices, {total} FLOPs repeated")


if __name__ == "__main__":
    main()
