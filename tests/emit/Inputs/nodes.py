"""nodes.py FOLDER POINTS MODEL... [-- MDLC ARGUMENTS] - modules with every node against `mdlc eval --fold`, at random jobs.

Every number of every node, calls, copies, the bottleneck and where the peak is must be mdlc's; so must notes be, and what
is refused is refused for the same reason. Prints a line for each pipeline and exits 1 after the first that differs.
"""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from compare import Pipeline, fail, run  # noqa: E402

DRIVER = """
import { createInterface } from "node:readline";
const model = await import(process.argv[2]);
const words = (key, value) => (typeof value === "bigint" ? { exact: String(value) } : value);
for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try { answer = model.evaluate(JSON.parse(line)); } catch (error) {
    if (!(error instanceof model.ModelError)) throw error;
    answer = { slug: error.slug, message: error.message };
  }
  console.log(JSON.stringify(answer, words));
}
"""


BY_COMPILER = ["out-of-range"]  # which words an error of its own


class Options:
    def __init__(self, folder, points, arguments):
        self.folder, self.points, self.mdlc_arguments, self.seed = folder, points, arguments, 7


def number(value):
    return int(value["exact"]) if isinstance(value, dict) else value


def expected(pipeline, job):
    settings = [word for setting in job for word in ("--set", setting)]
    done = run(["mdlc", "eval", *pipeline.arguments, *settings, "--fold", "--format", "json", "--diagnostics", "json"])
    if done.returncode == 0:
        return json.loads(done.stdout)
    lines = [line for line in done.stderr.splitlines() if not line.startswith("warning: ")]
    return json.loads("\n".join(lines))[0]


def differ(ours, theirs):
    """Whether a number of mdlc's JSON is another one: an exact integer to the last digit, a real as the same double."""
    if isinstance(theirs, dict):
        return isinstance(ours, float) or int(ours) != int(theirs["exact"])
    return isinstance(ours, str) or float(ours) != float(theirs)


def check(where, ours, theirs):
    """The number of numbers compared."""
    if "slug" in ours or "slug" in theirs:
        words = "message" if ours.get("slug") not in BY_COMPILER else "slug"
        if ours.get("slug") != theirs.get("slug") or ours[words] != theirs[words]:
            fail(f"{where}: {ours if 'slug' in ours else 'numbers'} here, {theirs if 'slug' in theirs else 'numbers'} there")
        return 1
    names = [metric["name"] for metric in ours["metrics"]]
    pairs = [("totals", ours["totals"], theirs["totals"])]
    if [node["id"] for node in ours["nodes"]] != [node["id"] for node in theirs["nodes"]]:
        fail(f"{where}: other nodes")
    pairs += [(node["id"], node, other) for node, other in zip(ours["nodes"], theirs["nodes"])]
    count = 0
    for name, here, there in pairs:
        here_has, there_has = [key for key in names if key in here], [key for key in names if key in there]
        if here_has != there_has:
            fail(f"{where}: {name}: {here_has} here, {there_has} there")
        for key in here_has:
            if differ(here[key], there[key]):
                fail(f"{where}: {name}: {key} {here[key]} here, {there[key]} there")
        count += len(here_has)
        if name == "totals":
            continue
        for key, other in [("parent", "parent"), ("operator", "operator"), ("category", "category"), ("copies", "copies"),
                           ("first_id", "firstId"), ("calls", "calls"), ("uniform_calls", "uniformCalls")]:
            value = int(here[key]) if key in ("copies", "calls") else here[key]
            if value != number(there[other]):
                fail(f"{where}: {name}: {key} {here[key]} here, {there[other]} there")
        if (here.get("bottleneck") or "") != there["bottleneck"]:
            fail(f"{where}: {name}: bound by {here.get('bottleneck')} here, {there['bottleneck']} there")
    for key, other in [("activation_peak_at", "peakAt"), ("bottleneck", "bottleneck")]:
        if (ours["totals"].get(key) or "") != theirs[other]:
            fail(f"{where}: {key} {ours['totals'].get(key)} here, {theirs[other]} there")
    if ours["assumptions"] != theirs["assumptions"]:
        fail(f"{where}: {ours['assumptions']} here, {theirs['assumptions']} there")
    return count


def main():
    folder, points, *rest = sys.argv[1:]
    arguments = rest[rest.index("--") + 1:] if "--" in rest else []
    models = rest[:rest.index("--")] if "--" in rest else rest
    Path(folder).mkdir(parents=True, exist_ok=True)
    driver = Path(folder) / "driver.mjs"
    driver.write_text(DRIVER, encoding="utf-8")
    for model in models:
        listed = run(["mdlc", "compile", model, "--emit", "program"]).stdout
        pipeline = Pipeline(Options(folder, int(points), arguments), model, listed.split('"')[1])
        module = Path(folder) / f"{pipeline.name}.mjs"
        pipeline.mdlc("emit", "--lang", "js", "--nodes", "--out", str(module))
        jobs = list(pipeline.jobs())
        lines = "".join(json.dumps(dict(setting.split("=", 1) for setting in job)) + "\n" for job in jobs)
        done = run(["node", str(driver), str(module.resolve())], input=lines)
        if done.returncode != 0:
            fail(f"node {module}: {done.stderr}")
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        if len(answers) != len(jobs):
            fail(f"{len(answers)} answers to {len(jobs)} jobs")
        count = sum(check(f"{pipeline.name} {' '.join(job)}", expected(pipeline, job), answer)
                    for job, answer in zip(jobs, answers))
        print(f"{pipeline.name}: {len(jobs)} jobs, {count} numbers agree")


main()
