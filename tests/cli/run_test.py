#!/usr/bin/python3
"""papy run: what it writes, what it says, and how it ends."""
import itertools
import json
import os
import pty
import re
import signal
import subprocess

from papy import FIXTURES, TIMEOUT_S, Case, main

EXAMPLE = os.path.join(FIXTURES, "libexample.so")

COUNT = """version: 1
name: count
inputs:
  numbers: {source: io.range, args: {to: 1000}}
pipers:
  same: {worker: core.ident, from: numbers}
outputs:
  out: {sink: io.write_lines, from: same, args: {path: out.txt}}
"""

# half() fails for what is below zero: three of ten.
HALVES = f"""version: 1
name: halves
plugins:
  example: {{path: {EXAMPLE}}}
inputs:
  numbers: {{source: io.range, args: {{from: -6, to: 14, step: 2}}}}
pipers:
  half: {{worker: example.half, from: numbers}}
outputs:
  out: {{sink: io.stdout, from: half}}
"""


def without_what_varies(text):
    """Times, rates and run ids change from run to run."""
    text = re.sub(r"\d{8}-\d{6}\.\d{3}-[0-9a-f]{6}", "RUN", text)
    text = re.sub(r"\d+(\.\d+)? (ns|us|ms|s)\b", "TIME", text)
    text = re.sub(r"bottleneck: .*", "bottleneck: ...", text)
    lines = [re.sub(r"  +", " ", line) for line in text.splitlines()]
    return [re.sub(r" (TIME|-) (\d+%|-) (TIME|-)$", " TIMES", line) for line in lines]


class Run(Case):
    def test_a_run_writes_its_output_and_tells_what_it_did(self):
        self.write("count.yaml", COUNT)
        status, out, err = self.papy("run", "count.yaml")
        self.assertEqual((status, out), (0, ""))
        self.assertEqual(self.read("out.txt"), "".join(f"{i}\n" for i in range(1000)))
        self.assertEqual(without_what_varies(err), [
            "count: finished in TIME (run RUN)", "",
            "input read", "numbers 1000", "",
            "piper in out failed skipped each share waited", "same 1000 1000 0 0 TIMES", "bottleneck: ...", "",
            "output length written failed gaps not done", "out 1000 1000 0 0 0"])
        self.assertEqual(self.listing(), ["count.yaml", "out.txt"])

    def test_a_library_that_dies_when_it_is_loaded_cannot_take_papy_along_on_a_pool_of_processes(self):
        library = os.path.join(FIXTURES, "libdies_at_load.so")
        for kind in ("thread", "process"):
            self.write(f"{kind}.yaml", f"""version: 1
plugins:
  dies: {{path: {library}}}
pools:
  cpu: {{type: {kind}}}
inputs:
  numbers: {{source: io.range, args: {{to: 3}}}}
pipers:
  trim: {{worker: dies.trim, from: numbers, pool: cpu}}
outputs:
  out: {{sink: io.stdout, from: trim}}
""")
            self.check(["lint", f"{kind}.yaml"], 0)
            status, _, err = self.papy("plan", f"{kind}.yaml")
            self.assertEqual((status, err), (0, ""))
        self.check(["run", "thread.yaml"], -signal.SIGABRT,
                   err="the licence server does not answer\n"
                       f"error: killed by SIGABRT in plugin 'dies' ({os.path.realpath(library)}) while it was loaded; "
                       "functions that may crash belong in a pool of type process\n")
        status, out, err = self.papy("run", "process.yaml")
        self.assertEqual((status, out), (3, ""))
        self.assertIn("pool 'cpu': a process was killed by signal 6 (SIGABRT) while it loaded dies.trim", err)

    def test_paths_are_relative_to_the_document(self):
        (self.folder / "sub").mkdir()
        self.write("sub/count.yaml", COUNT)
        self.assertEqual(self.papy("run", "sub/count.yaml")[0], 0)
        self.assertEqual(self.listing("sub"), ["sub/count.yaml", "sub/out.txt"])

    def test_quiet_is_quiet(self):
        self.write("count.yaml", COUNT)
        self.check(["run", "count.yaml", "--quiet"], 0)

    def test_the_document_can_come_from_stdin(self):
        self.check(["run", "-", "-q"], 0, stdin=COUNT)
        self.assertEqual(self.listing(), ["out.txt"])

    def test_failed_items_are_counted_kept_and_told(self):
        self.write("halves.yaml", HALVES)
        status, out, err = self.papy("run", "halves.yaml")
        self.assertEqual((status, out), (1, "0\n1\n2\n3\n4\n5\n6\n"))
        lines = without_what_varies(err)
        self.assertIn("half 10 10 3 0 TIMES", lines)
        self.assertIn("out 10 7 3 0 0", lines)
        self.assertEqual(lines[-2:], [
            "failed: 3 items at 'half' (example.half, fail 7): is negative, first at place 0 of 'out'",
            "the failed items are in .papy/runs/RUN/failed.jsonl"])
        runs = self.listing(".papy/runs")
        self.assertEqual(len(runs), 1)
        letters = [json.loads(line) for line in self.read(runs[0] + "/failed.jsonl").splitlines()]
        self.assertEqual(letters[1], {
            "run": os.path.basename(runs[0]), "output": "out", "place": 1, "failure": {
                "piper": "half", "function": "example.half", "kind": "fail", "code": 7, "message": "is negative",
                "place": 1, "attempts": 1, "hops": 0, "inbox": [-4]}})
        self.assertEqual([letter["failure"]["inbox"] for letter in letters], [[-6], [-4], [-2]])

    def test_failed_items_are_told_even_when_quiet(self):
        self.write("halves.yaml", HALVES + "run: {dead_letters: letters/failed.jsonl}\n")
        status, _, err = self.papy("run", "halves.yaml", "-q")
        self.assertEqual(status, 1)
        self.assertEqual(err, f"error: 3 items failed, see {self.folder}/letters/failed.jsonl\n")
        self.assertEqual(len(self.read("letters/failed.jsonl").splitlines()), 3)
        self.assertFalse((self.folder / ".papy").exists())

    def test_nothing_is_said_to_be_written_of_an_output_that_could_not_be_written_to_its_end(self):
        self.write("count.yaml", COUNT.replace("path: out.txt", "path: /dev/full"))
        status, _, err = self.papy("run", "count.yaml")
        self.assertEqual(status, 5)
        self.assertIn("out 1000 incomplete 0 0 >= 0", without_what_varies(err))
        self.assertNotIn("provisional", err)

    def test_a_run_that_stops_by_itself_and_writes_no_file_speaks_of_none(self):
        self.write("halves.yaml", HALVES + "run: {max_failures: 0}\n")
        status, _, err = self.papy("run", "halves.yaml")
        self.assertEqual(status, 3)
        self.assertNotIn("not complete", err)
        self.assertNotIn("provisional", err)

    def test_too_many_failures_stop_the_run(self):
        self.write("halves.yaml", HALVES.replace("from: -6", "from: -1000") + "run: {max_failures: 2}\n")
        status, _, err = self.papy("run", "halves.yaml")
        self.assertEqual(status, 3)
        self.assertRegex(err, r"halves: stopped after .*: \d+ items failed, run.max_failures allows 2 \(run ")
        status, _, err = self.papy("run", "halves.yaml", "-q")
        self.assertEqual(status, 3)
        self.assertRegex(err, r"^error: \d+ items failed, run.max_failures allows 2\n$")

    def test_what_failed_before_a_run_stopped_is_in_the_dead_letters(self):
        for stop, pool in itertools.product(["max_failures: 2", ""], ["thread", "process"]):
            with self.subTest(stop=stop, pool=pool):
                (self.folder / "letters.jsonl").unlink(missing_ok=True)
                keys = ", pool: cpu" + ("" if stop else ", on_error: stop")
                text = HALVES.replace("from: -6", "from: -1000").replace("from: numbers", "from: numbers" + keys)
                self.write("halves.yaml", text + f"pools: {{cpu: {{type: {pool}, workers: 2}}}}\n"
                           f"run: {{dead_letters: letters.jsonl{', ' if stop else ''}{stop}}}\n")
                status, _, err = self.papy("run", "halves.yaml", "-q")
                self.assertEqual(status, 3, err)
                said = int(re.search(r"(\d+) items failed", err)[1]) if stop else 1
                letters = [json.loads(line) for line in self.read("letters.jsonl").splitlines()]
                places = [letter["failure"]["place"] for letter in letters]
                self.assertGreaterEqual(len(places), said)
                self.assertEqual(len(set(places)), len(places))
                for letter in letters:
                    self.assertIn(letter["output"], ["out", None])

    def test_a_file_that_cannot_be_opened_is_told_before_anything_runs(self):
        self.write("count.yaml", COUNT.replace("out.txt", "no/such/folder/out.txt"))
        status, out, err = self.papy("run", "count.yaml", "-q")
        self.assertEqual((status, out), (5, ""))
        self.assertRegex(err, r"^error: output 'out': [^\n]*: the directory '[^\n']*/no/such/folder' does not exist\n$")
        self.write("lines.yaml", COUNT.replace("io.range, args: {to: 1000}", "io.read_lines, args: {path: none.txt}"))
        status, out, err = self.papy("run", "lines.yaml", "-q")
        self.assertEqual((status, out), (5, ""))
        self.assertRegex(err, r"^error: [^\n]*none.txt[^\n]*no such file or directory\n$")
        self.assertEqual(self.listing(), ["count.yaml", "lines.yaml"])

    def test_a_reader_that_wants_no_more_ends_the_run_quietly(self):
        self.write("many.yaml", HALVES.replace("from: -6, to: 14", "to: 10000000"))
        with self.start("run", "many.yaml") as process:
            self.assertEqual(process.stdout.readline(), "0\n")
            process.stdout.close()
            self.assertEqual(process.stderr.read(), "")
        self.assertEqual(process.returncode, 141)

    def test_events_tell_the_whole_run(self):
        self.write("halves.yaml", HALVES)
        self.assertEqual(self.papy("run", "halves.yaml", "--events", "run.jsonl")[0], 1)
        events = [json.loads(line) for line in self.read("run.jsonl").splitlines()]
        kinds = [event["event"] for event in events]
        self.assertEqual(kinds[:2], ["run", "plan"])
        self.assertEqual(kinds[-1], "end")
        self.assertLessEqual({"batch", "failure", "input", "piper", "output"}, set(kinds))
        self.assertEqual(events[0]["workflow"], "halves")
        self.assertEqual(events[1]["pipers"][0]["functions"], ["example.half"])
        self.assertEqual(sum(e["tasklets"] for e in events if e["event"] == "batch"), 10)
        self.assertEqual([e["failure"]["inbox"] for e in events if e["event"] == "failure"], [[-6], [-4], [-2]])
        last = {(e["event"], e["name"]): e for e in events if "name" in e}
        self.assertEqual(last["input", "numbers"]["items"], 10)
        self.assertEqual((last["piper", "half"]["in"], last["piper", "half"]["failed"]), (10, 3))
        end = events[-1]
        self.assertEqual((end["ending"], end["exit_code"]), ("finished", 1))
        self.assertEqual(end["outputs"], [{"name": "out", "length": 10, "length_known": True, "written": 7,
                                           "failed": 3, "gaps": 0, "not_done": 0}])
        self.assertEqual(end["failures"], [{"piper": "half", "function": "example.half", "kind": "fail", "code": 7,
                                            "count": 3, "example": "is negative"}])
        times = [event["t"] for event in events if event["event"] in ("run", "plan", "end")]
        self.assertEqual(times, sorted(times))

    def test_events_that_cannot_be_written_are_told(self):
        self.write("count.yaml", COUNT)
        self.check(["run", "count.yaml", "-q", "--events", "no/such/file"], 5,
                   err="error: cannot write 'no/such/file': No such file or directory\n")
        status, _, err = self.papy("run", "count.yaml", "--events", "/dev/full")
        self.assertEqual(status, 0)
        self.assertIn("warning: cannot write '/dev/full': No space left on device: "
                      "events are not written any more\n", err)

    def on_a_terminal(self, *words, **environment):
        """All that papy shows on a terminal of 80 columns."""
        ours, its = pty.openpty()
        process = self.start(*words, stdout=its, stderr=its, env={**self.environment, **environment})
        os.close(its)
        shown = b""
        while True:
            try:
                more = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not more:
                break
            shown += more
        os.close(ours)
        process.wait(timeout=TIMEOUT_S)
        for stream in (process.stdin, process.stdout, process.stderr):
            self.assertIsNone(stream)
        return shown.decode()

    def test_colours_only_where_they_are_wanted(self):
        self.write("bad.yaml", COUNT.replace("core.ident", "core.idnt"))
        words = ("run", "bad.yaml")
        self.assertIn("\x1b[", self.on_a_terminal(*words, TERM="xterm"))
        self.assertNotIn("\x1b[", self.on_a_terminal(*words, TERM="xterm", NO_COLOR="1"))
        self.assertNotIn("\x1b[", self.on_a_terminal(*words, TERM="dumb"))
        self.assertNotIn("\x1b[", self.papy(*words)[2])

    def test_a_library_that_cannot_be_loaded_is_told_before_anything_runs(self):
        for name in ("init_fails", "missing_dependency", "abi_2"):
            with self.subTest(name):
                path = os.path.join(FIXTURES, f"lib{name}.so")
                self.write("f.yaml", HALVES.replace(EXAMPLE, path).replace("example.half", "example.trim"))
                status, out, err = self.papy("run", "f.yaml", "-q")
                self.assertEqual((status, out), (2, ""))
                self.assertIn("error", err)


if __name__ == "__main__":
    main()
