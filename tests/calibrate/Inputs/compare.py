"""compare.py FIT.json EVAL.json PROGRAM.json - the fourth point of a fit, and eval of the same job by the written file."""
import json
import sys

fit, evaluated, program = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
time = evaluated["totals"]["time_s"]
print("the time of the fit:", abs(time / fit["points"][3]["predicted_s"] - 1) < 1e-5)  # six digits are written
print("between its ends:", evaluated["totals_best"]["time_s"] < time < evaluated["totals_worst"]["time_s"])
print("the same of the program:", all(program[key]["time_s"] == evaluated[key]["time_s"]
                                      for key in ("totals", "totals_best", "totals_worst")))
