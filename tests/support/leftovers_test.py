#!/usr/bin/python3
"""A watch finds each kind of leftover, and nothing where nothing is left."""
import pathlib
import signal
import subprocess
import tempfile
import unittest
from unittest import mock

import leftovers

BIND = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])"


class Leftovers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        shared = tempfile.TemporaryDirectory()
        self.addCleanup(shared.cleanup)
        # What is left on purpose below need not be waited for, and must not be seen by other tests.
        for name, value in (("GRACE_S", 0.0), ("SHARED_MEMORY", pathlib.Path(shared.name))):
            patch = mock.patch.object(leftovers, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def left_by(self, script, **options):
        watch = leftovers.Watch(self.folder, **options)
        subprocess.run(["sh", "-c", script], env=watch.environment, cwd=self.folder, check=True)
        found = watch.leftovers()
        temporary = watch.temporary.name
        watch.temporary.cleanup()
        return [line.replace(str(self.folder), "F").replace(temporary, "T") for line in found]

    def test_a_command_that_cleans_up_leaves_nothing(self):
        self.assertEqual([], self.left_by("echo done > result.txt"))

    def test_a_process_that_lives_on_is_found_and_ended(self):
        watch = leftovers.Watch(self.folder)
        left = subprocess.Popen(["sleep", "1000"], env=watch.environment, start_new_session=True)
        self.addCleanup(left.kill)
        self.assertEqual([f"process {left.pid}: sleep 1000"], watch.leftovers())
        self.assertEqual(-signal.SIGKILL, left.wait())
        self.assertEqual([], watch.leftovers())
        watch.temporary.cleanup()

    def test_a_process_that_ends_in_time_is_no_leftover(self):
        with mock.patch.object(leftovers, "GRACE_S", 60.0):
            self.assertEqual([], self.left_by("seq 300000 | sort >/dev/null &"))

    def test_a_socket_is_found(self):
        self.assertEqual(["socket F/s"], self.left_by(f"/usr/bin/python3 -c '{BIND}' s"))

    def test_an_unfinished_file_is_found_unless_it_is_allowed(self):
        self.assertEqual(["unfinished file F/out/a.part"], self.left_by("mkdir out; touch out/a.part"))
        self.assertEqual([], self.left_by("true", part_files="allowed"))

    def test_a_temporary_file_is_found(self):
        self.assertEqual(["temporary file T/x"], self.left_by('touch "$TMPDIR/x"'))

    def test_shared_memory_is_found_unless_somebody_uses_it(self):
        path = leftovers.SHARED_MEMORY / "papy-slab"
        self.assertEqual([f"shared memory {path}"], self.left_by(f"echo x > {path}"))
        watch = leftovers.Watch(self.folder)
        watch.shared_before.clear()
        with path.open(encoding="utf-8"):
            self.assertEqual([], watch.leftovers())
        watch.temporary.cleanup()

    def test_a_watch_raises_what_it_found(self):
        with self.assertRaisesRegex(AssertionError, r"left behind:\nunfinished file .*/b\.part"):
            with leftovers.Watch(self.folder) as watch:
                subprocess.run(["touch", "b.part"], env=watch.environment, cwd=self.folder, check=True)


if __name__ == "__main__":
    unittest.main()
