#!/usr/bin/python3
"""papy call: one function by hand."""
import os

from papy import FIXTURES, Case, main

EXAMPLE = os.path.join(FIXTURES, "libexample.so")


class Call(Case):
    def call(self, function, *words, **options):
        return self.papy("call", f"{EXAMPLE}.{function}", *words, **options)

    def test_a_result_is_a_line_of_json(self):
        self.assertEqual(self.call("add_one", "41"), (0, "42\n", ""))
        self.assertEqual(self.call("split", '"a bc  d"'), (0, '"a"\n"bc"\n"d"\n', ""))

    def test_a_function_of_one_input_takes_one_item_after_the_other(self):
        self.assertEqual(self.call("add_one", "1", "-3", "2"), (0, "2\n-2\n3\n", ""))
        self.assertEqual(self.call("add_one", "1", "--", "-3", "2"), (0, "2\n-2\n3\n", ""))

    def test_a_function_of_several_inputs_takes_them_all_at_once(self):
        self.assertEqual(self.call("join", '"a"', '"b"'), (0, '"a+b"\n', ""))
        self.assertEqual(self.call("how_many", "1", "2", "3"), (0, "3\n", ""))
        self.assertEqual(self.call("join", '"a"'), (2, "", "error: join takes 2 inputs, 1 given\n"))

    def test_items_come_from_stdin_when_none_is_given(self):
        self.assertEqual(self.call("add_one", stdin="1\n\n2"), (0, "2\n3\n", ""))
        self.assertEqual(self.call("add_one", stdin=""), (0, "", ""))

    def test_args_are_checked_as_in_a_workflow(self):
        self.assertEqual(self.call("scale", "2", "--args", '{"factor": 3}'), (0, "6.25\n", ""))
        status, out, err = self.call("scale", "2", "--args", '{"fctor": 3, "digits": 10}')
        self.assertEqual((status, out), (2, ""))
        self.assertIn("did you mean 'factor'?", err)
        self.assertIn("--args:1:2: ", err)
        self.assertTrue(err.endswith("error: --args does not fit the function\n"))

    def test_a_missing_argument_is_told_with_the_whole_name_of_the_function(self):
        self.assertEqual(self.papy("call", "core.field", "{}"), (
            2, "", "error[missing-arg] --args:1:1: function 'core.field' needs argument 'name'\n  |\n1 | {}\n  | ^\n\n"
                   "1 error\nerror: --args does not fit the function\n"))

    def test_wrong_args_are_spoken_of_as_args(self):
        frame = "error[{}] --args:1:{}: {}\n  |\n1 | {}\n  | {}\n\n1 error\nerror: --args does not fit the function\n"
        expected = 'expected a mapping like {"n": 3}'
        self.assertEqual(self.call("scale", "2", "--args", "3"), (2, "", frame.format(
            "wrong-type", 1, f"the value of --args is the number 3, {expected}", "3", "^")))
        self.assertEqual(self.call("scale", "2", "--args", '{"factor": 2} x'), (2, "", frame.format(
            "several-documents", 15, f"text after the end of the value of --args, {expected}", '{"factor": 2} x',
            " " * 14 + "^")))
        self.assertEqual(self.call("scale", "2", "--args", ""), (2, "",
                         f"error[empty-document] --args:1:1: the value of --args is empty, {expected}\n\n1 error\n"
                         "error: --args does not fit the function\n"))
        self.assertEqual(self.papy("call", "core.field", "{}"), (2, "", frame.format(
            "missing-arg", 1, "function 'core.field' needs argument 'name'", "{}", "^")))

    def test_a_limit_that_is_none_is_told(self):
        for word in ("0", "x", "", "3x", "18446744073709551616"):
            self.assertEqual(self.papy("call", "io.range", "--limit", word), (
                2, "", f"error: papy call: --limit: wants a whole number from 1 on, not '{word}'\n"
                       "see 'papy call --help'\n"))

    def test_a_failure_goes_to_stderr(self):
        status, out, err = self.call("half", "-8", "4")
        self.assertEqual((status, out), (1, "2\n"))
        self.assertEqual(err, "error: example.half: fail 7: is negative\n")

    def test_what_is_not_json_is_told_with_its_place(self):
        self.assertEqual(self.call("add_one", "1", "{"), (2, "2\n", "error: item 2: not JSON: it ends too early\n"))
        self.assertEqual(self.call("add_one", stdin="1\n'x'\n"),
                         (2, "2\n", "error: stdin:2: not JSON: unexpected ''' at byte 1\n"))

    def test_a_source_gives_its_first_items(self):
        self.assertEqual(self.papy("call", "io.range", "--args", '{"from": 5, "to": 100}', "--limit", "3"),
                         (0, "5\n6\n7\n", ""))
        self.assertEqual(self.papy("call", "io.range", "--args", '{"to": 2}'), (0, "0\n1\n", ""))
        self.assertEqual(self.papy("call", "io.range", "1", "--args", '{"to": 2}'),
                         (2, "", "error: range is a source: it takes no items\n"))

    def test_a_source_goes_on_behind_what_fails(self):
        self.write("reads.fq", "@r1\nAC\n+\nI\n@r2\nAC\n+\nII\n@r3\nAC\n+\nII\n")
        words = ("call", "fastx.read", "--args", '{"path": "reads.fq"}')
        status, out, err = self.papy(*words)
        self.assertEqual(status, 1)
        self.assertEqual([line[9:11] for line in out.splitlines()], ["r2", "r3"])
        self.assertRegex(err, r"^error: fastx.read: fail: \S*reads.fq:4: the quality has 1 characters[^\n]*\n$")
        self.assertEqual(len(self.papy(*words, "--limit", "2")[1].splitlines()), 1)

    def test_a_function_with_state_speaks_again_at_the_end(self):
        self.assertEqual(self.papy("call", "core.sum", stdin="1\n2\n3\n"), (0, "6\n", ""))

    def test_a_name_that_is_not_there_gets_the_nearest(self):
        self.assertEqual(self.papy("call", "trim"),
                         (2, "", "error: 'trim' names no function: expected plugin.function\n"))
        self.assertEqual(self.papy("call", "core.idnt", "1"),
                         (2, "", "error: plugin 'core' has no function 'idnt': did you mean 'ident'?\n"))
        status, _, err = self.papy("call", "cor.ident", "1")
        self.assertEqual(status, 2)
        self.assertRegex(err, r"^error: no plugin 'cor' .*: did you mean 'core'\?\n$")


if __name__ == "__main__":
    main()
