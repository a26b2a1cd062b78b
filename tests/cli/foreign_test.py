#!/usr/bin/python3
"""Pools whose processes are other programs: Python functions as workers, and programs that are no good."""
import json
import os
import signal
import threading

from papy import ROOT, Case, main

try:
    import msgpack  # noqa: F401
    import zmq  # noqa: F401
except ImportError as missing:
    print(f"skipped: {missing}; python3-msgpack and python3-zmq are needed")
    raise SystemExit(77)

WORKER = str(ROOT / "tools" / "foreign_worker.py")

# The same functions as the plugin `core` has, as far as TWICE needs them.
CORE = '''
import json
import re
from foreign_worker import End, here

def words(text):
    yield from re.findall("[A-Za-z]+", text)

def join(*texts, separator=""):
    return separator.join(text if isinstance(text, str) else json.dumps(text, separators=(",", ":")) for text in texts)

def head(*values, n):
    return values[:n]

def take(value, n):
    if here.tasklet >= n:
        raise End
    return value

def object(*values, keys):
    return dict(zip(keys, values, strict=True))
'''

TWICE = """version: 1
name: twice
pools:
  p: {pool}
inputs:
  lines: {{source: io.read_lines, args: {{path: text.txt}}}}
  numbers: {{source: io.range, args: {{to: 3000}}}}
pipers:
  words: {{worker: core.words, from: lines, pool: p, produce: any}}
  groups: {{worker: core.join, from: [words, words], pool: p, consume: 3, args: {{separator: "-"}}}}
  heads: {{worker: [{{function: core.head, args: {{n: 2}}}}, {{function: core.join, args: {{separator: "+"}}}}],
          from: [groups, numbers], pool: p, spawn: 3}}
  first: {{worker: core.take, from: numbers, pool: p, args: {{n: 700}}}}
  same: {{worker: core.join, from: first, pool: p}}
  pairs: {{worker: core.object, from: [heads, same], pool: p, args: {{keys: [head, number]}}}}
outputs:
  heads_out: {{sink: io.write_jsonl, from: heads, args: {{path: heads.jsonl}}}}
  pairs_out: {{sink: io.write_jsonl, from: pairs, args: {{path: pairs.jsonl}}}}
"""

NUMBERS = """version: 1
name: numbers
pools:
  py: {{type: process, {pool}}}
inputs:
  numbers: {{source: io.range, args: {{to: {to}}}}}
pipers:
{pipers}
outputs:
  out: {{sink: io.write_jsonl, from: {last}, args: {{path: out.jsonl}}}}
run: {{dead_letters: failed.jsonl}}
"""


class Foreign(Case):
    def run_numbers(self, functions, pipers, last="a", to=10, pool="", workers=2, words=(WORKER, "functions.py"), status=0):
        """Runs Python functions over numbers; returns (what was written, what papy said)."""
        self.write("functions.py", functions)
        pool = ", ".join(filter(None, [f"workers: {workers}", "command: " + json.dumps(list(words)), pool]))
        lines = "".join(f"  {line.strip()}\n" for line in pipers.strip().splitlines())
        self.write("numbers.yaml", NUMBERS.format(pool=pool, pipers=lines, last=last, to=to))
        done = self.papy("run", "numbers.yaml")
        self.assertEqual((done[0], done[1]), (status, ""), done[2])
        out = self.folder / "out.jsonl"
        return [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else None, done[2]

    def assert_same_lines(self, given, wanted):
        """As assertEqual of two long texts, which takes minutes to show a difference."""
        for number, (one, other) in enumerate(zip(given.splitlines(), wanted.splitlines())):
            self.assertEqual(one, other, f"line {number}")
        self.assertEqual(len(given), len(wanted))

    def failures(self):
        return [json.loads(line)["failure"] for line in self.read("failed.jsonl").splitlines()]

    def check_stopped(self, message, **settings):
        """The run must stop by itself and say this, a regular expression."""
        self.part_files = "allowed"
        self.watch.part_files = "allowed"
        _, err = self.run_numbers("def same(v): return v", "a: {worker: py.same, from: numbers, pool: py}", status=3, **settings)
        self.assertRegex(err, message)


class Results(Foreign):
    def test_python_functions_give_what_the_same_functions_on_threads_give(self):
        self.write("text.txt", "".join(f"line {i} has {'many ' * (i % 7)}words\n\n" for i in range(500)))
        self.write("core.py", CORE)
        results = []
        for pool in ("{type: thread, workers: 2}", json.dumps({"type": "process", "workers": 2, "command": [WORKER, "core.py"]}),
                     json.dumps({"type": "process", "workers": 1, "command": [WORKER, "--plain", "core.py"]})):
            self.write("twice.yaml", TWICE.format(pool=pool))
            status, _, err = self.papy("run", "twice.yaml")
            self.assertEqual(status, 0, err)
            results.append((self.read("heads.jsonl"), self.read("pairs.jsonl")))
        self.assertEqual([len(text.splitlines()) for text in results[0]], [998, 700])
        for result in results[1:]:
            for given, wanted in zip(result, results[0], strict=True):
                self.assert_same_lines(given, wanted)

    def test_lists_and_iterators_are_several_values_and_repeat_is_one(self):
        functions = """
from foreign_worker import End
def pair(v): return v, -v
def upto(v): return range(v)
def none(v): return None
def fives(*values): return len(values)
def until(v):
    yield v
    if v == 4: raise End(99)
"""
        pipers = """
            a: {worker: py.pair, from: numbers, pool: py, produce: 2}
            b: {worker: py.upto, from: numbers, pool: py, produce: any}
            c: {worker: py.none, from: numbers, pool: py, produce: any}
            d: {worker: py.fives, from: numbers, pool: py, consume: 4, produce: 2, repeat: true}
            e: {worker: py.until, from: numbers, pool: py, produce: any}
        """
        expected = {"a": [w for v in range(10) for w in (v, -v)], "b": [w for v in range(10) for w in range(v)], "c": [],
                    "d": [4, 4, 4, 4, 2, 2], "e": [0, 1, 2, 3, 4, 99]}
        for last, values in expected.items():
            used = "\n".join(line for line in pipers.splitlines() if line.strip().startswith(last))
            self.assertEqual(self.run_numbers(functions, used, last)[0], values)

    def test_arguments_arrive_by_name_and_relative_files_are_next_to_the_document(self):
        (self.folder / "deep").mkdir()
        self.write("deep/helper.py", "FACTOR = 3")
        functions = "def unused(): pass"
        self.write("deep/mine.py", "import helper\ndef times(v, plus, deep): return [v * helper.FACTOR + plus, deep]")
        pipers = "a: {worker: py.times, from: numbers, pool: py, args: {plus: 1, deep: {x: [1.5, null, 'yes']}}}"
        written, _ = self.run_numbers(functions, pipers, to=2, words=(WORKER, "deep/mine.py"))
        self.assertEqual(written, [[1, {"x": [1.5, None, "yes"]}], [4, {"x": [1.5, None, "yes"]}]])

    def test_large_items_come_and_go_with_and_without_shared_memory(self):
        functions = """
import os
def large(v): return (b"%d " % v) * (40_000 * (v % 4))
def both(*values): return values[0] + values[1]
def length(value): return [value[:2].decode(), len(value)]
"""
        pipers = """
            a: {worker: py.large, from: numbers, pool: py}
            b: {worker: py.both, from: [a, a], pool: py, consume: 1}
            c: {worker: py.length, from: b, pool: py}
        """
        wanted = [[f"{v} " if v % 4 else "", 160_000 * (v % 4)] for v in range(10)]
        for words in ((WORKER, "functions.py"), (WORKER, "--plain", "functions.py")):
            written, _ = self.run_numbers(functions, pipers, "c", words=words)
            self.assertEqual(written, wanted)

    def test_what_a_function_prints_is_shown_under_its_slots_name(self):
        _, err = self.run_numbers("def say(v): print('value', v); return v", "a: {worker: py.say, from: numbers, pool: py}", to=1)
        self.assertRegex(err, r"(?m)^py\[[01]\]: value 0$")


class Failing(Foreign):
    def test_an_exception_is_a_failure_with_its_last_line_and_its_inbox(self):
        functions = "def half(v):\n    if v % 3 == 0: raise ValueError(f'no half of {v}')\n    return v / 2"
        pipers = """
            a: {worker: py.half, from: numbers, pool: py}
            b: {worker: py.half, from: [a], pool: py, consume: 1}
        """
        written, _ = self.run_numbers(functions, pipers, "b", to=7, status=1)
        self.assertEqual(written, [0.25, 0.5, 1.0, 1.25])
        failed = [(each["piper"], each["function"], each["kind"], each["message"], each["inbox"], each["place"], each["hops"])
                  for each in self.failures()]
        self.assertEqual(failed, [("a", "py.half", "error", f"ValueError: no half of {v}", [v], v, 1) for v in (0, 3, 6)])

    def test_retries_skips_and_what_is_never_tried_again(self):
        functions = """
from foreign_worker import Fail, Retry, Skip, here
def moody(v):
    if v == 1 and here.attempt < 3: raise Retry("not yet")
    if v == 2 and here.attempt < 2: raise OSError("busy")
    if v == 3: raise Skip
    if v == 4: raise Fail("never", code=7)
    if v == 5: raise Retry("always")
    return [v, here.attempt]
"""
        for when, two in (("", [2, 2]), (", when: [timeout]", None)):
            limits = "timeout: 1m" if when else "deadline: 1m"
            pipers = f"a: {{worker: py.moody, from: numbers, pool: py, {limits}, retries: {{attempts: 3{when}}}}}"
            written, _ = self.run_numbers(functions, pipers, to=7, status=1)
            self.assertEqual(written, [each for each in ([0, 1], [1, 3], two, [6, 1]) if each])
            failed = [(each["place"], each["kind"], each.get("code", 0), each["message"], each["attempts"]) for each in self.failures()]
            expected = [(2, "error", 0, "OSError: busy", 1), (4, "fail", 7, "never", 1), (5, "retry", 0, "always", 3)]
            self.assertEqual(failed, [each for each in expected if each[0] != 2 or two is None])

    def test_failures_and_gaps_of_an_inbox_travel(self):
        functions = """
from foreign_worker import Skip
def picky(v):
    if v % 4 == 1: raise Skip
    if v % 4 == 2: raise ValueError(v)
    return v
def total(*values): return list(values)
"""
        pipers = """
            a: {worker: py.picky, from: numbers, pool: py}
            b: {worker: py.total, from: [a, numbers], pool: py, consume: 2}
            c: {worker: py.total, from: [a, numbers], pool: py, join: first}
        """
        written, _ = self.run_numbers(functions, pipers.replace("c:", "x-c:").splitlines()[1] + "\n" + pipers.splitlines()[2], "b",
                                      to=9, status=1)
        self.assertEqual(written, [[0, 0], [4, 4], [8, 8]])
        self.assertEqual([(each["place"], each["piper"], each["hops"]) for each in self.failures()], [(2, "a", 1), (6, "a", 1)])
        written, _ = self.run_numbers(functions, pipers.splitlines()[1] + "\n" + pipers.splitlines()[3], "c", to=4, status=1)
        self.assertEqual(written, [[0], [1], [3]])

    def test_results_that_are_not_results_fail(self):
        functions = """
import sys
def odd(v):
    if v == 0: return object()
    if v == 1: return 1, 2, 3
    if v == 2: return "ab"
    if v == 3:
        deep = []
        for _ in range(64): deep = [deep]
        return [deep, deep]
    if v == 4: sys.exit(3)
    return v, v
"""
        written, _ = self.run_numbers(functions, "a: {worker: py.odd, from: numbers, pool: py, produce: 2}", to=6, status=1)
        self.assertEqual(written, [5, 5])
        self.assertEqual([(each["place"], each["kind"], each["message"]) for each in self.failures()][::2], [
            (0, "bad-result", "gives object where produce wants a list of values"),
            (1, "bad-result", "gives 3 values, not 2: expected 'produce: 3' or 'produce: any'"),
            (2, "bad-result", "gives str where produce wants a list of values"),
            (3, "bad-result", "gives a value that is nested deeper than 64"),
            (4, "error", "SystemExit: 3")])

    def test_long_texts_are_cut_and_what_a_terminal_would_act_on_is_escaped(self):
        functions = """
import sys
def bad(v):
    print("\\x1b[2Jred\\ttape", file=sys.stderr, flush=True)
    raise ValueError("\\x1b[31m" + "x" * 1000000)
"""
        _, err = self.run_numbers(functions, "a: {worker: py.bad, from: numbers, pool: py}", to=1, status=1)
        self.assertNotIn("\x1b", err)
        self.assertRegex(err, r"\\x1b\[2Jred\ttape\n")
        self.assertRegex(err, r"\\x1b\[31mxxx+\.\.\. \(\d+ bytes left out\), first at place 0")
        self.assertLess(len(err), 6000)
        message = self.failures()[0]["message"]
        self.assertLessEqual(len(message), 4096)
        self.assertIn("\x1b[31mxxx", message)
        self.watch.part_files = "allowed"
        functions = "from foreign_worker import Fatal\ndef bad(v):\n    raise Fatal('\\x1b[31m' + 'x' * 1000000)"
        _, err = self.run_numbers(functions, "a: {worker: py.bad, from: numbers, pool: py}", status=3)
        self.assertNotIn("\x1b", err)
        self.assertIn("bytes left out)", err)
        self.assertLess(len(err), 10000)

    def test_a_fatal_exception_and_on_error_stop_end_the_run(self):
        functions = "from foreign_worker import Fatal\ndef bad(v):\n    if v == 3: raise Fatal('no licence')\n    return v"
        self.watch.part_files = "allowed"
        _, err = self.run_numbers(functions, "a: {worker: py.bad, from: numbers, pool: py}", status=3)
        self.assertIn("piper 'a': py.bad: no licence", err)
        functions = "def bad(v):\n    return 1 // (v - 3)"
        _, err = self.run_numbers(functions, "a: {worker: py.bad, from: numbers, pool: py, on_error: stop}", status=3)
        self.assertIn("piper 'a' failed at item 3 and says on_error: stop: ZeroDivisionError: integer division or modulo by zero", err)


class Dying(Foreign):
    functions = """
import os, time
def mortal(v):
    if v == 137: os._exit(7)
    if v == 411: print("I am done for"); os.abort()
    return v
def sleepy(v):
    while v == 5: time.sleep(1000)
    return v
"""

    def check_deaths(self, words):
        pipers = """
            a: {worker: py.mortal, from: numbers, pool: py}
            b: {worker: py.mortal, from: a, pool: py}
        """
        written, _ = self.run_numbers(self.functions, pipers, "b", to=600, words=words, pool="max_crashes: 2", status=1)
        self.assertEqual(written, [v for v in range(600) if v not in (137, 411)])
        first, second = self.failures()
        self.assertEqual([first["place"], first["kind"], first["piper"], first["code"]], [137, "crash", "a", 7])
        self.assertEqual([second["place"], second["kind"], second["piper"], second["code"]], [411, "crash", "a", signal.SIGABRT])
        self.assertIn("its process ended with exit code 7 in py.mortal", first["message"])
        self.assertIn("its process was killed by signal 6 (SIGABRT) in py.mortal; its last words:\nI am done for", second["message"])

    def test_a_function_that_ends_its_process_takes_only_its_item_along(self):
        self.check_deaths((WORKER, "functions.py"))

    def test_the_same_by_messages_alone(self):
        self.check_deaths((WORKER, "--plain", "functions.py"))

    def test_a_function_that_hangs_is_ended_and_only_its_item_is_late(self):
        pipers = "a: {worker: py.sleepy, from: numbers, pool: py, timeout: 300ms, on_error: fail}"
        for words in ((WORKER, "functions.py"), (WORKER, "--plain", "functions.py")):
            written, _ = self.run_numbers(self.functions, pipers, to=20, words=words, status=1)
            self.assertEqual(written, [v for v in range(20) if v != 5])
            self.assertEqual([(each["place"], each["kind"], each["function"]) for each in self.failures()], [(5, "timeout", "py.sleepy")])

    def test_a_process_that_is_killed_from_outside_costs_nothing(self):
        functions = """
import os, time
def held(v):
    if v == 50 and not os.path.exists("killed"):
        with open("pid", "w") as pid: pid.write(str(os.getpid()))
        while True: time.sleep(1000)
    return v
"""
        os.mkfifo(self.folder / "pid")

        def kill():
            pid = int(self.read("pid"))  # waits until somebody writes it
            self.write("killed", "")
            os.kill(pid, signal.SIGKILL)

        killer = threading.Thread(target=kill, daemon=True)
        killer.start()
        written, _ = self.run_numbers(functions, "a: {worker: py.held, from: numbers, pool: py}", to=100)
        killer.join()
        os.unlink(self.folder / "pid")
        self.assertEqual(written, list(range(100)))


class State(Foreign):
    functions = """
import os
from foreign_worker import Retry, here
class Total:
    def __init__(self, start=0):
        self.total, self.tried = start, False
    def __call__(self, v):
        if v == 41 and not self.tried:
            self.tried = True
            raise Retry("once more")
        if v == 137: os.abort()
        self.total += v
        return [self.total]
    def flush(self):
        yield self.total
        yield -1
class Kept(Total):
    def save(self): return {"total": self.total, "tried": self.tried}
    def load(self, saved): self.total, self.tried = saved["total"], saved["tried"]
class Opened:
    opened = 0
    def __init__(self, by):
        Opened.opened += 1
        self.by = by
    def __call__(self, v): return [self.by * v, Opened.opened]
class Broken:
    def __init__(self): raise OSError("no disk")
    def __call__(self, v): return v
def negative(v): return -v
def many(v): return [v]
"""

    def test_a_class_is_opened_once_a_process(self):
        pipers = "a: {worker: py.Opened, from: numbers, pool: py, args: {by: 3}}"
        self.assertEqual(self.run_numbers(self.functions, pipers, to=200)[0], [[3 * v, 1] for v in range(200)])

    def test_a_class_that_cannot_be_opened_stops_the_run(self):
        self.write("broken.py", self.functions + "same = Broken")
        self.check_stopped(r"pool 'py': piper 'a': py\.same cannot be opened: OSError: no disk", words=(WORKER, "broken.py"))

    def test_state_is_of_the_whole_stream_and_flush_has_the_last_word(self):
        for words in ((WORKER, "functions.py"), (WORKER, "--plain", "functions.py")):
            pipers = "a: {worker: py.Total, from: numbers, pool: py, stateful: true, produce: any, args: {start: 5}, retries: {attempts: 2}}"
            written, _ = self.run_numbers(self.functions, pipers, to=130, words=words)
            self.assertEqual(written, [5 + v * (v + 1) // 2 for v in range(130)] + [5 + 129 * 130 // 2, -1])

    def test_replicas_and_chains_keep_their_own(self):
        pipers = "a: {worker: [py.negative, py.Kept, py.many], from: numbers, pool: py, stateful: true, produce: any, spawn: 3}"
        totals, wanted = [0, 0, 0], []
        for v in range(100):
            totals[v % 3] -= v
            wanted.append([totals[v % 3]])
        written, _ = self.run_numbers(self.functions, pipers, to=100, pool="recycle: 20")
        self.assertEqual(written, wanted + [last for total in totals for last in (total, -1)])

    def test_saved_state_outlives_a_crash(self):
        pipers = "a: {worker: py.Kept, from: numbers, pool: py, stateful: true, retries: {attempts: 2}}"
        for words in ((WORKER, "functions.py"), (WORKER, "--plain", "functions.py")):
            written, _ = self.run_numbers(self.functions, pipers, to=600, words=words, status=1)
            self.assertEqual(written, [[v * (v + 1) // 2 - (137 if v > 137 else 0)] for v in range(600) if v != 137])
            self.assertEqual([(each["place"], each["kind"], each["attempts"]) for each in self.failures()], [(137, "crash", 3)])

    def test_state_that_cannot_be_saved_is_lost_and_the_run_says_so(self):
        self.watch.part_files = "allowed"
        pipers = "a: {worker: py.Total, from: numbers, pool: py, stateful: true, retries: {attempts: 2}}"
        _, err = self.run_numbers(self.functions, pipers, to=600, status=3)
        self.assertRegex(err, r"piper 'a': its process was killed by signal 6 \(SIGABRT\) in py\.Total.*its state was lost with the process")


# A program that speaks the protocol as far as LINES say; %s.
RUDE = '''#!/usr/bin/python3
import os, struct, sys, msgpack, zmq
socket = zmq.Context().socket(zmq.DEALER)
socket.setsockopt(zmq.IDENTITY, os.environb[b"PAPY_SLOT"])
socket.connect(os.environ["PAPY_ENDPOINT"])
heard = []
def say(kind, *fields, major=1):
    socket.send(bytes((major, kind)) + msgpack.packb(fields))
def hear(kind):
    while True:
        if not heard:
            message = socket.recv()
            heard.extend(msgpack.unpackb(message[2:]) if message[1] == 13 else [message])
        message = heard.pop(0)
        if message[1] == 12:
            print("told:", msgpack.unpackb(message[2:])[0], flush=True)
        if message[1] == kind:
            return msgpack.unpackb(message[2:])
def frame(*values):
    payload = b"".join(map(msgpack.packb, values))
    ends = [0]
    for value in values:
        ends.append(ends[-1] + len(msgpack.packb(value)))
    pad = bytes(-len(payload) %% 4)
    return struct.pack("<4sIIIQ", b"paB1", len(values), 0, 0, len(payload)) + payload + pad + struct.pack(f"<{len(ends)}I", *ends)
def answer(**other):
    """A right answer to the next task, but for some fields."""
    task = hear(5)
    task_id, first, n = task[0], task[4], task[5]
    fields = dict(id=task_id, done=n, items=[frame(*range(first, first + n)), 0, n], counts=[], retry=[], retry_elapsed_ns=[], ended=False,
                  stop=None, stages=[[n, n, 0, 0, 0, 0, 5]], elapsed_ns=10, state=None, tired=False)
    say(7, *{**fields, **{key: value(n) if callable(value) else value for key, value in other.items()}}.values())
def welcome(page=False, shared=False):
    say(1, 0, "rude 1.0", os.getpid(), page, shared)
    hear(2)
    say(4, hear(3)[0])
%s
while True:
    hear(5)
'''


class Rude(Foreign):
    def rude(self, lines):
        self.write("rude", RUDE % lines)
        (self.folder / "rude").chmod(0o755)
        return ("./rude",)

    def test_another_major_version_is_refused_readably_on_both_sides(self):
        words = self.rude("say(1, 3, 'future 9.9', 1, False, False, major=2); hear(12)")
        self.check_stopped(r"pool 'py': a process cannot be used: it speaks protocol 2 \(future 9\.9\), this engine 1 \(papy [^)]*\)",
                           words=words)
        _, err = self.run_numbers("", "a: {worker: py.same, from: numbers, pool: py}", words=words, status=3)
        self.assertRegex(err, r"py\[[01]\]: told: it speaks protocol 2 \(future 9\.9\), this engine 1")

    def test_a_newer_minor_version_may_say_more(self):
        words = self.rude("""
say(1, 7, "newer 1.7", os.getpid(), False, False, {"abilities": ["flying"]})
hear(2)
say(4, hear(3)[0], "and more")
while True: answer(another_field=17)
""")
        written, _ = self.run_numbers("", "a: {worker: py.same, from: numbers, pool: py}", to=50, words=words)
        self.assertEqual(written, list(range(50)))

    def test_garbage_before_any_task_stops_the_run_and_does_not_spin(self):
        for garbage in ("b''", "b'x'", "b'\\x01\\x01\\x93'", "b'\\x01\\x63\\x90'", "b'\\x01\\x01\\x90' + bytes(300)", "bytes(1000)"):
            words = self.rude(f"print('I am rude', flush=True); socket.send({garbage})\nimport time\ntime.sleep(1000)")
            self.check_stopped(r"(?s)pool 'py': a process sent a message .*, like others before it, without a result; its last "
                               r"words:\nI am rude", words=words)

    def test_wrong_answers_are_crashes_of_what_they_answer(self):
        wrong = ["done=lambda n: n + 1", "done=0, items=None", "items=None", "counts=[1]", "retry=[0]", "retry_elapsed_ns=[1]",
                 "stages=[]", "stages=[[0] * 7]", "stages=[[1 << 60, 1, 0, 0, 0, 0, 5]]", "stages=[[1, 1, 1, 1, 0, 0, 5]]",
                 "stages=[[1, 1, 0, 0, 0, 0, 1 << 62]]", "elapsed_ns=(1 << 64) - 1", "items=[b'junk', 0, 1]",
                 "items=[frame(0), 0, 2]", "items=[[0, 0, 100], 0, 1]", "items=[frame(0)[:-1], 0, 1]", "ended=0", "id='x'"]
        self.assertEqual(len(wrong), 18)
        for each in wrong:
            words = self.rude(f"welcome()\nwhile True: answer({each})")
            _, err = self.run_numbers("", "a: {worker: py.same, from: numbers, pool: py}", to=1, words=words, pool="max_crashes: 1", status=1)
            (failed,) = self.failures()
            self.assertEqual((failed["kind"], failed["place"], failed["attempts"]), ("crash", 0, 1), each)
            self.assertRegex(failed["message"], "^its process sent (a result|items|a message)", each)

    def test_an_answer_to_nothing_and_one_given_twice_are_passed_over(self):
        words = self.rude("""
welcome()
say(7, 4711, 1, None, [], [], [], False, None, [[1, 0, 0, 0, 1, 0, 0]], 1, None, False)
say(8, 4712)
say(6, 4713, 1 << 31)
while True: answer()
""")
        written, _ = self.run_numbers("", "a: {worker: py.same, from: numbers, pool: py}", to=1, words=words)
        self.assertEqual(written, [0])

    def test_only_the_wrong_answers_item_fails(self):
        words = self.rude("""
welcome()
while True:
    task = hear(5)
    task_id, first, n = task[0], task[4], task[5]
    if first <= 77 < first + n:
        socket.send(b"oh no")
    else:
        say(7, task_id, n, [frame(*range(first, first + n)), 0, n], [], [], [], False, None, [[n, n, 0, 0, 0, 0, 5]], 10, None, False)
""")
        written, _ = self.run_numbers("", "a: {worker: py.same, from: numbers, pool: py}", to=200, words=words, status=1)
        self.assertEqual(written, [v for v in range(200) if v != 77])
        (failed,) = self.failures()
        self.assertEqual((failed["place"], failed["message"]), (77, "its process sent a message that is not valid msgpack"))

    def test_the_start_of_a_tasklet_that_does_not_exist_is_a_wrong_message(self):
        words = self.rude("welcome()\nwhile True: say(6, hear(5)[0], 1000000)")
        self.run_numbers("", "a: {worker: py.same, from: numbers, pool: py}", to=1, words=words, pool="max_crashes: 1", status=1)
        (failed,) = self.failures()
        self.assertEqual(failed["message"], "its process sent the start of tasklet 1000000 of a task of 1")

    def test_a_process_may_not_give_its_tasks_back(self):
        for lines, what in (("while True: say(8, hear(5)[0])", "returned a task that was not taken back"),
                            ("hear(5)\nsay(11)", "said BYE and had not answered all tasks")):
            words = self.rude(f"welcome()\n{lines}")
            self.run_numbers("", "a: {worker: py.same, from: numbers, pool: py}", to=1, words=words, pool="max_crashes: 1", status=1)
            (failed,) = self.failures()
            self.assertEqual(failed["message"], f"its process {what}")

    def test_a_page_full_of_nonsense_hurts_nobody(self):
        words = self.rude("""
import mmap, random, time
words = memoryview(mmap.mmap(4, 128)).cast("Q")
welcome(page=True)
while True:
    task = hear(5)
    words[0], words[1], words[2], words[3] = task[0], (1 << 64) - 1, time.monotonic_ns(), 1
    os._exit(9)
""")
        pipers = "a: {worker: py.same, from: numbers, pool: py, timeout: 1m}"
        self.run_numbers("", pipers, to=3, words=words, pool="max_crashes: 1", status=1)
        self.assertEqual([(each["place"], each["kind"], each["code"]) for each in self.failures()], [(v, "crash", 9) for v in range(3)])

    # The first process leaves somebody behind who answers the task that the second one has, with -1.
    LATE = """
def wrong(task_id, first, n):
    return [task_id, n, [frame(*[-1] * n), 0, n], [], [], [], False, None, [[n, n, 0, 0, 0, 0, 5]], 10, None, False]
def ghost():
    os.setsid()
    os.write(out, b"!")
    os.closerange(3, 256)
    with open("go") as go: task = json.load(go)
    context = zmq.Context()
    late = context.socket(zmq.DEALER)
    late.setsockopt(zmq.IDENTITY, os.environb[b"PAPY_SLOT"])
    late.connect(os.environ["PAPY_ENDPOINT"])
    late.send(bytes((1, 7)) + msgpack.packb(wrong(*task)))
    late.close(linger=-1)
    context.term()  # it has left this process
    with open("sent", "w"): pass
    os._exit(0)
import json
welcome()
if not os.path.exists("haunted"):
    open("haunted", "w").close()
    hear(5)
    into, out = os.pipe()
    if os.fork() == 0: ghost()
    os.read(into, 1)  # it is not of this group any more
    os._exit(1)
task = hear(5)
mine = (task[0], task[4], task[5])
with open("go", "w") as go: json.dump(mine, go)
with open("sent"): pass
%s
heard.insert(0, bytes((1, 5)) + msgpack.packb(task))
while True: answer()
"""

    def run_late(self, lines):
        for name in ("go", "sent"):
            os.mkfifo(self.folder / name)
        words = self.rude(self.LATE % lines)
        try:
            return self.run_numbers("", "a: {worker: py.same, from: numbers, pool: py}", to=40, words=words, workers=1)[0]
        finally:
            for name in ("go", "sent"):
                os.unlink(self.folder / name)

    def test_what_comes_late_under_the_name_of_a_process_that_is_gone_is_nothing(self):
        self.assertEqual(self.run_late(""), list(range(40)))

    def test_sabotage_the_same_under_the_name_of_the_process_that_has_the_task_is_taken(self):
        """What the test above would see if names were used again."""
        written = self.run_late("say(7, *wrong(*mine))")
        self.assertEqual(len(written), 40)
        self.assertIn(-1, written)


class Useless(Foreign):
    def test_a_program_that_does_not_exist_is_named(self):
        self.write("functions.py", "")
        self.write("numbers.yaml", NUMBERS.format(pool="command: [no-such-program]", last="a", to=1,
                                                  pipers="  a: {worker: py.same, from: numbers, pool: py}"))
        status, _, err = self.papy("run", "numbers.yaml")
        self.assertEqual(status, 2)
        self.assertIn("program 'no-such-program' cannot be had: it is not on PATH", err)

    def test_a_program_that_prints_and_knows_no_protocol_is_told_with_what_it_printed(self):
        self.check_stopped(r"(?s)py\[0\]: 1\n.*pool 'py': a process ended with exit code 0 before it said hello; does "
                           r"'/.*/seq' speak the protocol that a pool's command must\?; its last words:\n1\n2\n3 \(run",
                           words=("seq", "3"))

    def test_a_program_that_ends_at_once_is_told_with_its_last_words(self):
        self.check_stopped(r"(?s)pool 'py': a process ended with exit code 5 before it said hello; .*; its last words:\nnot today",
                           words=("sh", "-c", "echo not today; exit 5"))

    def test_a_program_that_ends_well_is_no_better(self):
        self.check_stopped(r"pool 'py': a process ended with exit code 0 before it said hello; does '/.*/true' speak", words=("true",))

    def test_a_program_that_never_says_hello_is_not_waited_for(self):
        self.check_stopped(r"pool 'py': a process did not say hello within 30s; does '/.*/sleep' speak the protocol", words=("sleep", "1000"))

    def test_python_that_cannot_be_loaded_stops_the_run(self):
        self.check_stopped(r"pool 'py': cannot load nowhere\.py: FileNotFoundError", words=(WORKER, "nowhere.py"))
        self.check_stopped(r"pool 'py': cannot load nowhere: ModuleNotFoundError: No module named 'nowhere'", words=(WORKER, "nowhere"))
        self.write("wrong.py", "def x(:")
        self.check_stopped(r"pool 'py': cannot load wrong\.py: SyntaxError", words=(WORKER, "wrong.py"))

    def test_a_function_that_is_not_there_is_told_with_the_nearest_name(self):
        self.write("other.py", "def sane(v): return v")
        self.check_stopped(r"pool 'py': piper 'a': other has no function 'same'; did you mean 'sane'\?", words=(WORKER, "other.py"))

    def test_the_worker_by_hand_says_what_it_is_for(self):
        import subprocess
        done = subprocess.run([WORKER, "x.py"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("papy starts this program: name it as the `command` of a pool of type process", done.stderr)


if __name__ == "__main__":
    main()
