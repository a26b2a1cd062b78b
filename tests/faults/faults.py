"""What the tests of faults share: workflows with the plugin `faulty`, run by papy with pools of processes."""
import json
import os
import pathlib
import select
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from papy import FIXTURES, TIMEOUT_S, Case, main  # noqa: E402, F401
import leftovers  # noqa: E402, F401

PLUGIN = os.path.join(FIXTURES, "libfaulty.so")
POISON = 13337  # of the items 0 to ITEMS - 1
ITEMS = 20_000
SANITIZED = "PAPY_TEST_EFFORT" in os.environ  # sanitizers answer some faults before the system does
EFFORT = 5 if SANITIZED else 1  # random tests do so many times less


def document(pipers, pool="", items=ITEMS, source="io.range", run="", pool_type="process, workers: 2", library=PLUGIN):
    """A workflow: the numbers from 0 on, `pipers` (text, the last called `last`), into out.txt."""
    lines = "".join(f"  {line}\n" for line in pipers.strip().splitlines())
    return f"""version: 1
name: faults
plugins: {{faulty: {{path: {library}}}, dies: {{path: {os.path.join(FIXTURES, "libdies_at_load.so")}}}}}
pools: {{cpu: {{type: {pool_type}{", " + pool if pool else ""}}}}}
inputs: {{numbers: {{source: {source}, args: {{to: {items}}}}}}}
pipers:
{lines}outputs: {{out: {{sink: io.write_lines, from: last, args: {{path: out.txt}}}}}}
run: {{dead_letters: failed.jsonl{", " + run if run else ""}}}
"""


def deed(how, at=(POISON,), keys="", worker="faulty.deed"):
    """The piper `last`, which does `how` at these items."""
    places = "[" + ", ".join(map(str, at)) + "]"
    return f"last: {{worker: {worker}, from: numbers, pool: cpu, args: {{how: {how}, at: {places}}}{keys}}}"


def state_of(pid):
    """A letter: R, S, D, T, Z, or X when it is gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "X"


def computed_ms(pid):
    """The processor time that a process has used, in ms."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) * 1000 // os.sysconf("SC_CLK_TCK")


def wait_until(is_so, what):
    """Looks until it is so."""
    end = time.monotonic() + TIMEOUT_S
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError(f"it never came to that: {what}")
        os.sched_yield()


def children_of(pid):
    """The processes that one of this process's threads started."""
    found = []
    for thread in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, thread.read_text().split())
        except OSError:
            pass  # it ended meanwhile
    return found


class Faults(Case):
    """A test has one folder; each run in it writes out.txt and failed.jsonl anew."""

    def run_it(self, text, *words, **options):
        """Returns (exit status, stderr); out.txt and failed.jsonl of an earlier run are gone before."""
        for name in ("out.txt", "out.txt.part", "failed.jsonl"):
            (self.folder / name).unlink(missing_ok=True)
        self.write("faults.yaml", text)
        status, out, err = self.papy("run", "faults.yaml", "--progress", "never", *words, **options)
        self.assertEqual(out, "")
        return status, err

    def make_gate(self):
        """A new one, which is closed."""
        gate = self.folder / "go"
        gate.unlink(missing_ok=True)
        os.mkfifo(gate)
        self.addCleanup(gate.unlink, missing_ok=True)

    def lines(self, name="out.txt"):
        return self.read(name).splitlines()

    def failures(self):
        """What failed: the dead letters."""
        if not (self.folder / "failed.jsonl").exists():
            return []
        return [json.loads(line)["failure"] for line in self.lines("failed.jsonl")]

    def on_threads(self, text):
        """The lines that this workflow writes on threads, where nothing bad happens."""
        harmless = text.replace("type: process, workers: 2", "type: thread, workers: 2").replace(f"[{POISON}]", "[-1]")
        status, err = self.run_it(harmless)
        self.assertEqual(status, 0, err)
        return self.lines()

    def without_poison(self, text):
        """What the run must write: what threads do, without the poisoned item."""
        lines = self.on_threads(text)
        self.assertEqual(lines[POISON], str(POISON + 1))
        return lines[:POISON] + lines[POISON + 1:]

    def one_failure(self, text, kind, message, **expected):
        """Runs it: exactly the poisoned item fails, all others are as on threads and in their order."""
        status, err = self.run_it(text)
        self.assertEqual(status, 1, err)
        self.assertEqual(len(self.failures()), 1, self.failures())
        failure = self.failures()[0]
        wanted = dict({"piper": "last", "function": "faulty.deed", "kind": kind, "place": POISON, "inbox": [POISON],
                       "attempts": 1}, **expected)
        self.assertEqual({key: failure[key] for key in wanted}, wanted, failure)
        self.assertRegex(failure["message"], message)
        return err


class Running:
    """A run that goes on while the test looks at it and harms it."""

    def __init__(self, case, text, *words, **options):
        """It has a gate at which items may wait."""
        self.case = case
        case.write("faults.yaml", text)
        case.make_gate()
        self.process = case.start("run", "faults.yaml", "--progress", "never", *words, **options)
        case.addCleanup(self.end_for_sure)
        self.err = ""

    def end_for_sure(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def wait_for(self, text, ends=""):
        """Reads what it says until this text comes, and this behind it."""
        while ends not in self.err.partition(text)[2] or text not in self.err:
            ready, _, _ = select.select([self.process.stderr], [], [], TIMEOUT_S)
            more = os.read(self.process.stderr.fileno(), 1 << 16).decode() if ready else ""
            self.case.assertTrue(more, f"{text!r} was not said, but:\n{self.err}")
            self.err += more

    def at_the_gate(self):
        """The next process that comes to the gate."""
        self.wait_for("at the gate: ", ends="\n")
        pid, _, self.err = self.err.partition("at the gate: ")[2].partition("\n")
        return int(pid)

    def open_gate(self):
        """Lets the items go that wait at the gate, and all that will come there."""
        gate = os.open(self.case.folder / "go", os.O_RDWR)
        self.case.addCleanup(os.close, gate)

    def temporary(self):
        """The folder of its temporary files."""
        return pathlib.Path(self.case.watch.temporary.name)

    def guardian(self, but=None):
        """The process id of its guardian, when it is not this one any more."""
        while True:
            found = [pid for pid in children_of(self.process.pid) if is_guardian(pid) and pid != but]
            if found:
                return found[0]
            self.case.assertIsNone(self.process.poll(), "it ended without a guardian")

    def slots(self):
        """The process ids of its slots, as of now."""
        return [pid for guardian in children_of(self.process.pid) for pid in children_of(guardian)]

    def finish(self):
        """Waits for its end; returns (exit status, stderr)."""
        _, rest = self.process.communicate(timeout=TIMEOUT_S)
        self.err += rest
        return self.process.returncode, self.err


def is_guardian(pid):
    try:
        return b"guardian" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def kill(pid, number=signal.SIGKILL):
    """True when it was there to be killed."""
    try:
        os.kill(pid, number)
        return True
    except ProcessLookupError:
        return False
