# exit_codes.sh MDLC MODELS REFERENCE SCRATCH - runs the compiler in many ways and prints the exit codes.
mdlc=$1 model=$2/wan2.1/t2v_14b.mdl reference=$3 scratch=$4
: > "$scratch.failed"

try() {
  name=$1
  shift
  "$mdlc" "$@" > "$scratch.out" 2> /dev/null
  code=$?
  echo "$name: $code"
  case $name in verify*) return ;; esac
  if [ $code -ne 0 ]; then cat "$scratch.out" >> "$scratch.failed"; fi
}

try "eval" eval "$model"
try "help of eval" eval --help
try "version" --version
try "no such file" eval nowhere.mdl
try "input out of range" eval "$model" --set steps=0
try "unknown workload" eval "$model" --workload nowhere
try "overflow" eval "$model" --set batch=2147483647 --set frames=2147483647 --set height=65535 --set width=65535
try "verify passes" verify "$model" --at diffusion --reference "$reference/params_wan2.1_t2v-14B.json"
try "verify fails" verify "$model" --at diffusion --reference "$reference/params_wan2.1_i2v-14B.json"
try "help of no error" help no-such-error
try "no command"
try "unknown command" evaluate "$model"
try "unknown option" eval "$model" --hight=3
try "no file" eval
try "unknown format" eval "$model" --format xml
try "option without its value" eval "$model" --set
echo "stdout of what failed: $(wc -c < "$scratch.failed") bytes"
