#!/usr/bin/python3
"""Compiles the examples of engine/plugin/README.md: the code behind each comment `example: NAME`.

    tests/compile/examples_test.py
"""
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
README = ROOT / "engine/plugin/README.md"
EXAMPLE = re.compile(r"<!-- example: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
COMPILERS = {".c": ["gcc", "-std=c11"], ".cc": ["g++", "-std=c++20"]}


class Examples(unittest.TestCase):
    def test_the_examples_compile_without_a_warning(self):
        examples = dict(EXAMPLE.findall(README.read_text()))
        self.assertEqual(sorted(examples), ["add.c", "greet.cc"])
        for name, text in examples.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                source = pathlib.Path(folder) / name
                source.write_text(text)
                flags = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only", f"-I{ROOT}/engine/include"]
                command = [*COMPILERS[source.suffix], *flags, source]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main()
