#!/usr/bin/env python3
"""Checks who includes whom, and that the CMake libraries link no more than that.

The table below is the rule (compiler/DESIGN.md tells why). A folder may include itself, the folders named, and
what these may include. External libraries are given per folder as well; the standard library is free.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# folder: (folders it may include, external libraries it may include)
LAYERS = {
    "runtime/numeric": ([], []),
    "runtime": (["runtime/numeric"], ["fmt", "nlohmann"]),
    "runtime/emit": (["runtime"], ["fmt"]),
    "runtime/weights": (["runtime"], ["fmt", "nlohmann"]),
    "compiler/support": (["runtime/numeric"], ["llvm", "fmt", "nlohmann"]),
    "compiler/ast": (["compiler/support"], ["llvm", "fmt"]),
    "compiler/expr": (["compiler/support"], ["llvm", "fmt"]),
    "compiler/parse": (["compiler/ast"], ["llvm", "fmt", "antlr"]),
    "compiler/sema": (["compiler/parse", "compiler/expr"], ["llvm", "fmt"]),
    "compiler/shard": (["compiler/sema", "runtime"], ["llvm"]),
    "compiler/ir": (["compiler/expr"], ["llvm", "fmt"]),
    "compiler/passes": (["compiler/ir"], ["llvm", "fmt"]),
    "compiler/lower": (["compiler/sema", "compiler/ir", "runtime"], ["llvm", "fmt"]),
    "compiler/driver": (["compiler/lower", "compiler/shard", "compiler/passes"], ["llvm", "fmt", "nlohmann"]),
    "tools": (["compiler/driver", "runtime", "runtime/emit", "runtime/weights"], ["llvm", "fmt", "nlohmann", "cli11", "mustache"]),
    "tests": (["tools"], ["llvm", "fmt", "nlohmann", "cli11", "gtest", "benchmark"]),
    "tests/unit": (["tests"], ["llvm", "fmt", "nlohmann", "gtest", "antlr"]),  # tokens by hand against the grammar
}

# external library: its headers
EXTERNAL = {
    "llvm": re.compile(r"llvm(-c)?/"),
    "antlr": re.compile(r"antlr4-runtime|Mdl(Lexer|Parser)\w*\.h"),
    "fmt": re.compile(r"fmt/"),
    "nlohmann": re.compile(r"nlohmann/"),
    "cli11": re.compile(r"CLI/"),
    "mustache": re.compile(r"kainjow/"),
    "gtest": re.compile(r"g(test|mock)/"),
    "benchmark": re.compile(r"benchmark/"),
}

# CMake target: the folder that it is (mdl_flags, mdl_llvm and mdl_grammar carry no code of ours)
FOLDER_OF_TARGET = {"mdl_" + Path(folder).name: folder for folder in LAYERS}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def reach(folder):
    """The folder and all that it may include, directly or not."""
    reached, work = set(), [folder]
    while work:
        current = work.pop()
        if current not in reached:
            reached.add(current)
            work += LAYERS[current][0]
    return reached


def layer_of(path):
    """The layer of a file: the longest folder of the table that it lies in."""
    fitting = [folder for folder in LAYERS if path == folder or path.startswith(folder + "/")]
    return max(fitting, key=len) if fitting else None


def target_of(file, name):
    """The repository path that an include means, or None for a header that is not ours."""
    for base in (file.parent, ROOT):
        candidate = (base / name).resolve()
        if candidate.is_file() and ROOT in candidate.parents:
            return candidate.relative_to(ROOT).as_posix()
    return None


def built_here(file, name):
    """Whether a build rule of the folder makes the header."""
    for folder in file.parents:
        rules = folder / "CMakeLists.txt"
        if rules.is_file() and Path(name).name in rules.read_text(encoding="utf-8"):
            return True
        if folder == ROOT:
            return False
    return False


def check_file(file):
    """The problems of one source file."""
    problems = []
    path = file.relative_to(ROOT).as_posix()
    layer = layer_of(path)
    if layer is None:
        return [f"{path}: lies in no layer of tools/check_layers.py"]
    text = file.read_text(encoding="utf-8")
    for match in INCLUDE.finditer(text):
        where = f"{path}:{text.count(chr(10), 0, match.start(2)) + 1}"
        quoted, name = match[1] == '"', match[2]
        library = next((each for each, pattern in EXTERNAL.items() if pattern.match(name)), None)
        if library:
            if library not in LAYERS[layer][1]:
                problems.append(f"{where}: {layer} must not see {library} (`{name}`)")
            continue
        target = target_of(file, name) if quoted else None
        if target is None:
            if quoted and not built_here(file, name):
                problems.append(f"{where}: `{name}` is neither a file of ours nor a known library")
        elif layer_of(target) not in reach(layer):
            problems.append(f"{where}: {layer} must not see {layer_of(target)} (`{name}`)")
    return problems


def check_links(rules):
    """The problems of one CMakeLists.txt: DEPENDS names targets of allowed folders only."""
    problems = []
    path = rules.relative_to(ROOT).as_posix()
    for match in re.finditer(r"mdl_library\(\s*(\w+)\s+DEPENDS\s+([^)]*)\)", rules.read_text(encoding="utf-8")):
        folder = FOLDER_OF_TARGET.get(match[1])
        if folder is None:
            problems.append(f"{path}: `{match[1]}` is no layer of tools/check_layers.py")
            continue
        for target in match[2].split():
            other = FOLDER_OF_TARGET.get(target)
            if other is not None and other not in reach(folder):
                problems.append(f"{path}: {folder} must not link {other}")
    return problems


def main():
    problems, files = [], 0
    for top in ("compiler", "runtime", "tools", "tests"):
        for file in sorted((ROOT / top).rglob("*")):
            if file.suffix in (".h", ".cpp"):
                files += 1
                problems += check_file(file)
            elif file.name == "CMakeLists.txt":
                problems += check_links(file)
    print("\n".join(problems + [f"{files} files, {len(problems)} problems"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
