"""What the checks of the workflows share: one run of papy, watched, and comparisons that say where they differ."""
import json
import pathlib
import subprocess
import sys
import tempfile

import yaml

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
        """Runs a workflow of workflows/, or one elsewhere; gives the bytes of its outputs by parameter name, and what it
        said."""
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


def same_on_other_pools(papy, workflow, settings, expected):
    """Runs a workflow on pools of other sizes and types: all must write the bytes that are expected."""
    with tempfile.TemporaryDirectory(prefix="papy-pools-") as folder:
        runs = [(f"{workers} workers of type {pool_type}", workflow, {"workers": workers, "pool_type": pool_type})
                for workers in (1, 5) for pool_type in ("thread", "process")]
        runs += [(f"all pipers on {' and '.join(types)}", on_pools(workflow, types, folder), {})
                 for types in (["process"], ["process", "thread"])]
        for what, document, changed in runs:
            found, _ = papy.run(document, list(expected), settings | changed)
            for name, data in expected.items():
                assert found[name] == data, f"{what}: other bytes of {name}"
            print(f"{what}: the same bytes")


def on_pools(workflow, types, folder):
    """A copy of a workflow in which each piper has a pool, one after the other of these types."""
    document = yaml.safe_load((ROOT / "workflows" / workflow).read_text())
    document["pools"] = {each: {"type": each, "workers": "${params.workers}"} for each in types}
    for number, piper in enumerate(document["pipers"].values()):
        piper["pool"] = types[number % len(types)]
    copy = pathlib.Path(folder, f"on-{'-and-'.join(types)}-{workflow}")
    copy.write_text(json.dumps(document))
    return copy


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
