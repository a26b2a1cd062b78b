#!/usr/bin/python3
"""papy plugin: what libraries declare is read, never run."""
import json
import os

from papy import FIXTURES, Case, main

EXAMPLE = os.path.join(FIXTURES, "libexample.so")


class Plugin(Case):
    def test_inspect_prints_what_a_library_declares(self):
        status, out, err = self.papy("plugin", "inspect", EXAMPLE)
        self.assertEqual((status, err), (0, ""))
        self.assertTrue(out.startswith(f"example 1.2.3\n  library  {os.path.realpath(EXAMPLE)}\n  ABI      1.0\n"
                                       "  licence  MIT\n  url      https://example.org\n"))
        self.assertIn("""
  worker scale
    scales a number
    inputs  1
    takes   float
    gives   float
    emits   one
    flags   reentrant, pure
    args
      factor: number, required: what to multiply with
      offset: number, default 0.25: what to add afterwards
      digits: integer, default 3, from 0, up to 9: digits to keep
      round: string, default "nearest", one of ["nearest","down"]: which way
""", out)

    def test_inspect_as_json(self):
        status, out, err = self.papy("plugin", "inspect", EXAMPLE, "--format", "json")
        self.assertEqual((status, err), (0, ""))
        plugin = json.loads(out)
        self.assertEqual((plugin["name"], plugin["version"], plugin["abi"]), ("example", "1.2.3", "1.0"))
        scale = next(each for each in plugin["functions"] if each["name"] == "scale")
        self.assertEqual(scale["args_schema"]["required"], ["factor"])

    def test_inspect_finds_a_name_on_the_plugin_path(self):
        status, out, _ = self.papy("plugin", "inspect", "example", "--plugin-path", FIXTURES)
        self.assertEqual((status, out.splitlines()[0]), (0, "example 1.2.3"))
        self.environment["PAPY_PLUGIN_PATH"] = FIXTURES
        self.assertEqual(self.papy("plugin", "inspect", "example")[:2], (0, out))
        status, out, err = self.papy("plugin", "inspect", "exmple")
        self.assertEqual((status, out), (2, ""))
        self.assertRegex(err, r"^error: no plugin 'exmple' on the plugin path \(.*\): did you mean 'example'\?\n$")

    def test_inspect_runs_nothing_of_a_library_that_could_not_be_loaded(self):
        status, out, _ = self.papy("plugin", "inspect", os.path.join(FIXTURES, "libmissing_dependency.so"))
        self.assertEqual(status, 0)
        self.assertTrue(out)

    def test_inspect_refuses_what_is_no_plugin(self):
        self.write("libtext.so", "not a library")
        for name in ("./libtext.so", "libtext.so", "./nope.so"):
            status, out, err = self.papy("plugin", "inspect", name)
            self.assertEqual((status, out), (2, ""))
            self.assertRegex(err, r"^error: [^\n]+\n$")

    def test_list_names_what_is_on_the_plugin_path(self):
        status, out, _ = self.papy("plugin", "list")
        self.assertEqual(status, 0)
        names = [line.split()[0] for line in out.splitlines()]
        self.assertEqual(names[0], "plugin")
        self.assertTrue({"core", "fastx", "io"} <= set(names))
        listed = json.loads(self.papy("plugin", "list", "--format", "json")[1])
        self.assertEqual([each["name"] for each in listed], names[1:])


if __name__ == "__main__":
    main()
