#!/usr/bin/python3
"""Installs what plugin authors need, moves it, and builds plugins against it: by CMake and by pkg-config.

    tests/install/install_test.py BUILD_FOLDER
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(sys.argv.pop(1)).resolve()


def run(*command, **more):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise AssertionError(f"{command} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def exported(library):
    """The symbols that a library shows, and that a plugin needs."""
    lines = run("nm", "-D", "--defined-only", library).splitlines()
    return sorted(line.split()[-1] for line in lines if re.match(r"papy_", line.split()[-1]))


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="papy-install-"))
        first = cls.folder / "first"
        run("cmake", "--install", BUILD, "--component", "dev", "--prefix", first)
        cls.prefix = cls.folder / "moved"
        first.rename(cls.prefix)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def test_the_public_headers_are_installed_and_nothing_of_the_engine(self):
        headers = {str(p.relative_to(self.prefix)) for p in self.prefix.rglob("*.h*")}
        self.assertIn("include/papy/plugin.h", headers)
        self.assertIn("include/papy/plugin.hpp", headers)
        self.assertEqual([h for h in headers if not h.startswith("include/papy/")], [])

    def test_a_cmake_project_finds_the_package_and_builds_plugins(self):
        build = self.folder / "build"
        run("cmake", "-S", HERE / "outside", "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}")
        run("cmake", "--build", build)
        self.assertEqual(exported(build / "libshout.so"), ["papy_plugin_v1", "papy_worker_upper"])
        self.assertEqual(exported(build / "libtwice.so"), ["papy_plugin_v1", "papy_worker_twice"])
        self.assertEqual((build / "libshout.so").stat().st_mode & 0o022, 0)
        self.assertIn(b'"function":"upper"', (build / "libshout.so").read_bytes())

    def test_pkg_config_says_where_the_headers_are(self):
        env = {"PATH": "/usr/bin:/bin", "PKG_CONFIG_PATH": str(self.prefix / "lib/pkgconfig")}
        flags = run("pkg-config", "--cflags", "papy", env=env).split()
        plugins = run("pkg-config", "--variable=plugindir", "papy", env=env).strip()
        self.assertEqual(pathlib.Path(plugins).resolve(), self.prefix / "lib/papy/plugins")
        library = self.folder / "libtwice.so"
        source = HERE / "outside/twice.c"
        run("cc", "-shared", "-fPIC", "-fvisibility=hidden", *flags, source, "-o", library)
        self.assertEqual(exported(library), ["papy_plugin_v1", "papy_worker_twice"])

    def test_another_major_version_is_not_found(self):
        source = self.folder / "old"
        source.mkdir()
        text = "cmake_minimum_required(VERSION 3.25)\nproject(old NONE)\nfind_package(papy 9.0 REQUIRED)\n"
        (source / "CMakeLists.txt").write_text(text)
        command = ["cmake", "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("not accepted", done.stderr)


if __name__ == "__main__":
    unittest.main()
