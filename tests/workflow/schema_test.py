#!/usr/bin/python3
"""The schema and papy agree on every document of tests/lint.

A document breaks the schema if and only if papy finds one of the rules below in it: those that need no more than the
document's own shape. Everything else is beyond a schema.
"""
import json
import pathlib
import re
import sys

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]

OF_SHAPE = {
    "ambiguous-scalar",
    "bad-function-name",
    "bad-name",
    "missing-key",
    "out-of-range",
    "unit-missing",
    "unknown-key",
    "unknown-word",
    "wrong-type",
    "empty-document",
}


def main():
    schema = json.loads((ROOT / "schemas" / "papy-workflow-1.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    compared = 0
    mistakes = []
    for path in sorted((ROOT / "tests" / "lint").glob("*.yaml")):
        try:
            document = yaml.safe_load(path.read_bytes())
        except (yaml.YAMLError, RecursionError):
            continue
        expected = path.with_suffix(".expected").read_text()
        rules = set(re.findall(r"^\w+\[([\w-]+)\]", expected, re.MULTILINE))
        if "nested-too-deep" in rules:
            continue  # papy looked no further
        breaks = [error.message for error in validator.iter_errors(document)]
        compared += 1
        if bool(breaks) != bool(rules & OF_SHAPE):
            mistakes.append(f"{path.name}: papy says {sorted(rules)}, the schema {breaks[:2]}")
    print("\n".join(mistakes) or f"{compared} documents: the schema and papy agree")
    return 1 if mistakes or compared < 40 else 0


if __name__ == "__main__":
    sys.exit(main())
