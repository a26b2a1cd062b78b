#!/usr/bin/python3
"""The words on the command line: what is missing or wrong is said in one line, with the nearest right word."""
import os
import re

from papy import Case, main


class Words(Case):
    def test_no_word_at_all_shows_the_help(self):
        status, out, err = self.papy()
        self.assertEqual((status, out), (2, ""))
        self.assertEqual(err, self.papy("--help")[1])

    def test_each_command_has_a_help_with_an_example(self):
        listed = self.papy("--help")[1].split("Subcommands:")[1].split("Example:")[0]
        commands = re.findall(r"^  ([a-z]+) ", listed, re.M)
        self.assertEqual(commands, ["run", "each", "lint", "plan", "graph", "call", "plugin", "schema", "version"])
        for words in [[], *([command] for command in commands), ["plugin", "inspect"], ["plugin", "list"]]:
            with self.subTest(words):
                status, out, err = self.papy(*words, "--help")
                self.assertEqual((status, err), (0, ""))
                self.assertIn("\nUsage: " + " ".join(["papy", *words]) + " [OPTIONS]", out)
                self.assertRegex(out, r"\nExample:\n  papy ")

    def test_an_unknown_command_gets_the_nearest(self):
        self.check(["rnu", "x.yaml"], 2, err="error: unknown command 'rnu': did you mean 'run'?\nsee 'papy --help'\n")
        self.check(["plugin", "inspct", "x"], 2,
                   err="error: unknown command 'plugin inspct': did you mean 'inspect'?\nsee 'papy plugin --help'\n")
        self.check(["frobnicate"], 2, err="error: unknown command 'frobnicate'\nsee 'papy --help'\n")

    def test_an_internal_command_is_not_offered_and_not_for_use_by_hand(self):
        self.check(["guardain"], 2, err="error: unknown command 'guardain'\nsee 'papy --help'\n")
        self.check(["guardian", "."], 2, err="error: the guardian is started by papy itself\n")

    def test_an_unknown_option_gets_the_nearest(self):
        self.check(["run", "x.yaml", "--evnts=x"], 2,
                   err="error: unknown option '--evnts' of 'papy run': did you mean '--events'?\n"
                       "see 'papy run --help'\n")
        self.check(["run", "--quite"], 2,
                   err="error: unknown option '--quite' of 'papy run': did you mean '--quiet'?\n"
                       "see 'papy run --help'\n")

    def test_a_missing_word_is_named(self):
        self.check(["run"], 2, err="error: papy run: FILE is required\nsee 'papy run --help'\n")
        self.check(["call"], 2, err="error: papy call: PLUGIN.FUNCTION is required\nsee 'papy call --help'\n")

    def test_a_word_too_many_is_named(self):
        self.check(["run", "x.yaml", "y.yaml"], 2,
                   err="error: 'papy run' takes no further 'y.yaml'\nsee 'papy run --help'\n")

    def test_a_choice_says_what_there_is(self):
        self.check(["run", "x.yaml", "--progress", "sometimes"], 2,
                   err="error: papy run: --progress: wants auto|always|never, not 'sometimes'\n"
                       "see 'papy run --help'\n")

    def test_a_plugin_path_wants_a_directory(self):
        self.write("file", "")
        for command in (["lint", "x.yaml"], ["plugin", "list"]):
            see = f"see 'papy {'plugin list' if command[0] == 'plugin' else 'lint'} --help'\n"
            name = "papy plugin list" if command[0] == "plugin" else "papy lint"
            self.check([*command, "--plugin-path", "nope"], 2,
                       err=f"error: {name}: --plugin-path: there is no directory 'nope'\n{see}")
            self.check([*command, "--plugin-path", "file"], 2,
                       err=f"error: {name}: --plugin-path: 'file' is no directory, expected one that holds plugins\n"
                           + see)

    def test_set_wants_a_name_and_a_value(self):
        for word in ("r1", "=x"):
            self.check(["run", "x.yaml", "--set", word], 2, err=f"error: --set wants NAME=VALUE, not '{word}'\n")

    def test_an_option_takes_one_value_and_leaves_the_next_word(self):
        self.write("none.yaml", "x: 1\n")
        self.write("params.yaml", "x: 1\n")
        options = [["--plugin-path", "."], ["--set", "x=1"], ["--params-file", "params.yaml"]]
        for command in ("run", "lint", "plan", "graph"):
            for option in options:
                with self.subTest(command=command, option=option):
                    before = self.papy(command, *option, *option, "none.yaml")
                    self.assertEqual(before, self.papy(command, "none.yaml", *option, *option))
                    self.assertEqual(before[0], 1 if command == "lint" else 2)
                    self.assertIn("none.yaml:1:1: ", before[1] + before[2])
        self.assertEqual(self.papy("lint", "--plugin-path", ".", "none.yaml", "none.yaml")[1].count(
            "[missing-key] none.yaml:1:1: "), 2 * self.papy("lint", "none.yaml")[1].count("[missing-key] none.yaml:1:1: "))
        self.check(["call", "text.upper", "--plugin-path", ".", '"a"', '"b"'], 0, out='"A"\n"B"\n')
        self.check(["plugin", "inspect", "--plugin-path", ".", "nope"], 2,
                   err=self.papy("plugin", "inspect", "nope", "--plugin-path", ".")[2])

    def test_the_version_is_one_line(self):
        status, out, err = self.papy("version")
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, r"^papy \d+\.\d+\.\d+\n$")
        self.check(["--version"], 0, out=out)

    def test_a_reader_that_went_away_is_no_news(self):
        ours, its = os.pipe()
        os.close(ours)
        with os.fdopen(its, "w") as closed:
            self.assertEqual(self.papy("schema", stdout=closed)[::2], (141, ""))

    def test_a_full_stdout_is(self):
        with open("/dev/full", "w") as full:
            self.assertEqual(self.papy("schema", stdout=full)[::2],
                             (5, "error: cannot write stdout: No space left on device\n"))


if __name__ == "__main__":
    main()
