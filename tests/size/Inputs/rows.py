#!/usr/bin/env python3
"""Prints columns of the rows of a run: rows.py FILE.csv COLUMN... [NAME=VALUE...]; the latter choose rows."""
import csv
import sys

path, *words = sys.argv[1:]
chosen = [word.split("=", 1) for word in words if "=" in word]
with open(path, newline="") as file:
    for row in csv.DictReader(file):
        if all(row[name] == value for name, value in chosen):
            print(" ".join(f"{name}={row[name]}" for name in words if "=" not in name))
