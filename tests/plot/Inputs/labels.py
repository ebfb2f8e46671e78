"""labels.py SVG... - no two texts of a picture lie on one another. Widths are estimated, with room to spare."""

import re
import sys
import xml.etree.ElementTree as ElementTree

LETTER, LINE = 0.52, 0.8  # of the size of the font: narrower and lower than letters are


def shift(element):
    found = re.match(r"translate\(([-0-9.e]+),([-0-9.e]+)\)", element.get("transform", ""))
    return (float(found[1]), float(found[2])) if found else (0.0, 0.0)


def texts(element, x, y):
    dx, dy = shift(element)
    x, y = x + dx, y + dy
    if element.tag.endswith("}text") and (element.text or "").strip() and "rotate" not in element.get("transform", ""):
        size = float(element.get("font-size", "11px")[:-2])
        width = LETTER * size * len(element.text)
        left = x - {"end": width, "middle": width / 2}.get(element.get("text-anchor"), 0)
        yield element.text, (left, y - LINE * size, left + width, y), element.get("fill")
    for child in element:
        yield from texts(child, x, y)


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


count = 0
for path in sys.argv[1:]:
    found = {(text, tuple(round(edge) for edge in box)): box for text, box, fill in texts(ElementTree.parse(path).getroot(), 0, 0)}
    places = list(found.items())  # a text and its halo are one
    count += len(places)
    for i, ((text, _), box) in enumerate(places):
        for (other, _), there in places[i + 1:]:
            if overlap(box, there):
                sys.exit(f"{path}: `{text}` and `{other}` overlap")
print(f"{len(sys.argv) - 1} pictures, {count} texts, none on another")
