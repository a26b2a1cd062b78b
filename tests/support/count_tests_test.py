#!/usr/bin/python3
"""tools/count-tests adds up what several runs did, and calls nothing passed that did not run."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

COUNT_TESTS = sys.argv.pop(1) if len(sys.argv) > 1 else "tools/count-tests"

CASES = {
    "passed": '<testcase name="passed" status="run"/>',
    "failed": '<testcase name="failed" status="fail"><failure/></testcase>',
    "skipped": '<testcase name="skipped" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>',
    "missing": '<testcase name="missing" status="notrun"><skipped message="Unable to find executable"/></testcase>',
    "disabled": '<testcase name="disabled" status="disabled"/>',
}


class CountTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def junit(self, name, *cases):
        path = self.folder / f"{name}.xml"
        path.write_text("<testsuite>" + "".join(CASES[case] for case in cases) + "</testsuite>")
        return f"{name}={path}"

    def expect(self, status, text, *arguments):
        done = subprocess.run([COUNT_TESTS, *arguments], stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual((status, text), (done.returncode, done.stdout))

    def test_runs_are_added_up(self):
        self.expect(0, "3 passed, 0 failed, 0 skipped\n", self.junit("a", "passed", "passed"), self.junit("b", "passed"))

    def test_each_failure_and_each_skip_is_named(self):
        self.expect(
            1,
            "a: failed: failed\na: failed: missing\na: skipped: skipped\na: skipped: disabled\n"
            "1 passed, 2 failed, 2 skipped\n",
            self.junit("a", "passed", "failed", "skipped", "missing", "disabled"),
        )

    def test_a_build_that_failed_is_a_failure(self):
        self.expect(
            1, "b: failed: the build\n1 passed, 1 failed, 0 skipped\n", self.junit("a", "passed"), "b=build"
        )

    def test_nothing_that_ran_is_not_a_success(self):
        self.expect(1, "0 passed, 0 failed, 0 skipped\n", self.junit("a"))

    def test_a_file_that_was_not_written_is_a_failure(self):
        done = subprocess.run([COUNT_TESTS, "a=/nonexistent"], stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual((1, "0 passed, 1 failed, 0 skipped"), (done.returncode, done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    unittest.main()
