#!/usr/bin/env python3
"""Checks the lists that must stay complete. No list has exemptions.

- Every diagnostic of compiler/support/Diagnostics.def has a slug that is its id in kebab case, is emitted somewhere
  (`DiagId::Name`), is expected by some test (`slug` under tests/), and has its explain text (explain/SLUG.mdl) with
  an example or a `// no-example: reason`. No explain text lacks its diagnostic.
- The same of every slug of runtime/Slugs.def, which stands in quotes somewhere in runtime/ or tools/; every slug that an
  error of these folders is made with is in one of the two lists.
- Every pass of compiler/passes/Passes.def has a test in tests/passes.
- Every file that compiler/DESIGN.md or a README names in backticks exists.
- Every package of tools/packages.txt is in README.md's table of dependencies, and the other way round.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SUPPORT = ROOT / "compiler" / "support"
SOURCES = {".h", ".cpp"}
TESTS = {".mdl", ".ir", ".test", ".cpp"}


def text_of(folders, suffixes):
    """All files of the folders with these suffixes, joined."""
    files = (file for folder in folders for file in sorted((ROOT / folder).rglob("*")) if file.suffix in suffixes)
    return "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in files)


def kebab(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def check_diagnostics():
    listed = re.findall(r'^DIAG\(\s*(\w+)\s*,\s*"([^"]*)"\s*,\s*(\w+)\s*,', (SUPPORT / "Diagnostics.def").read_text(), re.MULTILINE)
    emitted = set(re.findall(r"\bDiagId::(\w+)", text_of(["compiler", "tools"], SOURCES)))
    tests = text_of(["tests"], TESTS)
    tested = set(re.findall(r"(?<![\w-])[a-z0-9]+(?:-[a-z0-9]+)+(?![\w-])", tests))
    tested |= set(re.findall(r"\[([a-z0-9-]+)\]", tests))  # slugs of one word
    explained = {file.stem: file.read_text(encoding="utf-8") for file in (SUPPORT / "explain").glob("*.mdl")}
    problems = [] if listed else ["Diagnostics.def: no DIAG line was read"]
    for name, slug, severity in listed:
        if slug != kebab(name):
            problems.append(f"{name}: its slug is `{slug}`, not `{kebab(name)}`")
        if severity not in ("Error", "Warning"):
            problems.append(f"{slug}: severity {severity}")
        if name not in emitted:
            problems.append(f"{slug}: never emitted (no DiagId::{name} in compiler/ or tools/)")
        if slug not in tested:
            problems.append(f"{slug}: in no test")
        if slug not in explained:
            problems.append(f"{slug}: no compiler/support/explain/{slug}.mdl")
        elif f"[{slug}]" not in explained[slug] and "// no-example: " not in explained[slug]:
            problems.append(f"{slug}: its explain text has no example that announces [{slug}]")
    slugs = [slug for _, slug, _ in listed]
    runtime, more = check_runtime_slugs(set(slugs), tested, explained)
    problems += more
    slugs += runtime
    problems += [f"{slug}: listed twice" for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1})]
    problems += [f"explain/{slug}.mdl: no such diagnostic" for slug in sorted(set(explained) - set(slugs))]
    return len(slugs), problems


def check_runtime_slugs(diagnostics, tested, explained):
    """The slugs of errors that no source has, and the problems of their list."""
    listed = re.findall(r'^SLUG\("([^"]*)"\)', (ROOT / "runtime/Slugs.def").read_text(), re.MULTILINE)
    sources = text_of(["runtime", "tools"], SOURCES)
    made = set(re.findall(r'(?:\berror_? = |\breturn |printError\()\{\s*"([a-z]+(?:-[a-z]+)+)"', sources))
    made |= set(re.findall(r'\bfail\("([a-z]+(?:-[a-z]+)+)"', sources))
    problems = [f"{slug}: made in runtime/ or tools/, in no list" for slug in sorted(made - set(listed) - diagnostics)]
    for slug in listed:
        if f'"{slug}"' not in sources:
            problems.append(f"{slug}: stands nowhere in runtime/ or tools/")
        if slug not in tested:
            problems.append(f"{slug}: in no test")
        if "// no-example: " not in explained.get(slug, ""):
            problems.append(f"{slug}: no compiler/support/explain/{slug}.mdl with `// no-example: reason`")
    return listed, problems


def check_passes():
    table = ROOT / "compiler" / "passes" / "Passes.def"
    if not table.is_file():
        return 0, []
    names = re.findall(r'^MDL_PASS\(\s*\w+\s*,\s*"([\w-]+)"', table.read_text(), re.MULTILINE)
    tests = [file.read_text(encoding="utf-8") for file in (ROOT / "tests" / "passes").glob("*.ir")]
    problems = [] if names else ["Passes.def: no MDL_PASS line was read"]
    for name in names:
        if not any(re.search(rf"--passes=\S*\b{re.escape(name)}\b", test) for test in tests):
            problems.append(f"pass {name}: no test in tests/passes runs it")
    return len(names), problems


def expand(name):
    """The names that `Diagnostic{,Text}.h` stands for."""
    match = re.search(r"\{([^{}]*)\}", name)
    if not match:
        return [name]
    return [each for option in match[1].split(",") for each in expand(name[:match.start()] + option.strip() + name[match.end():])]


def check_named_files():
    """Every file named in backticks exists: from the root, beside the document, or anywhere by its last part."""
    count, problems = 0, []
    files = {file for top in ("compiler", "runtime", "grammar", "models", "tests", "tools") for file in (ROOT / top).rglob("*")}
    paths = {"/" + file.relative_to(ROOT).as_posix() for file in files} | {"/" + file.name for file in ROOT.iterdir()}
    documents = [ROOT / "README.md", ROOT / "tests/README.md", *sorted((ROOT / "compiler").rglob("*.md")), ROOT / "runtime/README.md"]
    for document in filter(Path.is_file, documents):
        text = document.read_text(encoding="utf-8")
        text = re.sub(r"^```.*?^```", lambda block: "\n" * block[0].count("\n"), text, flags=re.MULTILINE | re.DOTALL)
        for match in re.finditer(r"`([\w./{},+-]*(?:\.(?:h|cpp|def|g4|py|md|cmake)|CMakeLists\.txt))`", text):
            for name in expand(match[1]):
                count += 1
                if not any(path.endswith("/" + name.lstrip("./")) for path in paths):
                    line = text.count("\n", 0, match.start()) + 1
                    problems.append(f"{document.relative_to(ROOT)}:{line}: `{name}` does not exist")
    return count, problems


def check_packages():
    lines = (ROOT / "tools/packages.txt").read_text().splitlines()
    listed = {line.split()[1] for line in lines if line.strip() and not line.startswith("#")}
    readme = ROOT / "README.md"
    rows = re.findall(r"^\| (.*?) \| (?:run|plot|test) \|", readme.read_text(encoding="utf-8"), re.MULTILINE) if readme.is_file() else []
    shown = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    problems = [f"README.md: package `{name}` is not in the table of dependencies" for name in sorted(listed - shown)]
    problems += [f"tools/packages.txt: lacks `{name}`, which README.md names" for name in sorted(shown - listed)]
    return len(listed), problems


def main():
    failed = False
    for title, check in [("diagnostics", check_diagnostics), ("passes", check_passes),
                         ("files named in documents", check_named_files), ("packages", check_packages)]:
        count, problems = check()
        failed = failed or bool(problems)
        print("\n".join(problems + [f"{count} {title}, {len(problems)} problems"]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
