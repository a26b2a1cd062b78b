#!/usr/bin/python3
"""What `run` says of runs that were spoiled: each sabotage turns it red, and so does a thing that was never seen."""
import subprocess
import sys
import unittest
from pathlib import Path

PAPY = sys.argv.pop(1)
RUN = Path(__file__).resolve().parent / "run"
SEEDS = "1..60"


def run(*words):
    """(exit code, the last line, all lines)"""
    done = subprocess.run([RUN, "--papy", PAPY, "--seeds", SEEDS, "--most", "1000", *words],
                          capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    return done.returncode, lines[-1] if lines else done.stderr, lines


class Sabotage(unittest.TestCase):
    def check_red(self, sabotage, sentence, *words):
        code, last, lines = run("--sabotage", sabotage, *words)
        self.assertEqual(code, 1, last)
        self.assertNotIn(", 0 failed", last)
        self.assertTrue(any(sentence in line for line in lines), f"nothing says {sentence!r}: {lines[:8]}")

    def test_runs_that_were_not_spoiled_pass(self):
        self.assertEqual(run()[:2], (0, "60 passed, 0 failed, 0 skipped"))

    def test_so_they_do_on_processes(self):
        self.assertEqual(run("--pool-type", "process")[:2], (0, "60 passed, 0 failed, 0 skipped"))

    def test_a_value_that_the_plugin_changes_is_seen(self):
        self.check_red("value", "there is")

    def test_functions_that_die_more_often_than_they_may_are_seen(self):
        self.check_red("deadly", '"crash"', "--pool-type", "process")

    def test_two_lines_that_change_places_are_seen(self):
        self.check_red("swap", "at 0 there is")

    def test_a_line_that_is_lost_is_seen(self):
        self.check_red("lose-line", "expected")

    def test_a_failure_that_is_lost_is_seen(self):
        self.check_red("lose-letter", "failures: ")

    def test_a_failure_that_is_told_otherwise_is_seen(self):
        self.check_red("change-letter", "\"attempts\"")

    def test_an_edge_that_is_miscounted_is_seen(self):
        self.check_red("miscount-edge", "are dealt with")

    def test_a_piper_that_is_miscounted_is_seen(self):
        self.check_red("miscount-piper", "piper p")

    def test_another_exit_code_is_seen(self):
        self.check_red("exit-code", "exit code")

    def test_what_was_never_seen_is_missed(self):
        code, last, lines = run("--enough", "10", "--seeds", "1..10")
        self.assertEqual(code, 1, last)
        self.assertTrue(any(line.startswith("never seen: ") for line in lines), lines)


if __name__ == "__main__":
    unittest.main()
