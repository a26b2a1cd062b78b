"""What came of a run: the items of each output by place, and how the command ended."""
import dataclasses
import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import msgpack

from .document import Builder

PATIENCE = 60  # seconds until a run counts as hanging


@dataclass
class Item:
    """A value, or a failure as the dead letters tell of it."""

    value: object = None
    failure: object = None


@dataclass
class Outcome:
    exit_code: int = 0
    stderr: str = ""
    hangs: bool = False
    outputs: dict = field(default_factory=dict)  # name in the case -> items in order, no gaps
    account: object = None  # what the run says at its end of each output and edge
    files: dict = field(default_factory=dict)  # by output: the bytes of its file, its dead letters

    def miscounts(self):
        """Sentences on what the account of the run says and is not so."""
        wrong = []
        for output in self.account["outputs"]:
            name = output["name"]
            parts = sum(output[part] for part in ("written", "failed", "gaps", "not_done"))
            if output["length_known"] and parts != output["length"]:
                wrong.append(f"account of {name}: {output['length']} items, but {parts} dealt with")
            items = self.outputs.get(name.partition("-")[2]) if name.startswith("out-") else None
            if items is None:
                continue
            failed = sum(item.failure is not None for item in items)
            if (output["written"], output["failed"]) != (len(items) - failed, failed):
                wrong.append(f"account of {name}: {output['written']} written and "
                             f"{output['failed']} failed, but there are {len(items) - failed} "
                             f"and {failed}")
        for edge in self.account["edges"]:
            parts = sum(edge[part] for part in ("consumed", "dropped", "unmatched", "not_done"))
            if "length" in edge and parts != edge["length"]:
                wrong.append(f"account of {edge['from']} to {edge['to']}: {edge['length']} items, "
                             f"but {parts} dealt with")
        return wrong


@dataclass(frozen=True)
class Tools:
    """The programs and libraries under test."""

    papy: Path
    driver: Path
    libraries: dict
    pool_type: str = "thread"  # of the documents that are run: thread, process, mixed

    @staticmethod
    def of_build(papy, pool_type="thread"):
        papy = Path(papy).resolve()
        build = papy.parent.parent
        return Tools(papy=papy, driver=build / "tests" / "conformance_driver", libraries={
            "conformance": build / "tests" / "plugins" / "libconformance.so",
            "core": build / "plugins" / "libcore.so"}, pool_type=pool_type)

    def on_threads(self):
        return dataclasses.replace(self, pool_type="thread")

    def builder(self, functions):
        return Builder(self.libraries, functions, self.pool_type)

    def run(self, workflow, keep=None):
        """Runs a workflow in a folder of its own; `keep`: a folder to leave its files in."""
        folder = Path(tempfile.mkdtemp(prefix="papy-conformance-"))
        try:
            document = folder / "case.yaml"
            document.write_text(workflow.text(), encoding="utf-8")
            command = [str(self.papy), "run", str(document), "--quiet", "--events", "events.jsonl"]
            try:
                done = subprocess.run(command, cwd=folder, capture_output=True, text=True,
                                      stdin=subprocess.DEVNULL, timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                return Outcome(hangs=True)
            outcome = Outcome(done.returncode, done.stderr)
            if done.returncode == 2:
                return outcome
            for name, output in workflow.outputs.items():
                outcome.outputs[name] = read_items(folder, output)
                outcome.files[name] = read_files(folder, output)
            outcome.account = read_account(folder)
            return outcome
        finally:
            if keep is not None:
                shutil.copytree(folder, keep, dirs_exist_ok=True)
            shutil.rmtree(folder, ignore_errors=True)


def read_account(folder):
    lines = (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    end = json.loads(lines[-1])
    if end["event"] != "end":
        raise ValueError(f"the last event is {end['event']!r}, expected 'end'")
    return end


def read_items(folder, output):
    """The items of one output in the order of their places; a gap has no item."""
    items = {}

    def add(place, item):
        if place in items:
            raise ValueError(f"two items of {output} have the place {place}")
        items[place] = item

    record = folder / f"{output}.msgpack"
    if record.exists():
        with open(record, "rb") as file:
            for place, value in msgpack.Unpacker(file, raw=False, strict_map_key=False):
                add(place, Item(value=value))
    for line in letters_of(folder, output):
        letter = json.loads(line)
        add(letter["place"], Item(failure=letter["failure"]))
    return [items[place] for place in sorted(items)]


def letters_of(folder, output):
    """The lines of the dead letters that are of one output."""
    letters = folder / "failures.jsonl"
    lines = letters.read_text(encoding="utf-8").splitlines() if letters.exists() else []
    return [line for line in lines if json.loads(line)["output"] == output]


def read_files(folder, output):
    """All that a run left of one output, as it stands in the files: but for the name of the run."""
    record = folder / f"{output}.msgpack"
    letters = [line[line.index('"output":'):] for line in letters_of(folder, output)]
    return record.read_bytes() if record.exists() else None, letters
