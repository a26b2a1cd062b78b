#!/usr/bin/python3
"""papy run and its standard streams: closed ones, shared ones, and what a run that stopped leaves."""
import os
import re
import subprocess

from papy import PAPY, TIMEOUT_S, Case, main

LENGTHS = """version: 1
name: lengths
inputs:
  lines: {source: io.stdin}
pipers:
  length: {worker: core.length, from: lines}
outputs:
  out: {sink: io.stdout, from: length}
"""

# Numbers have no length: each fails.
FAILING = """version: 1
name: failing
inputs:
  numbers: {source: io.range, args: {to: 10000}}
pipers:
  length: {worker: core.length, from: numbers}
outputs:
  out: {sink: io.write_lines, from: length, args: {path: out.txt}}
run:
  max_failures: 1%
"""


class Streams(Case):
    part_files = "allowed"

    def with_closed(self, stream):
        """Runs lengths.yaml with that stream closed; gives exit status and stderr."""
        self.write("lengths.yaml", LENGTHS)
        command = f'"{PAPY}" run lengths.yaml --quiet {stream}'
        done = subprocess.run(command, shell=True, cwd=self.folder, env=self.environment, capture_output=True,
                              input="a\nbb\n", text=True, timeout=TIMEOUT_S)
        return done.returncode, done.stderr

    def test_a_closed_stdin_is_an_error_and_not_an_empty_one(self):
        self.assertEqual(self.with_closed("<&-"), (
            5, "error: input 'lines': io.stdin: cannot read 'standard input': it is not open, or the workflow itself was read from it\n"))

    def test_a_closed_stdout_ends_the_run_as_a_reader_that_left_does(self):
        self.assertEqual(self.with_closed(">&-")[0], 141)

    def test_a_closed_stderr_changes_nothing(self):
        self.assertEqual(self.with_closed("2>&-"), (0, ""))

    def test_a_document_from_stdin_leaves_nothing_there_for_an_input(self):
        status, out, err = self.papy("run", "-", "--quiet", stdin=LENGTHS)
        self.assertEqual((status, out), (5, ""))
        self.assertEqual(err, "error: input 'lines': io.stdin: cannot read 'standard input': it is not open, or the workflow itself was read from it\n")

    def test_two_inputs_cannot_share_stdin(self):
        self.write("two.yaml", LENGTHS.replace("pipers:", "  more: {source: io.stdin}\npipers:").replace(
            "core.length, from: lines", "core.collect, from: [lines, more]"))
        status, out, err = self.papy("run", "two.yaml", "--quiet", stdin="a\nb\n")
        self.assertEqual((status, out), (5, ""))
        self.assertEqual(err, "error: input 'more': io.stdin: function 'stdin': cannot read 'standard input': "
                              "it is being read already, by another input\n")

    def test_an_output_that_is_a_link_replaces_the_file_behind_it(self):
        self.write("lines.yaml", LENGTHS.replace("io.stdout", "io.write_lines, args: {path: link}"))
        self.write("file", "old")
        os.symlink("file", self.folder / "link")
        self.assertEqual(self.papy("run", "lines.yaml", "--quiet", stdin="abc\n"), (0, "", ""))
        self.assertTrue((self.folder / "link").is_symlink())
        self.assertEqual(self.read("file"), "3\n")

    def test_a_run_that_stops_by_its_rules_keeps_its_output_provisional_and_says_what_was_not_done(self):
        self.write("failing.yaml", FAILING)
        status, _, err = self.papy("run", "failing.yaml")
        self.assertEqual(status, 3)
        self.assertFalse((self.folder / "out.txt").exists())
        self.assertIn("items failed at piper 'length', run.max_failures allows 1%", err)
        written = int(re.search(r"\nout +\d+ +(\d+)", err).group(1))
        note = f"\nnot complete: output 'out' keeps its provisional name {self.folder}/out.txt.part\n"
        self.assertEqual((note in err, (self.folder / "out.txt.part").exists()), (written > 0, written > 0), err)
        read = int(re.search(r"\nnumbers +(\d+)\n", err).group(1))
        length, written, failed, gaps, not_done = map(int, re.search(r"\nout((?: +\d+){5})\n", err).group(1).split())
        self.assertEqual((length, written + failed + gaps + not_done), (read, read))


if __name__ == "__main__":
    main()
