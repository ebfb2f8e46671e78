"""versions.py MODELS FOLDER... - hashes in reports against the files; which reports are of one model."""
import hashlib
import json
import sys
from pathlib import Path

models, versions = Path(sys.argv[1]), []
for folder in map(Path, sys.argv[2:]):
    report = json.loads((folder / "report.json").read_text())
    model = report["model"]
    for source in model["sources"]:
        assert hashlib.sha256((models / source["path"]).read_bytes()).hexdigest() == source["sha256"], source
    lines = "".join(f"{source['path']} {source['sha256']}\n" for source in model["sources"] if source["of_model"])
    assert hashlib.sha256(lines.encode()).hexdigest() == model["version"]
    paths = [source["path"] for source in model["sources"]]
    assert paths == sorted(paths) and "core.mdl" in paths
    print(f"{report['report_id']}: {model['variant']}, hashes agree, commit {model['commit']}")
    versions.append(model["version"])
assert versions[0] == versions[1] != versions[2]
print("a and b have one version, c another")
