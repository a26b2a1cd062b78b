"""The cases, what the engine does otherwise on purpose, and what it cannot do yet."""
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from .replay import reason_not_to

HERE = Path(__file__).resolve().parent.parent


def read_yaml(path):
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@dataclass
class Library:
    """The functions of the cases, and the lists of exceptions: each entry with its reason."""

    functions: dict
    ours: dict = field(default_factory=dict)
    skipped_cases: dict = field(default_factory=dict)
    skipped_functions: dict = field(default_factory=dict)

    @staticmethod
    def read():
        ours = read_yaml(HERE / "ours.yaml") or []
        skipped = read_yaml(HERE / "skipped.yaml")
        return Library(
            functions=read_yaml(HERE / "functions.yaml"),
            ours={entry["case"]: entry for entry in ours},
            skipped_cases={entry["case"]: entry["why"] for entry in skipped["cases"]},
            skipped_functions={entry["function"]: entry for entry in skipped["functions"]},
        )

    def with_ours(self, case):
        """The case with the outcome that the engine promises, where that is another."""
        entry = self.ours.get(case["id"])
        if entry is None:
            return case
        changed = {key: entry[key] for key in ("expect", "steps", "compare") if key in entry}
        return {**case, **changed}

    def reason_to_skip(self, case, pool_type):
        if case["id"] in self.skipped_cases:
            return self.skipped_cases[case["id"]]
        for name in sorted(functions_of(case) & self.skipped_functions.keys()):
            entry = self.skipped_functions[name]
            if pool_type in entry["pools"]:
                return f"calls {name}: {entry['why']}"
        if pool_type == "thread":
            return None
        if case["kind"] in ("api", "graph"):
            return "says nothing of pools"
        return reason_not_to(case) if case["kind"] in ("map", "plumber") else None


def functions_of(case):
    """The names of all functions that a case calls."""
    workers = [piper["worker"] for piper in case.get("topology", {}).get("pipers", [])]
    workers += [call["worker"] for call in case.get("calls", []) if "worker" in call]
    workers += [task["func"] for task in case.get("tasks", [])]
    if "func" in case:
        workers.append(case["func"])
    return {name for worker in workers for name in names_in(worker)}


def names_in(worker):
    if isinstance(worker, str):
        return [worker]
    if isinstance(worker, dict):
        return [worker["func"]]
    return [name for part in worker for name in names_in(part)]
