#!/usr/bin/python3
"""Tries the examples in README.md files with the built papy: documents are linted, marked commands are run.

    tests/docs/check_docs.py --papy build/release/bin/papy --plugins build/release/plugins [README.md ...]

A block is tried when it is

    ```yaml                whose first line (comments apart) begins with `version:`: papy lint must find nothing
    ```sh run              its commands must succeed, in a copy of workflows/, with papy on the PATH
    ```yaml exit=1         as above, but this exit status is the right one
    ```sh run exit=2

Without arguments it reads every README.md of the tree. Exit status 1 when an example does not do what its page says.
"""
import argparse
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^(\s*)(`{3,})\s*(.*?)\s*$")
TIMEOUT_S = 120


@dataclasses.dataclass
class Block:
    page: str
    line: int  # of the fence that opens it
    info: list  # the words behind the fence
    text: str

    def exit_status(self):
        return next((int(word[5:]) for word in self.info if re.fullmatch(r"exit=\d+", word)), 0)

    def is_document(self):
        lines = [line for line in self.text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        return self.info[:1] == ["yaml"] and bool(lines) and lines[0].startswith("version:")

    def is_command(self):
        return self.info[:2] == ["sh", "run"]


def blocks(page, text):
    """Yields the fenced blocks of a Markdown page."""
    opened = None
    for number, line in enumerate(text.splitlines(), start=1):
        fence = FENCE.match(line)
        if opened is None and fence:
            indent, ticks, info = fence.groups()
            opened, body = (len(indent), ticks, Block(page, number, info.split(), "")), []
        elif opened is not None and fence and fence.group(2).startswith(opened[1]) and not fence.group(3):
            opened[2].text = "".join(line + "\n" for line in body)
            yield opened[2]
            opened = None
        elif opened is not None:
            body.append(line[opened[0] :] if not line[: opened[0]].strip() else line)


class Tree:
    """A scratch copy of the tree's examples, so that what they write falls beside them and not into the tree."""

    def __init__(self, folder, papy, plugins):
        self.folder = pathlib.Path(folder)
        for entry in ROOT.iterdir():
            target = self.folder / entry.name
            if entry.name == "workflows":
                shutil.copytree(entry, target)
            elif entry.name not in (".git", "build"):
                target.symlink_to(entry)
        build = papy.parents[1]  # <build>/bin/papy
        (self.folder / "build").mkdir()
        (self.folder / "build" / "release").symlink_to(build)
        self.environment = dict(os.environ, NO_COLOR="1")
        self.environment["PATH"] = f"{papy.parent}:{os.environ['PATH']}"
        self.environment["PAPY_PLUGIN_PATH"] = str(plugins)

    def run(self, command):
        """Returns (exit status, output) of a command; status None when it took too long."""
        try:
            done = subprocess.run(
                command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, timeout=TIMEOUT_S, text=True, errors="replace", check=False,
            )
        except subprocess.TimeoutExpired:
            return None, f"took longer than {TIMEOUT_S} s"
        return done.returncode, done.stdout

    def attempt(self, block):
        if block.is_command():
            return self.run(["bash", "-euo", "pipefail", "-c", block.text])
        (self.folder / "example.yaml").write_text(block.text, encoding="utf-8")
        return self.run(["papy", "lint", "example.yaml"])


def pages(names):
    if names:
        return [pathlib.Path(name).resolve() for name in names]
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "*README.md"],
        stdout=subprocess.PIPE, text=True, check=False,
    ).stdout.split("\n")
    found = [ROOT / name for name in listed if name]
    return found or sorted(page for page in ROOT.rglob("README.md") if "build" not in page.parts)


def check(names, papy, plugins):
    """Tries all examples; returns the findings as text, and how many examples there were."""
    found, tried = [], 0
    for page in pages(names):
        name = str(page.relative_to(ROOT)) if page.is_relative_to(ROOT) else str(page)
        for block in blocks(name, page.read_text(encoding="utf-8")):
            if not (block.is_document() or block.is_command()):
                continue
            tried += 1
            with tempfile.TemporaryDirectory(prefix="papy-docs-") as folder:
                status, output = Tree(folder, papy, plugins).attempt(block)
            if status != block.exit_status():
                found.append(f"{name}:{block.line}: exit status {status}, expected {block.exit_status()}\n{output}")
    return found, tried


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papy", type=pathlib.Path, required=True, help="the binary, <build>/bin/papy")
    parser.add_argument("--plugins", type=pathlib.Path, required=True, help="folder of the built plugins")
    parser.add_argument("pages", nargs="*")
    arguments = parser.parse_args()
    papy = arguments.papy.resolve()
    if not papy.is_file():
        print(f"there is no {arguments.papy}: build it first", file=sys.stderr)
        return 2
    found, tried = check(arguments.pages, papy, arguments.plugins.resolve())
    print("\n".join(found) if found else f"{tried} examples do what their pages say")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
