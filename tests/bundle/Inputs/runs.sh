# runs.sh MDLC MODEL OUT - sizing runs of a toy, quietly: OUT/PRECISION/sizing/FAMILY/DEVICE, OUT/long and OUT/wide.
set -e
size() { "$mdlc" size "$model" "$@" --out "$out" >/dev/null; }
mdlc=$1 model=$2 out=$3
grid=batch=1..=3,devices=1..=2
for device in h20 b200; do
  size -w short -d "$device" -p fp16 --grid "$grid" --run-id fp16
  size -w short -d "$device" -p fp8 --grid "$grid" --run-id fp8
done
size -w short -d modelmeter.dv100 -p fp8 --grid "$grid" --run-id fp8
size -w long -d h20 -p fp8 --grid "$grid" --run-id long
size -w short -d h20 -p fp8 --grid batch=1..=3,devices=1..=4 --run-id wide
