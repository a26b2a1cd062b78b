#!/usr/bin/python3
"""A disk that fills up: the run fails, says so, and leaves nothing under a final name. Needs root, for a small disk."""
import os
import subprocess
import sys
import tempfile

from papy import Case, main

DOCUMENT = """version: 1
name: big
inputs:
  numbers: {source: io.range, args: {to: 10000000}}
pipers:
  same: {worker: core.ident, from: numbers}
outputs:
  out: {sink: io.write_lines, from: same, args: {path: disk/out.txt}}
"""


def mount(folder):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "papy-test", folder], check=False,
                          capture_output=True).returncode == 0


def can_mount():
    with tempfile.TemporaryDirectory() as folder:
        if not mount(folder):
            return False
        subprocess.run(["umount", folder], check=True)
        return True


class DiskFull(Case):
    part_files = "allowed"

    def setUp(self):
        super().setUp()
        disk = self.folder / "disk"
        disk.mkdir()
        self.assertTrue(mount(disk))
        self.addCleanup(subprocess.run, ["umount", disk], check=True)

    def test_an_output_that_does_not_fit_fails_the_run(self):
        self.write("big.yaml", DOCUMENT)
        status, out, err = self.papy("run", "big.yaml", "--quiet")
        self.assertEqual((status, out), (5, ""))
        self.assertRegex(err, r"^error: output 'out': [^\n]*no space left on device\n$")
        self.assertEqual(self.listing("disk"), ["disk/out.txt.part"])
        self.write("big.yaml", DOCUMENT)
        status, _, err = self.papy("run", "big.yaml")
        self.assertEqual(status, 5)
        self.assertRegex(err, r"\nout +\S+( \S+)? +incomplete +0 +0 +>= \d+\n")
        self.assertIn(f"not complete: output 'out' keeps its provisional name {self.folder}/disk/out.txt.part\n", err)

    def test_dead_letters_that_do_not_fit_are_told_and_counted(self):
        self.write("bad.yaml", DOCUMENT.replace("core.ident", "core.field, args: {name: x}").replace(
            "to: 10000000", "to: 10000") + "run: {dead_letters: disk/failed.jsonl}\n")
        status, _, err = self.papy("run", "bad.yaml")
        self.assertEqual(status, 1)
        self.assertIn("/disk/failed.jsonl': No space left on device: failed items are not kept any more\n", err)
        self.assertRegex(err, r"\n\d+ failed items could not be kept: see the warning above\n$")
        lines = (self.folder / "disk/failed.jsonl").read_text()
        self.assertTrue(lines == "" or lines.endswith("}\n"))


if __name__ == "__main__":
    if os.geteuid() != 0 or not can_mount():
        print("skipped: needs root and a kernel that mounts tmpfs here")
        sys.exit(77)
    main()
