#!/usr/bin/python3
"""Ctrl-C once ends the reading and finishes what was read; twice ends everything."""
import os
import signal
import subprocess

from papy import TIMEOUT_S, Case, main

# A path comes in by stdin, and the worker waits for someone to write to the pipe of that name.
DOCUMENT = """version: 1
name: gate
inputs:
  paths: {source: io.stdin}
pipers:
  read: {worker: io.read_file, from: paths, produce: any}
outputs:
  out: {sink: io.write_lines, from: read, args: {path: out.txt}}
"""
DRAINS = "reading stops here, what was read is finished (within 20 s); once more ends at once\n"


class Signals(Case):
    part_files = "allowed"  # of runs that are killed

    def begin(self):
        """A run whose worker has opened the pipe and waits; returns it and our end of the pipe."""
        self.write("gate.yaml", DOCUMENT)
        os.mkfifo(self.folder / "pipe")
        process = self.start("run", "gate.yaml", stdin=subprocess.PIPE)
        process.stdin.write(f"{self.folder}/pipe\n")
        process.stdin.flush()
        self.addCleanup(process.kill)
        gate = open(self.folder / "pipe", "w")  # waits until the worker has opened it
        self.addCleanup(gate.close)
        return process, gate

    def end(self, process, status):
        out, err = process.communicate(timeout=TIMEOUT_S)
        self.assertEqual((process.returncode, out), (status, ""))
        os.unlink(self.folder / "pipe")
        return err

    def test_once_finishes_what_was_read(self):
        for number, name in ((signal.SIGINT, "SIGINT"), (signal.SIGTERM, "SIGTERM")):
            with self.subTest(name):
                process, gate = self.begin()
                process.send_signal(number)
                self.assertEqual(process.stderr.readline(), f"{name}: {DRAINS}")
                with gate:
                    gate.write("hello")
                err = self.end(process, 128 + number)
                self.assertRegex(err, rf"^gate: ended early after .*: {name} \(run ")
                self.assertEqual(self.read("out.txt.part"), "hello\n")
                self.assertFalse((self.folder / "out.txt").exists())

    def test_twice_ends_at_once(self):
        process, gate = self.begin()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.stderr.readline(), f"SIGINT: {DRAINS}")
        process.send_signal(signal.SIGTERM)
        err = self.end(process, 128 + signal.SIGTERM)
        gate.close()
        self.assertRegex(err, r"^gate: killed after .*: SIGTERM \(run ")
        self.assertIn(f"\nnot complete: output 'out' keeps its provisional name {self.folder}/out.txt.part\n", err)
        self.assertTrue((self.folder / "out.txt.part").exists())
        self.assertFalse((self.folder / "out.txt").exists())

    def test_a_run_that_has_hardly_begun_tells_that_it_was_ended_and_leaves_no_empty_file(self):
        self.write("early.yaml", """version: 1
name: early
inputs:
  numbers: {source: io.range}
pools:
  cpu: {type: process, workers: 1}
pipers:
  same: {worker: core.ident, from: numbers, pool: cpu}
outputs:
  out: {sink: io.write_lines, from: same, args: {path: out.txt}}
""")
        for _ in range(10):
            process = self.start("run", "early.yaml", "--events", "events")
            self.addCleanup(process.kill)
            while not (self.folder / "events").exists():  # signals are papy's own from here on
                self.assertIsNone(process.poll())
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=TIMEOUT_S)
            self.assertEqual(process.returncode, 130)
            self.assertRegex(err, r"early: ended (by SIGINT before anything was read or written\n|early after .*: SIGINT)")
            part = self.folder / "out.txt.part"
            if part.exists():
                self.assertGreater(part.stat().st_size, 0)
                part.unlink()
            (self.folder / "events").unlink()

    def test_an_input_that_cannot_be_opened_yet_does_not_stand_in_the_way(self):
        self.write("f.yaml", DOCUMENT.replace("io.stdin", "io.read_lines, args: {path: pipe}"))
        os.mkfifo(self.folder / "pipe")
        process = self.start("run", "f.yaml", "--events", "events")
        self.addCleanup(process.kill)
        while not (self.folder / "events").exists():
            self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=TIMEOUT_S)
        self.assertEqual(process.returncode, 130)
        self.assertRegex(err, r"gate: ended (by SIGINT before anything was read or written\n|early after .*: SIGINT)")
        os.unlink(self.folder / "pipe")


if __name__ == "__main__":
    main()
