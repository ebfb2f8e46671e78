"""evaluate_formula.py OUTPUT... - evaluates formulas that `mdlc explain` printed and compares with the values beside them.

The default job of Wan2.1 is bound; names after `where` are bound in the order that they need.
"""
import fractions
import math
import re
import sys

for path in sys.argv[1:]:
    lines = open(path).read().splitlines()
    formula = lines[1].removeprefix("  = ")
    printed = int(re.match(r"  = (\d+)", lines[lines.index("for this workload") + 1])[1])
    names = dict(batch=1, frames=81, height=720, width=1280, text_len=512, guidance=1, steps=40 if "i2v" in path or "read" in path else 50)
    names.update(floor=math.floor, ceil=math.ceil, max=max, min=min, R=fractions.Fraction)
    definitions = []
    if "where" in lines:
        for line in lines[lines.index("where") + 1 : lines.index("for this workload")]:
            definitions.append([part.strip() for part in line.split("=", 1)])

    def value(text):
        """Integers become fractions, so that `/` is exact; `^` is a power."""
        return eval(re.sub(r"\b(\d+)\b", r"R(\1)", text.replace("^", "**")), {"__builtins__": {}}, names)

    while definitions:
        name, text = definitions.pop(0)
        try:
            names[name] = value(text)
        except NameError:
            definitions.append([name, text])
    result = value(formula)
    assert result == printed, f"{path}: the formula gives {result}, `explain` says {printed}"
print(f"{len(sys.argv) - 1} formulas agree")
