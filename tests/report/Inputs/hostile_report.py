"""hostile_report.py FOLDER - a report of a model whose texts mean something to a spreadsheet, to Markdown or to HTML has them as texts."""

import csv
import json
import re
import sys
from pathlib import Path

folder = Path(sys.argv[1])
files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
assert files == ["layers.csv", "report.html", "report.json", "summary.md", "verify/README.md"], files
json.loads((folder / "report.json").read_text())

with (folder / "layers.csv").open(newline="") as file:
    rows = list(csv.reader(file))
assert len({len(row) for row in rows}) == 1, "rows of different lengths"
bold = [cell for row in rows for cell in row if re.match(r"[=+@\t\r]|-\D", cell)]
assert not bold, f"a formula: {bold[0][:80]}"

for path in folder.rglob("*.md"):
    text = path.read_text()
    assert text.count("```") % 2 == 0, f"{path.name}: a fence is left open"
    fenced = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    assert all(len(part.splitlines()) == 1 for part in fenced), f"{path.name}: a command of several lines"
    outside = re.sub(r"```.*?```|(?<!\\)`[^`\n]*`", "", text, flags=re.DOTALL)
    outside = outside.replace("<br>", "")  # what a line end within a text becomes
    assert not re.search(r"(?<!\\)<[a-z/!]", outside), f"{path.name}: HTML"
    for table in re.findall(r"(?:^\|.*\n)+", outside, re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", row)) for row in table.strip().split("\n")}
        assert len(widths) == 1, f"{path.name}: a table of {widths} columns"
print(f"{len(files)} files, {len(rows) - 1} rows, texts stay texts")
