#!/usr/bin/env bash
# on_devices.sh MDLC OUT DEVICE... -- OPTION...: a sizing run of ModelMeter's Wan2.1 on each of its devices.
set -eu
mdlc=$1 out=$2
shift 2
devices=()
while [[ $1 != -- ]]; do devices+=("$1"); shift; done
shift
for device in "${devices[@]}"; do
  "$mdlc" size "$@" --workload 720p --set text_len=256 --precision fp8 --device "modelmeter.$device" --strategy modelmeter.dp \
    --run-id a --out "$out" > /dev/null
done
