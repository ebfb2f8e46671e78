# old_name.sh MDLC MODEL OLD=VALUE NEW=VALUE - the warning for the old name; then whether both give the same result.
old=$("$1" eval "$2" -w 480p --set "$3" --format csv --fold 2>&3) 3>&1
new=$("$1" eval "$2" -w 480p --set "$4" --format csv --fold 2>&1)
default=$("$1" eval "$2" -w 480p --format csv --fold 2>&1)
[ "$old" = "$new" ] && [ "$old" != "$default" ] && echo "the same result"
