# full_disk.sh COMMAND... - runs it where no file can grow beyond a few kB, and prints its exit code on stderr.
trap '' XFSZ # so that the write fails instead
ulimit -f 64
"$@"
echo "exit code $?" >&2
