"""What the checks of the workflows share: one run of papy, watched, and comparisons that say where they differ."""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from leftovers import Watch  # noqa: E402


class Papy:
    """The program under test: PAPY PLUGINS on the command line, the executable and the folder of its plugins."""

    def __init__(self, arguments):
        if len(arguments) != 2:
            sys.exit(f"usage: {sys.argv[0]} PAPY PLUGINS")
        self.executable, self.plugins = (str(pathlib.Path(each).resolve()) for each in arguments)

    def run(self, workflow, outputs, settings, exit_status=0):
        """Runs a workflow; gives the bytes of its outputs by parameter name, and what it said."""
        with tempfile.TemporaryDirectory(prefix="papy-workflows-") as folder, Watch(folder) as watch:
            command = [self.executable, "run", str(ROOT / "workflows" / workflow)]
            settings = settings | {name: f"{folder}/{name}" for name in outputs}
            for name, value in settings.items():
                command += ["--set", f"{name}={value}"]
            environment = watch.environment | {"PAPY_PLUGIN_PATH": self.plugins}
            done = subprocess.run(command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, timeout=300)
            said = done.stdout + done.stderr
            assert done.returncode == exit_status, f"exit status {done.returncode}, not {exit_status}:\n{said}"
            files = {name: pathlib.Path(folder, name) for name in outputs}
            return {name: file.read_bytes() if file.exists() else None for name, file in files.items()}, said


def json_lines(data):
    return [json.loads(line) for line in data.decode().splitlines()]


def same(what, found, expected):
    """Compares in depth, floats by every bit, keys in their order; says the first place that differs."""
    if isinstance(expected, dict) and isinstance(found, dict):
        same(f"keys of {what}", list(found), list(expected))
        for key in expected:
            same(f"{what}.{key}", found[key], expected[key])
    elif isinstance(expected, list) and isinstance(found, list):
        for i, (one, other) in enumerate(zip(found, expected)):
            same(f"{what}[{i}]", one, other)
        assert len(found) == len(expected), f"{what} has {len(found)} values, expected {len(expected)}"
    else:
        assert type(found) is type(expected) and found == expected, f"{what} is {found!r}, expected {expected!r}"
