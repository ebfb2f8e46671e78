"""differences.py A B - the members that two JSON objects do not share."""
import json
import sys

a, b = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
count = 0
for key in sorted(set(a) | set(b)):
    if key in a and key in b and a[key] == b[key]:
        continue
    count += 1
    where = "only in the first" if key not in b else "only in the second" if key not in a else "in both"
    print(f"{where}: {json.dumps(key)}: {json.dumps(b.get(key, a.get(key)))}")
print("one difference" if count == 1 else f"{count} differences")
