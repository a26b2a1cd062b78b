#!/usr/bin/python3
"""What must compile and what must not.

    tests/compile/compile_test.py

papy/plugin.h in every dialect that it promises, the public headers alone, and each file of must_not/, whose first
line is a part of the message that the compiler must give. (The headers of the engine are compiled by the build.)
"""
import concurrent.futures
import pathlib
import shutil
import subprocess
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ENGINE = HERE.parent.parent / "engine"
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"]
C = [name for name in ("gcc", "clang") if shutil.which(name)]
CXX = [name for name in ("g++", "clang++") if shutil.which(name)]


def compile(*command):
    """(command, what the compiler said); nothing said means that it compiled."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    said = done.stderr if done.returncode != 0 else ""
    return " ".join(str(word) for word in command), said


def compile_all(commands):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda command: compile(*command), commands))


class Compile(unittest.TestCase):
    def all_compile(self, commands):
        self.assertNotEqual(commands, [])
        self.assertEqual([f"{command}\n{said}" for command, said in compile_all(commands) if said], [])

    def test_the_c_header_compiles_in_every_dialect(self):
        include = f"-I{ENGINE}/include"
        source = HERE / "dialects.c"
        commands = [[cc, f"-std={std}", *STRICT, include, source] for cc in C for std in ("c99", "c11", "c17")]
        commands += [
            [cc, "-x", "c++", f"-std=c++{std}", *STRICT, include, source] for cc in CXX for std in (11, 14, 17, 20)
        ]
        self.all_compile(commands)

    def test_the_public_headers_compile_alone(self):
        headers = sorted((ENGINE / "include").rglob("*.hpp"))
        commands = [
            [cc, "-std=c++20", "-x", "c++", *STRICT, "-Wno-pragma-once-outside-header", f"-I{ENGINE}/include", header]
            for cc in CXX
            for header in headers
        ]
        self.all_compile(commands)

    def test_what_must_not_compile_says_why(self):
        cases = sorted((HERE / "must_not").glob("*.cc"))
        self.assertNotEqual(cases, [])
        commands = [[cc, "-std=c++20", "-fsyntax-only", f"-I{ENGINE}/include", case] for case in cases for cc in CXX]
        for (command, said), case in zip(compile_all(commands), [case for case in cases for _ in CXX]):
            expected = case.read_text().splitlines()[0].removeprefix("// ")
            with self.subTest(command):
                self.assertIn(expected, said)


if __name__ == "__main__":
    unittest.main()
