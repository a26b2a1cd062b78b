"""What the tests of the command share: a folder for each test, and papy started in it."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from leftovers import Watch  # noqa: E402

PAPY = os.environ.get("PAPY", str(ROOT / "build/release/bin/papy"))
FIXTURES = os.environ.get("PAPY_FIXTURES", str(ROOT / "build/release/tests/plugins"))
TIMEOUT_S = 120  # of one command; sanitizers are slow


class Case(unittest.TestCase):
    """Each test has a folder of its own, in which papy runs; what papy leaves behind fails the test."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="papy-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.watch = Watch(self.folder, part_files=getattr(self, "part_files", "forbidden"))
        self.watch.__enter__()
        self.addCleanup(self.watch.__exit__, None, None, None)
        self.environment = dict(self.watch.environment, TERM="dumb")
        for name in ("PAPY_PLUGIN_PATH", "NO_COLOR"):
            self.environment.pop(name, None)

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def read(self, name):
        return (self.folder / name).read_text()

    def start(self, *words, **options):
        settings = dict(cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE, text=True)
        return subprocess.Popen([PAPY, *words], **{**settings, **options})

    def papy(self, *words, stdin="", **options):
        """Returns (exit status, stdout, stderr)."""
        with self.start(*words, stdin=subprocess.PIPE, **options) as process:
            out, err = process.communicate(stdin, timeout=TIMEOUT_S)
        return process.returncode, out, err

    def check(self, words, status, out="", err="", **options):
        """Compares all that a command says."""
        self.assertEqual(self.papy(*words, **options), (status, out, err))

    def listing(self, path="."):
        return sorted(str(each.relative_to(self.folder)) for each in (self.folder / path).iterdir())


def main():
    unittest.main(verbosity=1)
