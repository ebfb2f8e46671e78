# runs.sh MDLC MODEL OUT - sizing runs of a toy: OUT/PRECISION/sizing/FAMILY/DEVICE, quietly.
set -e
for precision in fp16 fp8; do
  for device in h20 b200 modelmeter.dv100; do
    "$1" size "$2" -w short -d "$device" -p "$precision" --grid batch=1..=3,devices=1..=2 --run-id "$precision" --out "$3" >/dev/null
  done
done
"$1" size "$2" -w long -d h20 -p fp8 --grid batch=1..=3,devices=1..=2 --run-id long --out "$3" >/dev/null
"$1" size "$2" -w short -d h20 -p fp8 --grid batch=1..=3,devices=1..=4 --run-id wide --out "$3" >/dev/null
