"""hostile.py FOLDER - a model whose names and texts would leave their place in a page, and a report of it."""
import subprocess
import sys
from pathlib import Path

EVIL = "</script><script>document.title='broken'</script><img src=x onerror=alert(1)>\\\"'`${1}--><!-- ]]> \\n | =1+1 ../../x"
LONG = "x" * 10000
MODEL = f"""import "std/std.mdl"

/// {EVIL}
record Job {{
  /// {EVIL}
  __proto__: size = 2 range 1..=100
  constructor: size = 3 range 1..=100
  {LONG}: size = 4 range 1..=100
  warn __proto__ < 50, "{EVIL}"
  require constructor < 90, "{EVIL}"
}}

/// {EVIL} {LONG}
pipeline toString(job: Job) {{
  not_modelled "{EVIL}"
  stage __proto__ "{EVIL}" = linear(zeros([job.__proto__, job.{LONG}, 8]), out: 5) as constructor
  stage {LONG}2 "{LONG}" = relu(linear(zeros([job.constructor, 8]), out: 5) as __proto__) as valueOf
}}
workload {LONG} "{EVIL}" : Job {{ __proto__ = 60 }}
workload hasOwnProperty "{LONG}" : Job {{ __proto__ = 61 }}
"""

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
(folder / "hostile.mdl").write_text(MODEL, encoding="utf-8")
sys.exit(subprocess.run(["mdlc", "report", str(folder / "hostile.mdl"), "-w", "hasOwnProperty", "-d", "h20", "--run-id", "hostile",
                         "--out", str(folder / "runs"), "--force"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode)
