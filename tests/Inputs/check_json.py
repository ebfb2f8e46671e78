#!/usr/bin/env python3
"""check_json.py SCHEMA RESULT... - JSON files against a schema of runtime/report.

Knows the words of JSON Schema that our schemas use and refuses others. Besides the schema it checks what holds of all
our JSON: no key stands twice in an object, no number is NaN or infinite, no integer is beyond 2^53 - 1, every property
of a schema has a description.
"""
import json
import re
import sys
from pathlib import Path

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float), "null": type(None)}
KNOWN = {"$schema", "$id", "$defs", "$ref", "title", "description", "type", "const", "enum", "anyOf", "pattern", "minimum",
         "required", "properties", "additionalProperties", "items"}


class Schema:
    """A schema file; `$ref` may name a definition of another file in its folder."""
    files = {}

    def __init__(self, path):
        self.path = Path(path)
        self.root = json.loads(self.path.read_text(encoding="utf-8"))
        describe(self.root, self.path.name)

    @classmethod
    def of(cls, path):
        path = Path(path).resolve()
        if path not in cls.files:
            cls.files[path] = cls(path)
        return cls.files[path]

    def target(self, ref):
        file, _, place = ref.partition("#")
        schema = Schema.of(self.path.parent / file) if file else self
        rule = schema.root
        for part in filter(None, place.split("/")):
            rule = rule[part]
        return schema, rule


def describe(rule, where):
    """Every word is known, every property has a description."""
    unknown = set(rule) - KNOWN
    assert not unknown, f"{where} uses {unknown}"
    for key, each in rule.get("properties", {}).items():
        assert "description" in each or "const" in each or "$ref" in each, f"{where}: {key} has no description"
        describe(each, f"{where}.{key}")
    for key in ("items", "additionalProperties"):
        if isinstance(rule.get(key), dict):
            describe(rule[key], f"{where}.{key}")
    for key, each in rule.get("$defs", {}).items():
        describe(each, f"{where}#{key}")


def isType(value, name):
    return isinstance(value, TYPES[name]) and (not isinstance(value, bool) or name == "boolean")


def check(value, rule, where, schema):
    """Stops with the first thing that is not as `rule` says."""
    if "$ref" in rule:
        there, target = schema.target(rule["$ref"])
        check(value, target, where, there)
    if "const" in rule:
        assert value == rule["const"], f"{where} is {value!r}"
    if "enum" in rule:
        assert value in rule["enum"], f"{where} is {value!r}"
    if "anyOf" in rule:
        assert any(fits(value, each, where, schema) for each in rule["anyOf"]), f"{where} is {value!r}"
    if "type" in rule:
        names = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
        assert any(isType(value, name) for name in names), f"{where} is {value!r}"
    if "pattern" in rule:
        assert re.search(rule["pattern"], value), f"{where} is {value!r}"
    if "minimum" in rule and value is not None:
        assert value >= rule["minimum"], f"{where} is {value!r}"
    if isinstance(value, dict):
        missing = set(rule.get("required", [])) - set(value)
        assert not missing, f"{where} lacks {missing}"
        for key, each in value.items():
            inner = rule.get("properties", {}).get(key, rule.get("additionalProperties", {}))
            assert inner is not False, f"{where} has an undocumented key {key}"
            if isinstance(inner, dict):
                check(each, inner, f"{where}.{key}", schema)
    if isinstance(value, list) and "items" in rule:
        for index, each in enumerate(value):
            check(each, rule["items"], f"{where}[{index}]", schema)


def fits(value, rule, where, schema):
    try:
        check(value, rule, where, schema)
    except AssertionError:
        return False
    return True


def noDuplicates(pairs):
    assert len(dict(pairs)) == len(pairs), f"a key stands twice among {[key for key, _ in pairs]}"
    return dict(pairs)


def noConstant(name):
    raise AssertionError(f"{name} is no number")


def noLarge(digits):
    assert abs(int(digits)) <= 2**53 - 1, f"{digits} is a number that readers round"
    return int(digits)


def load(path):
    text = Path(path).read_text(encoding="utf-8")
    return json.loads(text, object_pairs_hook=noDuplicates, parse_constant=noConstant, parse_int=noLarge)


def validate(schemaPath, resultPath):
    """The result, which follows the schema."""
    schema, result = Schema.of(schemaPath), load(resultPath)
    check(result, schema.root, "result", schema)
    return result


if __name__ == "__main__":
    for path in sys.argv[2:]:
        validate(sys.argv[1], path)
        print(f"{Path(path).name} follows {Path(sys.argv[1]).name}")
