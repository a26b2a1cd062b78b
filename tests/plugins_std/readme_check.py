#!/usr/bin/python3
"""Runs the commands in plugins/README.md and compares what they print with the lines behind them.

    tests/plugins_std/readme_check.py PAPY PLUGINS

Every function of the plugins must be named on the page.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "plugins" / "README.md").read_text()


def examples():
    """(command, lines it prints), in order."""
    for block in re.findall(r"^```sh run\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE):
        found = []
        for line in block.splitlines():
            if line.startswith("# "):
                found[-1][1].append(line[2:])
            else:
                found.append((line, []))
        yield from found


def functions():
    """plugin.function of every worker, source and sink in the sources."""
    for source in sorted((ROOT / "plugins").glob("*/*.cc")):
        for name in re.findall(r"^PAPY_(?:WORKER|SOURCE|SINK)_AS\((\w+),", source.read_text(), re.MULTILINE):
            yield f"{source.parent.name}.{name}"


def main():
    papy, plugins = (pathlib.Path(each).resolve() for each in sys.argv[1:3])
    environment = os.environ | {"PATH": f"{papy.parent}:{os.environ['PATH']}", "PAPY_PLUGIN_PATH": str(plugins)}
    wrong = [f"{name} is not on the page" for name in functions() if not re.search(rf"`?{re.escape(name)}\b", PAGE)]
    tried = 0
    with tempfile.TemporaryDirectory(prefix="papy-readme-") as folder:
        for command, lines in examples():
            done = subprocess.run(["bash", "-c", command], env=environment, cwd=folder, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=60)
            tried += 1
            if done.returncode != 0 or done.stdout.splitlines() != lines:
                wrong.append(f"{command}\n  exit status {done.returncode}\n  {done.stdout}{done.stderr}")
    print("\n".join(wrong) or f"{tried} commands print what the page says")
    sys.exit(1 if wrong or tried < 30 else 0)


if __name__ == "__main__":
    main()
