"""Drives a workflow step by step: over the flow in one thread and a time of its own."""
import json
import subprocess
import tempfile
import threading
from pathlib import Path

from .outcome import PATIENCE, Item

STOP = "STOP"
LATE = "TimeoutError"


class Refused(Exception):
    """The workflow is not valid."""


class Broken(Exception):
    """The driver cannot go on."""


class Driver:
    """A workflow in a process of its own, which is told what to do."""

    def __init__(self, workflow, tools):
        self.folder = tempfile.TemporaryDirectory(prefix="papy-conformance-")
        document = Path(self.folder.name) / "case.yaml"
        document.write_text(workflow.text(), encoding="utf-8")
        self.process = subprocess.Popen([str(tools.driver), str(document)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, wrong=None, *_):
        """Ends the driver, which must end well if all went well so far."""
        if wrong is not None:
            self.process.kill()
        try:
            _, text = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, text = self.process.communicate()
        self.folder.cleanup()
        if wrong is None and self.process.returncode != 0:
            raise Broken(f"the driver ended with {self.process.returncode}: {text.strip()}")

    def ask(self, do, **more):
        """Its answer; a driver that does not answer is killed."""
        watch = threading.Timer(PATIENCE, self.process.kill)
        watch.start()
        try:
            self.process.stdin.write(json.dumps({"do": do, **more}) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            watch.cancel()
        if line:
            return json.loads(line)
        code = self.process.wait(timeout=PATIENCE)
        text = self.process.stderr.read().strip()
        raise Refused(text) if code == 2 else Broken(f"the driver ended with {code}: {text}")

    def pull(self, output, **more):
        """An Item, STOP, or a text that says what happened instead."""
        answer = self.ask("pull", output=output, **more)
        if "value" in answer:
            return Item(value=answer["value"])
        if "failure" in answer:
            return Item(failure=answer["failure"])
        if "end" in answer:
            return STOP
        return LATE if "late" in answer else f"stuck: {answer['stuck']}"
