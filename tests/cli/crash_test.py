#!/usr/bin/python3
"""A function that ends the whole process: papy says which, and ends by that signal."""
import os
import re
import resource
import signal

from papy import FIXTURES, Case, main

CRASHES = os.path.join(FIXTURES, "libcrashes.so")
DOCUMENT = """version: 1
name: crash
plugins:
  crashes: {path: LIBRARY}
inputs:
  numbers: {source: SOURCE}
pools:
  cpu: {type: thread, workers: 2, stride: 1}
pipers:
  same:    {worker: core.ident, from: numbers, pool: cpu}
  doubtful: {worker: crashes.FUNCTION, from: same, pool: cpu}
outputs:
  out: {sink: io.write_lines, from: doubtful, args: {path: out.txt}}
"""
ADVICE = "functions that may crash belong in a pool of type process\n"


class Crash(Case):
    part_files = "allowed"  # nobody is left to finish them

    def run_document(self, function, source="io.range, args: {to: 100}", stride=1):
        text = DOCUMENT.replace("stride: 1", f"stride: {stride}").replace("LIBRARY", CRASHES).replace("FUNCTION", function).replace("SOURCE", source)
        self.write("crash.yaml", text)
        return self.papy("run", "crash.yaml")

    def test_the_function_and_the_item_are_named(self):
        for function, number in [("segfault", signal.SIGSEGV), ("give_up", signal.SIGABRT),
                                 ("divide", signal.SIGFPE), ("overflow", signal.SIGSEGV)]:
            with self.subTest(function):
                status, _, err = self.run_document(function)
                self.assertEqual(status, -number)
                self.assertIn(f"error: killed by {number.name} in crashes.{function} (piper 'doubtful', item 17); "
                              + ADVICE, err)

    def test_of_a_call_with_many_items_the_range_is_named(self):
        status, _, err = self.run_document("segfault", stride=1000)
        self.assertEqual(status, -signal.SIGSEGV)
        named = re.search(r"in crashes\.segfault \(piper 'doubtful', one of the items (\d+) to (\d+)\); " + ADVICE, err)
        self.assertIsNotNone(named, err)
        self.assertTrue(int(named[1]) <= 17 <= int(named[2]), named[0])

    def test_a_function_that_calls_exit_cannot_make_the_run_look_well(self):
        status, _, err = self.run_document("leave")
        self.assertEqual(status, 3)
        self.assertIn("error: exit(0) called in crashes.leave (piper 'doubtful', item 17); functions that end the "
                      "process belong in a pool of type process\n", err)
        self.assertFalse((self.folder / "out.txt").exists())

    def test_a_child_of_a_function_may_call_exit(self):
        status, _, err = self.run_document("fork_a_child")
        self.assertEqual(status, 0, err)
        self.assertEqual(self.read("out.txt").splitlines()[16:19], ["16", "0", "18"])

    def test_a_function_called_by_hand_is_named_too(self):
        self.check(["call", f"{CRASHES}.segfault", "16", "17"], -signal.SIGSEGV, out="16\n",
                   err="error: killed by SIGSEGV in crashes.segfault (call 2); " + ADVICE)
        self.check(["call", f"{CRASHES}.leave", "17"], 3,
                   err="error: exit(0) called in crashes.leave (call 1); functions that end the process belong in a "
                       "pool of type process\n")

    def test_what_does_not_crash_says_nothing(self):
        status, _, err = self.run_document("segfault", "io.range, args: {to: 17}")
        self.assertEqual(status, 0)
        self.assertNotIn("killed by", err)

    def test_a_crash_beside_the_functions_blames_none(self):
        self.write("crash.yaml", DOCUMENT.replace("LIBRARY", CRASHES).replace("FUNCTION", "segfault")
                   .replace("SOURCE", "io.read_lines, args: {path: pipe}"))
        os.mkfifo(self.folder / "pipe")
        process = self.start("run", "crash.yaml", "--events", "events")
        self.addCleanup(process.kill)
        with open(self.folder / "pipe", "wb", buffering=0):  # it is open there, too: the run has begun
            process.send_signal(signal.SIGSEGV)
            _, err = process.communicate()
        os.unlink(self.folder / "pipe")
        self.assertEqual(process.returncode, -signal.SIGSEGV)
        self.assertIn("error: killed by SIGSEGV outside of the pipers' functions: in a source, a sink, or papy itself\n",
                      err)

    def test_a_thread_that_cannot_be_started_stops_the_run(self):
        self.write("many.yaml", DOCUMENT.replace("workers: 2, stride: 1", "workers: 1000").replace("LIBRARY", CRASHES)
                   .replace("FUNCTION", "segfault").replace("SOURCE", "io.range, args: {to: 0}"))
        little = 1 << 30  # each thread has a stack of 8 MiB, usually
        status, _, err = self.papy("run", "many.yaml", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (little, little)))
        self.assertEqual(status, 3, err)
        self.assertIn("cannot start a thread: Resource temporarily unavailable; expected fewer workers", err)


if __name__ == "__main__":
    main()
