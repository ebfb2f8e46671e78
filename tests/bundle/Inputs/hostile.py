#!/usr/bin/env python3
"""hostile.py RESULTS OUT - two runs with hostile texts everywhere; hostile.py --check BUNDLE - what became of them.

The first form writes OUT/a and OUT/b from one results.json, with names that mean something to a path, to Markdown, to HTML
and to a spreadsheet. The second looks for what got through.
"""
import csv
import json
import re
import sys
from pathlib import Path

EVIL = ["../../x", "<script>alert(1)</script>", "a\nb | c", "=1+1|x", "`code` [x](y) ![z](w) **b**", "@SUM(1)", "\u202e" + "long " * 2000, "{{model}} {{/scenarios}}",
        "<!-- LLM_FILL_END: conclusions -->", "# head"]


def poison(source, out):
    for index, name in enumerate("ab"):
        run = json.loads(Path(source).read_text())
        metadata = run["metadata"]
        metadata["model"], metadata["title"], metadata["request"] = EVIL[0], EVIL[6] + ": " + EVIL[1], EVIL[3]
        metadata["run_id"] = EVIL[2]
        metadata["device"]["name"] = EVIL[0] + name
        metadata["device"]["title"] = EVIL[1 + index] + EVIL[4] + name
        metadata["not_modelled"] = EVIL
        metadata["strategy"].update(title=EVIL[4], rule=EVIL[7], assumptions=EVIL)
        for each in metadata["workloads"]:
            each.update(name=EVIL[3], title=EVIL[2], notes=EVIL)
            each["inputs"][EVIL[5]] = EVIL[8]
        for each in metadata["modes"]:
            each["name"] = EVIL[0]
        run["stage_breakdown"] = {EVIL[3]: {EVIL[4]: value for value in next(iter(run["stage_breakdown"].values())).values()}}
        for each in metadata["modes"]:
            each["stages"] = [EVIL[4]]
        for each in run["summaries"] + run["rows"]:
            each.update(workload=EVIL[3], model_mode=EVIL[0])
        folder = Path(out) / name
        folder.mkdir(parents=True)
        (folder / "results.json").write_text(json.dumps(run))


def check(bundle):
    bundle = Path(bundle)
    for path in bundle.rglob("*.md"):
        text = path.read_text()
        outside = re.sub(r"```mermaid.*?```|(?<!\\)`[^`\n]*`", "", text, flags=re.DOTALL)  # code is no markup
        assert not re.search(r"(?<!\\)<(?!!-- (LLM_FILL|GENERATED))", re.sub(r"<0\.1", "", outside)), f"{path.name}: HTML"
        assert not re.search(r"(?<!\\)\[(x|z)(?<!\\)\]", outside), f"{path.name}: a link"
        assert "**b**" not in outside, f"{path.name}: marks"
        starts, ends = re.findall(r"<!-- LLM_FILL_START: (\w+)", text), re.findall(r"(?<!\\)<!-- LLM_FILL_END: (\w+)", text)
        assert starts == ends and len(set(starts)) == len(starts), f"{path.name}: regions {starts} {ends}"
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            widths = {len(re.findall(r"(?<!\\)\|", row)) for row in table.strip().split("\n")}
            assert len(widths) == 1, f"{path.name}: a table of {widths} columns: {table[:200]}"
        assert not re.search(r"^# head", text, re.MULTILINE)
    with (bundle / "comparison-table.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert {len(row) for row in rows} == {len(rows[0])} and len(rows) == 3
    bold = [cell for row in rows for cell in row if cell[:1] in ("=", "+", "@", "-")]
    assert not bold, f"a formula: {bold}"
    names = [path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()]
    assert all(re.fullmatch(r"(figures/)?[\w.-]{1,255}", name) for name in names), names
    print(f"{len(names)} files")


if sys.argv[1] == "--check":
    check(sys.argv[2])
else:
    poison(*sys.argv[1:])
