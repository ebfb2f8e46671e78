# The golden tests: how lit finds and runs them. `./tools/lit` calls it; tests/README.md tells how to write one.
# MDLC_BUILD names the build folder whose binaries are tested (default build/release).
import os
import platform
import shutil

import lit.formats

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
build = os.path.join(root, os.environ.get("MDLC_BUILD") or "build/release")
binaries = os.path.join(build, "bin")
llvm = os.environ.get("MDLC_LLVM_BIN", "/usr/lib/llvm-19/bin")  # FileCheck, not, count, split-file

if not os.access(os.path.join(binaries, "mdlc"), os.X_OK):
    lit_config.fatal(f"no {binaries}/mdlc: build first, or set MDLC_BUILD")
if not os.access(os.path.join(llvm, "FileCheck"), os.X_OK):
    lit_config.fatal(f"no {llvm}/FileCheck: install the package llvm-19-tools")

config.name = "mdlc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mdl", ".ir", ".test"]
config.excludes = ["unit", "property", "fuzz", "perf", "reference", "judge", "browser", "Inputs"]
config.test_source_root = os.path.join(root, "tests")
config.test_exec_root = os.path.join(build, "lit")

# Nothing of the caller's surroundings may change a result: MDL_PATH, colours and locale are ours.
config.environment.pop("MDL_PATH", None)
config.environment["PATH"] = os.pathsep.join([binaries, llvm, os.environ["PATH"]])
config.environment["LC_ALL"] = "C.UTF-8"
config.environment["NO_COLOR"] = "1"
config.environment["MDLC_BUILD"] = build
config.environment["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "detect_stack_use_after_return=1:abort_on_error=0")
config.environment["UBSAN_OPTIONS"] = os.environ.get("UBSAN_OPTIONS", "print_stacktrace=1")

# Sanitizers make a build some ten times slower; a test of huge inputs may say `REQUIRES: release`.
config.available_features.add(os.path.basename(build))

# What a processor has: `REQUIRES: x86_64`.
config.available_features.add(platform.machine())

# Emitted modules are run where there is something to run them: `REQUIRES: node`.
if shutil.which("node"):
    config.available_features.add("node")

# Figures and the linter of Markdown come from npm: tools/plots/install --test.
packages = os.path.join(root, "tools", "plots", "node_modules")
if shutil.which("node") and os.path.isdir(os.path.join(packages, "vega-lite")):
    config.available_features.add("plots")
if shutil.which("node") and os.path.isdir(os.path.join(packages, "markdownlint-cli2")):
    config.available_features.add("markdownlint")

# Pages are opened where there is Chromium and what drives it (`npm ci` in tools/page): `REQUIRES: browser`.
packages = os.path.join(root, "tools", "page", "node_modules")
chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
if shutil.which("node") and os.access(chromium, os.X_OK) and os.path.isdir(os.path.join(packages, "playwright-core")):
    config.available_features.add("browser")
    config.environment["CHROMIUM"] = chromium

for name, value in [
    ("%mdlc", os.path.join(binaries, "mdlc")),
    ("%mdl-opt", os.path.join(binaries, "mdl-opt")),
    ("%models", os.path.join(root, "models")),
    ("%reference", os.path.join(root, "tests", "reference")),
    ("%root", root),
    ("%python", "python3 -B"),
]:
    config.substitutions.append((name + r"\b", value.replace("\\", r"\\")))
