#!/usr/bin/env python3
"""Runs the code blocks of Markdown files, so that documents stay true.

What is run, by the info string of the fence:
  ```mdl                 checks without a message
  ```mdl error           gives exactly the errors that its `expected-...` comments announce
  ```sh run              exits 0; if the next block of the file is ```text, its output is that text
  ```sh run scratch      the same, in the folder where `file=` blocks are written
  ... exit=N             (of `sh run`) exits N instead
  ... file=NAME          (of any block) is also written to NAME in that folder
Other blocks are left alone. In the expected text a line `...` stands for any lines and `...` within a line for
any text. Shell blocks run in the repository's root with stderr joined to stdout; `./tools/run` and `mdlc` both
mean the binary given by --mdlc.

    run_blocks.py --mdlc build/release/bin/mdlc README.md models/README.md
    run_blocks.py --mdlc ... --update README.md       writes the real output into the text blocks that differ
    run_blocks.py --mdlc ... --explain FOLDER         each SLUG.mdl of the folder gives the diagnostic SLUG
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,})(?P<info>[^`]*)$")


@dataclass
class Block:
    """One fenced block: its info words, where its first line of text stands (from 1), and that text."""
    words: list
    line: int
    text: str
    attributes: dict = field(default_factory=dict)


def blocks_of(path):
    """The fenced blocks of a Markdown file, in order."""
    blocks, lines = [], path.read_text(encoding="utf-8").split("\n")
    start = fence = None
    for number, line in enumerate(lines):
        match = FENCE.match(line)
        if fence is None:
            if match:
                fence, start = match, number + 1
        elif match and not match["info"].strip() and len(match["ticks"]) >= len(fence["ticks"]):
            indent = len(fence["indent"])
            words = fence["info"].split()
            attributes = dict(word.split("=", 1) for word in words if "=" in word)
            text = "".join(inner[min(indent, len(inner) - len(inner.lstrip(" "))):] + "\n" for inner in lines[start:number])
            blocks.append(Block([word for word in words if "=" not in word], start + 1, text, attributes))
            fence = None
    if fence is not None:
        sys.exit(f"{path}:{start}: this block is never closed")
    return blocks


def same(expected, actual):
    """Whether the output is the expected text, with `...` for what may vary."""
    pattern = []
    for line in expected.rstrip("\n").split("\n"):
        if line.strip() == "...":
            pattern.append(r"(?:[^\n]*\n)*")
        else:
            pattern.append(r"[^\n]*".join(map(re.escape, line.rstrip().split("..."))) + r"[ \t]*\n")
    text = actual.rstrip("\n") + "\n"
    return re.fullmatch("".join(pattern), text) is not None


class Runner:
    """Runs blocks and counts them."""

    def __init__(self, mdlc, scratch):
        self.mdlc, self.scratch = mdlc, scratch
        self.passed = self.failed = 0
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", NO_COLOR="1",
                                PATH=os.pathsep.join([str(mdlc.parent), os.environ["PATH"]]))
        self.environment.pop("MDL_PATH", None)

    def execute(self, command, cwd):
        """Exit status and joined output of a command; two minutes at most."""
        try:
            done = subprocess.run(command, cwd=cwd, env=self.environment, stdin=subprocess.DEVNULL, timeout=120,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except subprocess.TimeoutExpired:
            return None, "still running after 120 s"
        return done.returncode, done.stdout.decode("utf-8", "replace").replace("\r\n", "\n")

    def record(self, where, problem):
        if problem is None:
            self.passed += 1
        else:
            self.failed += 1
            print(f"{where}: {problem}")

    def check_mdl(self, where, path, shown):
        """`mdlc check --verify-diagnostics`; places in the output are those of the document."""
        status, output = self.execute([str(self.mdlc), "check", "--verify-diagnostics", str(path)], ROOT)
        problem = None if status == 0 else f"mdlc check --verify-diagnostics exits with {status}\n{shown(output)}"
        self.record(where, problem)

    def run_mdl(self, document, block):
        name = block.attributes.get("file", f"block_at_line_{block.line}.mdl")
        path = self.scratch / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")

        def shown(output):
            place = re.compile(re.escape(str(path)) + r":(\d+)")
            return place.sub(lambda match: f"{document}:{int(match[1]) + block.line - 1}", output)

        self.check_mdl(f"{document}:{block.line}", path, shown)

    def run_shell(self, document, block, expected):
        """Runs a shell block; returns its output where that is not the text expected, else None."""
        text = re.sub(r"(?<![\w/.-])\./tools/run\b", "mdlc", block.text)
        cwd = self.scratch if "scratch" in block.words else ROOT
        status, output = self.execute(["bash", "-euo", "pipefail", "-c", text], cwd)
        where, wanted = f"{document}:{block.line}", int(block.attributes.get("exit", 0))
        if status != wanted:
            self.record(where, f"exits with {status}, not {wanted}\n{output}")
        elif expected is not None and str(ROOT) in expected.text:
            self.record(where, f"the text at line {expected.line} names a folder of this machine: {ROOT}")
        elif expected is not None and not same(expected.text, output):
            self.record(where, f"the text at line {expected.line} is not its output, which is:\n{output}")
            return output
        else:
            self.record(where, None)
        return None

    def run_document(self, document):
        """Runs all blocks of a document; returns (block, new text) for each text that differs."""
        blocks, changed = blocks_of(document), []
        shown = os.path.relpath(document, ROOT)
        for index, block in enumerate(blocks):
            following = blocks[index + 1] if index + 1 < len(blocks) else None
            if block.words[:1] == ["mdl"]:
                self.run_mdl(shown, block)
                continue
            if "file" in block.attributes:
                path = self.scratch / block.attributes["file"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text, encoding="utf-8")
            if block.words[:2] == ["sh", "run"]:
                expected = following if following and following.words == ["text"] and not following.attributes else None
                output = self.run_shell(shown, block, expected)
                if output is not None:
                    changed.append((expected, output))
        return changed

    def run_explanations(self, folder):
        """Each SLUG.mdl gives its own diagnostic, announced in its comments."""
        for path in sorted(folder.glob("*.mdl")):
            where, text = os.path.relpath(path, ROOT), path.read_text(encoding="utf-8")
            if "// no-example: " in text:
                print(f"{where}: has no example")
            elif f"[{path.stem}]" not in text:
                self.record(where, f"announces no [{path.stem}]")
            else:
                self.check_mdl(where, path, lambda output: output)


def rewrite(document, changed):
    """Puts the new texts in place, the last block first so that line numbers stay right."""
    lines = document.read_text(encoding="utf-8").split("\n")
    for block, text in reversed(changed):
        start = block.line - 1
        lines[start:start + block.text.count("\n")] = text.rstrip("\n").split("\n")
    document.write_text("\n".join(lines), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", nargs="*", type=Path)
    parser.add_argument("--mdlc", type=Path, default=ROOT / "build/release/bin/mdlc", help="the binary to run")
    parser.add_argument("--update", action="store_true", help="write real output into text blocks that differ")
    parser.add_argument("--explain", type=Path, help="a folder of SLUG.mdl examples")
    options = parser.parse_args()
    if not options.documents and not options.explain:
        parser.error("name a document or --explain FOLDER")

    passed = failed = 0
    for document in options.documents:
        with tempfile.TemporaryDirectory(prefix="mdlc-docs-") as scratch:
            runner = Runner(options.mdlc.resolve(), Path(scratch))
            changed = runner.run_document(document.resolve())
        if options.update and changed:
            rewrite(document.resolve(), changed)
            print(f"{document}: wrote {len(changed)} outputs")
        passed, failed = passed + runner.passed, failed + runner.failed
    if options.explain:
        with tempfile.TemporaryDirectory(prefix="mdlc-docs-") as scratch:
            runner = Runner(options.mdlc.resolve(), Path(scratch))
            runner.run_explanations(options.explain.resolve())
        passed, failed = passed + runner.passed, failed + runner.failed
    print(f"{passed} blocks passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
