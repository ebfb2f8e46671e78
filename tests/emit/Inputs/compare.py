"""compare.py [OPTIONS] MODEL... - emitted files against `mdlc eval`, at random jobs.

Of each pipeline a file is emitted, compiled and run for jobs inside and sometimes outside of the inputs' ranges. Every
number of the job and of its stages must be mdlc's: integers to the last digit, reals as the same double; so must notes
be, and what is refused is refused for the same reason. What follows `--` is given to mdlc. Prints a line for each
pipeline and exits 1 after the first that differs.
"""
import argparse
import concurrent.futures
import json
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

WARNINGS = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
DRIVER = """
import { createInterface } from "node:readline";
const model = await import(process.argv[2]);
const words = (key, value) => (typeof value === "bigint" ? { exact: String(value) } : value);
const value = (text) => (/^-?[0-9]+$/.test(text) ? BigInt(text) : text);
for await (const line of createInterface({ input: process.stdin })) {
  const given = Object.fromEntries(Object.entries(JSON.parse(line)).map(([name, text]) => [name, value(text)]));
  let answer;
  try { answer = { ...model.evaluate(given), assumptions: model.assumptions }; } catch (error) {
    if (!(error instanceof model.ModelError)) throw error;
    answer = { slug: error.slug };
  }
  console.log(JSON.stringify(answer, words));
}
"""


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def fail(message):
    sys.exit(f"compare.py: {message}")


class Input:
    """A line `input 0 frames integer = 81 from 1 to 2147483647 unit frame` of the program's text."""

    def __init__(self, words):
        self.name, self.kind, self.fixed = words[0], words[1], words[-1] == "fixed"
        number = lambda word: int(words[words.index(word) + 1]) if word in words[4:] else None
        self.low, self.high = number("from"), number("to")
        self.choices = words[words.index("of") + 1:] if "of" in words[4:] else []
        if self.kind == "boolean":
            self.choices = ["false", "true"]

    def random(self, chance):
        """A value as text: small ones as often as large ones, at times the bounds or one beyond."""
        if self.choices:
            return chance.choice(self.choices)
        low = self.low if self.low is not None else 0
        high = self.high if self.high is not None else low + 2**40
        kind = chance.random()
        if kind < 0.01:
            return str(high + 1)
        if kind < 0.02:
            return str(low - 1)
        if kind < 0.06:
            return str(chance.choice([low, high]))
        if kind < 0.2:
            return str(min(max(low, 1 << chance.randrange(8)), high))  # degrees and chunks, which divide
        value = low + chance.getrandbits(chance.choice([2, 4, 8, 10, 12, 16, 31]))
        if kind < 0.5:
            value = -(-value // 16) * 16  # grids, which models like
        return str(min(value, high))


class Pipeline:
    def __init__(self, options, model, name):
        self.options, self.model, self.name = options, model, name
        self.arguments = [model, "--pipeline", name, *options.mdlc_arguments]
        text = self.mdlc("compile", "--emit", "program")
        self.inputs = [Input(line.split()[2:]) for line in text.splitlines() if line.startswith("input ")]
        self.assumptions = [json.loads(line[7:]) for line in text.splitlines() if line.startswith("assume ")]
        self.files = Path(options.folder) / f"{Path(model).stem}-{name}"

    def mdlc(self, command, *more):
        done = run(["mdlc", command, *self.arguments, *more])
        if done.returncode != 0:
            fail(f"mdlc {command} {self.model}: {done.stderr}")
        return done.stdout

    def jobs(self):
        """Jobs as lists of `name=value`, the defaults first."""
        chance = random.Random(f"{self.name} {self.options.seed}")
        free = [each for each in self.inputs if not each.fixed]
        yield []
        for _ in range(self.options.points - 1):
            part = chance.choice([0.2, 0.8])  # many inputs at once, or few, where one refuses what another asks for
            chosen = [each for each in free if chance.random() < part]
            yield [f"{each.name}={each.random(chance)}" for each in chosen]

    def expected(self, job):
        """What mdlc says: the slug of an error, or the numbers by name and the notes."""
        settings = [word for setting in job for word in ("--set", setting)]
        done = run(["mdlc", "eval", *self.arguments, *settings, "--fold", "--format", "json", "--diagnostics", "json"])
        if done.returncode != 0:
            errors = [line for line in done.stderr.splitlines() if not line.startswith("warning: ")]
            return json.loads("\n".join(errors))[0]["slug"]
        report = json.loads(done.stdout)
        metrics = [metric["name"] for metric in report["metrics"]]
        stages = [node for node in report["nodes"] if node["parent"] is None]
        rows = [(stage["id"] + ".", stage, ["calls", *metrics]) for stage in stages] + [("", report["totals"], metrics)]
        numbers = {row + name: of[name] for row, of, names in rows for name in names if name in of}
        return numbers, [note for note in report["assumptions"] if note not in self.assumptions]

    def answers_of_c(self, jobs):
        source = self.files.with_suffix(".c")
        self.mdlc("emit", "--lang", "c", "--prefix", "model", "--out", str(source))
        for compiler in self.options.cc:
            program = str(self.files) + "-" + compiler
            built = run([compiler, *WARNINGS, self.options.level, "-DMODEL_MAIN", str(source), "-o", program])
            if built.returncode != 0:
                fail(f"{compiler} {source}:\n{built.stderr}")
            yield compiler, [self.answer_of_c(program, job) for job in jobs]

    @staticmethod
    def answer_of_c(program, job):
        done = run([program, *job])
        if done.returncode != 0:
            return re.search(r"\[([a-z-]+)\]$", done.stderr.rstrip())[1]
        rows = [line.split(" ") for line in done.stdout.splitlines()]
        notes = [text.removesuffix("\n") for text in re.split("^note: ", done.stderr, flags=re.MULTILINE)[1:]]
        return {row[0]: int(row[1]) if re.fullmatch("-?[0-9]+", row[1]) else float(row[1]) for row in rows}, notes

    def answers_of_javascript(self, jobs):
        module, driver = self.files.with_suffix(".mjs"), self.files.with_suffix(".driver.mjs")
        self.mdlc("emit", "--lang", "js", "--out", str(module))
        driver.write_text(DRIVER, encoding="utf-8")
        lines = "".join(json.dumps(dict(setting.split("=", 1) for setting in job)) + "\n" for job in jobs)
        done = run(["node", str(driver), str(module.resolve())], input=lines)
        if done.returncode != 0:
            fail(f"node {module}: {done.stderr}")
        yield "node", [self.answer_of_javascript(json.loads(line)) for line in done.stdout.splitlines()]

    def answer_of_javascript(self, answer):
        if "slug" in answer:
            return answer["slug"]
        if answer["assumptions"] != self.assumptions:
            fail(f"{self.name}: other assumptions: {answer['assumptions']}")
        rows = [(stage + ".", values) for stage, values in answer["stages"].items()] + [("", answer["totals"])]
        return {row + name: int(value["exact"]) if isinstance(value, dict) else float(value)
                for row, values in rows for name, value in values.items()}, answer["notes"]

    def compare(self):
        jobs = list(self.jobs())
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            expected = list(pool.map(self.expected, jobs))
        compared = 0
        for who, answers in self.answers(jobs):
            if len(answers) != len(jobs):
                fail(f"{who}: {len(answers)} answers to {len(jobs)} jobs")
            for job, ours, theirs in zip(jobs, expected, answers):
                compared += self.check(who, job, ours, theirs)
        self.summarise(expected, compared)

    def answers(self, jobs):
        if "c" in self.options.lang:
            yield from self.answers_of_c(jobs)
        if "js" in self.options.lang:
            yield from self.answers_of_javascript(jobs)

    def check(self, who, job, ours, theirs):
        """The number of numbers compared."""
        where = f"{self.model} {self.name}, {who}, {' '.join(job) or 'defaults'}"
        if isinstance(ours, str) or isinstance(theirs, str):
            if ours != theirs:
                fail(f"{where}: mdlc says {verdict(ours)}, the file {verdict(theirs)}")
            return 0
        if list(ours[0]) != list(theirs[0]):
            fail(f"{where}: other names: {set(ours[0]) ^ set(theirs[0])}")
        for name, value in ours[0].items():
            if not is_same(value, theirs[0][name]):
                fail(f"{where}: {name} is {value!r} for mdlc and {theirs[0][name]!r} in the file")
        if ours[1] != theirs[1]:
            fail(f"{where}: mdlc notes {ours[1]}, the file {theirs[1]}")
        return len(ours[0])

    def summarise(self, expected, compared):
        verdicts = [verdict(each) for each in expected]
        refused = ", ".join(f"{verdicts.count(slug)} {slug}" for slug in sorted(set(verdicts) - {"ok"}))
        notes = sum(len(each[1]) for each in expected if not isinstance(each, str))
        print(f"{self.name}: {verdicts.count('ok')} jobs evaluated, {compared} numbers equal, {notes} notes"
              + (f"; refused: {refused}" if refused else ""), flush=True)
        if verdicts.count("ok") * 6 < len(expected) or compared == 0:  # degrees of parallelism refuse most others
            fail(f"{self.name}: too few jobs were evaluated")


def verdict(answer):
    return answer if isinstance(answer, str) else "ok"


def is_same(ours, theirs):
    """Of mdlc's JSON integers beyond 2^53 - 1 are strings; a real may be written without a point."""
    if isinstance(theirs, int):
        return int(ours) == theirs if isinstance(ours, str) else isinstance(ours, int) and ours == theirs
    return not isinstance(ours, str) and float(ours) == theirs


def pipelines_of(options):
    for model in options.models:
        names = re.findall(r"^pipeline +(\w+)", Path(model).read_text(encoding="utf-8"), re.MULTILINE)
        for name in names if options.pipeline is None else [options.pipeline]:
            yield Pipeline(options, model, name)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("models", nargs="*")
    parser.add_argument("--folder", required=True, help="where files are written")
    parser.add_argument("--below", help="every model of a folder that has a pipeline")
    parser.add_argument("--pipeline")
    parser.add_argument("--points", type=int, default=10)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--lang", default="c,js")
    parser.add_argument("--level", default="-O1")
    parser.add_argument("--cc", action="append", help="a compiler; repeatable")
    given = sys.argv[1:]
    end = given.index("--") if "--" in given else len(given)
    options = parser.parse_args(given[:end])
    options.mdlc_arguments = given[end + 1:]
    options.cc = [each for each in options.cc or ["cc"] if shutil.which(each) or print(f"no {each} here")]
    if options.below:
        found = sorted(Path(options.below).rglob("*.mdl"))
        options.models += [str(each) for each in found if re.search(r"^pipeline ", each.read_text(encoding="utf-8"), re.MULTILINE)]
    if "js" in options.lang and not shutil.which("node"):
        print("no node here: JavaScript is not compared")
        options.lang = options.lang.replace("js", "")
    Path(options.folder).mkdir(parents=True, exist_ok=True)
    count = 0
    for pipeline in pipelines_of(options):
        pipeline.compare()
        count += 1
    print(f"{count} pipelines agree")
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main())
