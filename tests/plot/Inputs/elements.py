"""elements.py SVG... - what the pictures are made of."""

import sys
import xml.etree.ElementTree as ElementTree

kinds = set()
for path in sys.argv[1:]:
    for element in ElementTree.parse(path).getroot().iter():
        kinds.add(element.tag.rsplit("}", 1)[-1])
        handlers = [name for name in element.attrib if name.startswith("on") or name.endswith("href")]
        assert not handlers, f"{path}: {element.tag} has {handlers}"
print(f"{len(sys.argv) - 1} pictures of {', '.join(sorted(kinds))}")
