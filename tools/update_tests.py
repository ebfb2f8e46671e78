#!/usr/bin/env python3
"""Rewrites the goldens of tests that update themselves: those with `AUTOUPDATE` on line 2.

Runs each RUN line up to its `| FileCheck` and puts the output there as CHECK lines, with the check prefix of that
line. RUN lines without FileCheck run as they are. Lines of the test that are no CHECK lines stay; the new block
stands where the first CHECK line of that prefix stood, else at the end.

    tools/update_tests.py                   all tests
    tools/update_tests.py tests/passes      a folder or file
    tools/update_tests.py --check           changes nothing; exits 1 if something would change

Read the diff before you commit it: an updated golden is a claim that the new output is right.
"""
import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests"
LLVM = os.environ.get("MDLC_LLVM_BIN", "/usr/lib/llvm-19/bin")
MARK = re.compile(r"^\W*AUTOUPDATE\s*$")
RUN = re.compile(r"RUN:\s?(.*)$")
FILECHECK = re.compile(r"\|\s*FileCheck\b(.*)$")


def run_lines(lines):
    """The RUN commands of a test, continued lines joined."""
    commands, joined = [], ""
    for line in lines:
        match = RUN.search(line)
        if not match:
            continue
        joined += match[1].rstrip()
        if joined.endswith("\\"):
            joined = joined[:-1]
        else:
            commands.append(joined)
            joined = ""
    return commands


def substitute(command, test, build):
    """What tests/lit.cfg.py substitutes."""
    scratch = build / "update" / test.relative_to(TESTS)
    scratch.parent.mkdir(parents=True, exist_ok=True)
    for name, value in [(r"%mdlc\b", build / "bin/mdlc"), (r"%mdl-opt\b", build / "bin/mdl-opt"), (r"%models\b", ROOT / "models"),
                        (r"%reference\b", TESTS / "reference"), (r"%root\b", ROOT), (r"%python\b", "python3 -B"),
                        (r"%s\b", test), (r"%S\b", test.parent), (r"%t\b", f"{scratch}.tmp"), (r"%T\b", scratch.parent)]:
        command = re.sub(name, lambda _, value=value: str(value), command)
    return command


def pattern_of(line, test):
    """A line of output as FileCheck text: what is special there is escaped, paths of this clone are left out."""
    text = line.rstrip()
    text = re.sub(r"\[\[|\{\{", lambda match: "{{" + "".join(f"[{each}]" if each == "{" else "\\[" for each in match[0]) + "}}", text)
    return text.replace(f"{test.parent}{os.sep}", "{{.*}}").replace(f"{ROOT}{os.sep}", "{{.*}}")


def check_lines(output, prefix, comment, test):
    """The CHECK lines that match the output exactly, line after line."""
    result = []
    for number, line in enumerate(output.rstrip("\n").split("\n")):
        kind = "" if number == 0 else "-NEXT" if line.strip() else "-EMPTY"
        result.append(f"{comment}{prefix}{kind}: {pattern_of(line, test)}".rstrip())
    return result


def updated(test, build):
    """The new text of a test, or None if it could not be made (the reason is printed)."""
    lines = test.read_text(encoding="utf-8").split("\n")
    environment = dict(os.environ, LC_ALL="C.UTF-8", NO_COLOR="1", MDLC_BUILD=str(build),
                       PATH=os.pathsep.join([str(build / "bin"), LLVM, os.environ["PATH"]]))
    environment.pop("MDL_PATH", None)
    comment = re.match(r"^\W*", lines[1])[0]
    for command in run_lines(lines):
        match = FILECHECK.search(command)
        shell = substitute(command[:match.start()] if match else command, test, build)
        done = subprocess.run(["bash", "-c", f"set -o pipefail; {shell}"], env=environment, cwd=ROOT, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            print(f"{test.relative_to(ROOT)}: exits with {done.returncode}: {command}\n{done.stderr.decode('utf-8', 'replace')}")
            return None
        if not match:
            continue
        prefix = re.search(r"--?check-prefix(?:es)?[= ](\w[\w-]*)", match[1])
        prefix = prefix[1] if prefix else "CHECK"
        old = re.compile(rf"^\W*{re.escape(prefix)}(-NEXT|-EMPTY|-SAME|-LABEL|-DAG|-NOT)?:")
        first = next((index for index, line in enumerate(lines) if old.match(line)), None)
        new = check_lines(done.stdout.decode("utf-8", "replace"), prefix, comment, test)
        if first is None:
            while lines and not lines[-1]:
                lines.pop()
            lines += ["", *new, ""]
        else:
            lines = lines[:first] + new + [line for line in lines[first:] if not old.match(line)]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, default=[TESTS])
    parser.add_argument("--check", action="store_true", help="only tell what would change")
    parser.add_argument("--build", type=Path, default=ROOT / "build/release", help="the build whose binaries run")
    options = parser.parse_args()

    files = [file for path in options.paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    count = changed = failed = 0
    for test in (file.resolve() for file in files if file.suffix in (".mdl", ".ir", ".test")):
        text = test.read_text(encoding="utf-8", errors="replace")
        if not MARK.match((text.split("\n") + [""])[1]):
            continue
        count += 1
        new = updated(test, options.build.resolve())
        if new is None:
            failed += 1
        elif new != text:
            changed += 1
            print(f"{'would change' if options.check else 'changed'}: {test.relative_to(ROOT)}")
            if not options.check:
                test.write_text(new, encoding="utf-8")
    print(f"{count} tests update themselves: {changed} {'would change' if options.check else 'changed'}, {failed} failed")
    return 1 if failed or (options.check and changed) else 0


if __name__ == "__main__":
    sys.exit(main())
