#!/usr/bin/python3
"""Tries the pages of the plugins: what the commands in plugins/*/README.md print, and whether plugins/README.md is up to date.

    tests/plugins_std/pages_check.py PAPY PLUGINS            exit status 1 when something is wrong
    tests/plugins_std/pages_check.py PAPY PLUGINS --update   writes plugins/README.md

A page's commands stand in blocks `sh run`, each with the lines that it prints behind it, as comments. Every function needs
one. plugins/README.md is what the libraries declare, function by function, with the first command of each.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLUGINS = ("core", "text", "io", "fastx", "script")  # in the order of the page
INTRODUCTION = """\
# The plugins that come with papy

Libraries built like any plugin of yours: they see `papy/plugin.hpp` and nothing else of the engine. This is what they declare,
function by function; each plugin's page says more. `papy plugin inspect NAME` prints the same with types and limits.

This page is written by `tests/plugins_std/pages_check.py`; a test compares it with the libraries, and runs its commands.
"""
PARTS = """
Four folders are no plugins, but what several of them need: `files/` to read and write files, `values/` to find and set fields,
`expression/` to read and evaluate expressions, `sketch/` to say much of a stream in little memory.
"""


class Example:
    """A command of a page. Those before it that do not call papy prepare it."""

    def __init__(self, command):
        self.command = command
        self.lines = []

    def functions(self):
        return re.findall(r"papy call (\w+\.\w+)", self.command)


def examples(plugin):
    """All commands of a page in order."""
    text = (ROOT / "plugins" / plugin / "README.md").read_text()
    found = []
    for block in re.findall(r"^```sh run\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            if line.startswith("# "):
                found[-1].lines.append(line[2:])
            elif found and not found[-1].functions():
                found[-1].command += "; " + line
            else:
                found.append(Example(line))
    return found


def declared(papy, library):
    """What a library says of its functions, by name."""
    said = subprocess.run([papy, "plugin", "inspect", library, "--format", "json"], capture_output=True, text=True, check=True)
    return {function["name"]: function for function in json.loads(said.stdout)["functions"]}


def arguments(function):
    """Each argument with its default, as `n` or `seed = 0`."""
    schema = function["args_schema"]
    for name, argument in schema["properties"].items():
        default = f" = {json.dumps(argument['default'], ensure_ascii=False)}" if "default" in argument else ""
        optional = "" if default or name in schema["required"] else "?"
        yield f"`{name}{optional}{default}`"


def index(papy, plugins):
    """What plugins/README.md must be."""
    page = INTRODUCTION
    for plugin in PLUGINS:
        functions = declared(papy, plugins / f"lib{plugin}.so")
        title = (ROOT / "plugins" / plugin / "README.md").read_text().splitlines()[0].split(": ", 1)[1]
        page += f"\n## [{plugin}]({plugin}/README.md): {title}\n\n"
        for example in examples(plugin):
            for name in example.functions():
                function = functions.pop(name.split(".")[1], None)
                if function is None:
                    continue
                with_arguments = ", ".join(arguments(function))
                page += f"- **{name}**: {function['summary']}." + (f" {with_arguments}" if with_arguments else "") + "\n"
                page += f"  ```sh\n  {example.command}\n  ```\n"
        if functions:
            sys.exit(f"no command calls {', '.join(f'{plugin}.{name}' for name in functions)}: plugins/{plugin}/README.md")
    return page + PARTS


def tried(papy, plugins, plugin):
    """Runs the commands of a page; says how many and what is wrong."""
    environment = os.environ | {"PATH": f"{papy.parent}:{os.environ['PATH']}", "PAPY_PLUGIN_PATH": str(plugins)}
    wrong, n = [], 0
    with tempfile.TemporaryDirectory(prefix="papy-readme-") as folder:
        for example in examples(plugin):
            done = subprocess.run(["bash", "-c", example.command], env=environment, cwd=folder, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=60)
            n += 1
            if done.returncode != 0 or done.stdout.splitlines() != example.lines:
                wrong.append(f"{example.command}\n  exit status {done.returncode}\n  {done.stdout}{done.stderr}")
    return n, wrong


def main():
    papy, plugins = (pathlib.Path(each).resolve() for each in sys.argv[1:3])
    page, wanted = ROOT / "plugins" / "README.md", index(papy, plugins)
    if sys.argv[3:] == ["--update"]:
        page.write_text(wanted)
        return
    wrong, n = [], 0
    if page.read_text() != wanted:
        wrong.append("plugins/README.md is not what the libraries declare: run this with --update")
    for plugin in PLUGINS:
        commands, errors = tried(papy, plugins, plugin)
        n += commands
        wrong += errors
    print("\n".join(wrong) or f"{n} commands print what the pages say")
    sys.exit(1 if wrong or n < 50 else 0)


if __name__ == "__main__":
    main()
