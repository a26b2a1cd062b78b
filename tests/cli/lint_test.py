#!/usr/bin/python3
"""papy lint and what papy run says of a document that is not valid: the same."""
import json
import re

from papy import Case, main

GOOD = """version: 1
inputs:
  numbers: {source: io.range, args: {to: 3}}
pipers:
  same: {worker: core.ident, from: numbers}
outputs:
  out: {sink: io.stdout, from: same}
"""

PROCESSES = """version: 1
pools:
  papers: {type: process, workers: 2}
  snakes:
    type: process
    workers: 1
    command: [./worker, -x, two words, ""]
    max_crashes: 5
    recycle: 100
    limits: {memory: 1.5GiB, open_files: 64, cpu_time: 2h}
inputs:
  numbers: {source: io.range, args: {to: 3}}
pipers:
  same: {worker: core.ident, from: numbers, pool: papers}
  other: {worker: snake.charms, from: same, pool: snakes}
outputs:
  out: {sink: io.stdout, from: other}
"""


class Lint(Case):
    def both(self, document, text, name="bad.yaml"):
        """lint tells on stdout and ends with 1, run on stderr and ends with 2."""
        self.write(name, document)
        self.check(["lint", name], 1, out=text)
        self.check(["run", name], 2, err=text)

    def test_a_good_document_is_nothing_to_talk_about(self):
        self.write("good.yaml", GOOD)
        self.check(["lint", "good.yaml"], 0)
        self.check(["lint", "-"], 0, stdin=GOOD)
        self.check(["lint", "good.yaml", "--format", "json"], 0, out='{\n  "findings": []\n}\n')

    def test_a_file_that_cannot_be_read(self):
        for words in (["lint", "nope.yaml"], ["run", "nope.yaml"]):
            status, out, err = self.papy(*words)
            self.assertEqual(status, 2)
            self.assertEqual(out + err, "error[unreadable] nope.yaml:1:1: cannot read 'nope.yaml': "
                                        "No such file or directory\n\n1 error\n")
        status, out, _ = self.papy("lint", ".")
        self.assertEqual((status, out), (2, "error[unreadable] .:1:1: cannot read '.': a directory, not a file\n"
                                            "\n1 error\n"))

    def test_an_empty_document(self):
        status, out, _ = self.papy("lint", "-", stdin="")
        self.assertEqual(status, 1)
        self.assertRegex(out, r"^error\[[a-z-]+\] stdin:1:1: ")

    def test_an_unknown_key(self):
        self.both(GOOD.replace("from: numbers", "form: numbers, from: numbers"),
                  """error[unknown-key] bad.yaml:5:30: piper 'same' has no key 'form'
  |
5 |   same: {worker: core.ident, form: numbers, from: numbers}
  |                              ^^^^ did you mean 'from'?
  = at pipers.same.form

1 error
""")

    def test_an_unknown_piper(self):
        self.both(GOOD.replace("from: same", "from: sane"),
                  """error[undefined-piper] bad.yaml:7:32: no input or piper is named 'sane'
  |
7 |   out: {sink: io.stdout, from: sane}
  |                                ^^^^ did you mean 'same'?
  = at outputs.out.from

1 error
""")

    def test_a_cycle_is_shown(self):
        status, out, _ = self.papy("lint", "-", stdin=GOOD.replace(
            "from: numbers}", "from: [numbers, other]}\n  other: {worker: core.ident, from: same}"))
        self.assertEqual(status, 1)
        self.assertIn("error[cycle] stdin:5:", out)
        self.assertRegex(out, r"same.*other.*same|other.*same.*other")

    def test_a_missing_plugin_and_a_missing_function_get_the_nearest(self):
        status, out, _ = self.papy("lint", "-", stdin=GOOD.replace("core.ident", "cor.ident"))
        self.assertEqual(status, 1)
        self.assertIn("did you mean 'core'?", out)
        status, out, _ = self.papy("lint", "-", stdin=GOOD.replace("core.ident", "core.idnt"))
        self.assertEqual(status, 1)
        self.assertIn("plugin 'core' has no function 'idnt'", out)
        self.assertIn("did you mean 'ident'?", out)

    def test_findings_as_json_say_where(self):
        self.write("bad.yaml", GOOD.replace("version: 1", "version: 1\nnmae: x"))
        status, out, err = self.papy("lint", "bad.yaml", "--format", "json")
        self.assertEqual((status, err), (1, ""))
        self.assertEqual(json.loads(out)["findings"], [
            {"level": "error", "rule": "unknown-key", "file": "bad.yaml", "line": 2, "column": 1, "end_line": 2,
             "end_column": 5, "message": "the document has no key 'nmae'", "at": "nmae",
             "hint": "did you mean 'name'?"}])

    def test_an_unknown_param_and_a_value_of_the_wrong_type(self):
        document = "version: 1\nparams:\n  many: {type: integer}\n" + GOOD[len("version: 1\n"):]
        self.write("f.yaml", document.replace("to: 3", 'to: "${params.many}"'))
        status, _, err = self.papy("run", "f.yaml", "--set", "mny=3", "--set", "many=3")
        self.assertEqual(status, 2)
        self.assertIn("did you mean 'many'?", err)
        status, _, err = self.papy("run", "f.yaml", "--set", "many=x")
        self.assertEqual(status, 2)
        self.assertIn("--set:1:6: ", err)
        self.check(["run", "f.yaml", "--set", "many=2", "--quiet"], 0, out="0\n1\n")
        self.check(["run", "f.yaml", "--set", "params.many=2", "--quiet"], 0, out="0\n1\n")
        self.write("p.yaml", "many: 1\n")
        self.check(["run", "f.yaml", "--params-file", "p.yaml", "--quiet"], 0, out="0\n")

    def test_plan_shows_what_would_run(self):
        self.write("good.yaml", GOOD)
        status, out, err = self.papy("plan", "good.yaml")
        self.assertEqual((status, err), (0, ""))
        self.assertIn("piper      worker     from    pool  consume  produce  spawn\n"
                      "same   core.ident  numbers  (none)        1        1      1\n", out)
        plan = json.loads(self.papy("plan", "good.yaml", "--format", "json")[1])
        self.assertEqual(plan["pipers"][0]["from"], ["numbers"])
        self.assertTrue(plan["inputs"][0]["source"]["library"].endswith("/libio.so"))

    def write_program(self, name):
        self.write(name, "#!/bin/sh\n")
        (self.folder / name).chmod(0o755)

    def test_the_program_of_a_command_is_looked_for_as_a_shell_does(self):
        (self.folder / "sub").mkdir()
        (self.folder / "sub/folder").mkdir()
        self.write_program("sub/worker")
        self.write("sub/text", "")
        self.environment["PATH"] = f"relative:/nowhere:{self.folder}/sub"

        def lint(word):
            self.write("sub/good.yaml", GOOD + f"pools: {{p: {{type: process, command: [{word}]}}}}\n")
            return self.papy("lint", "sub/good.yaml")[1]

        def not_found(word, why):
            return f"""error[program-not-found] sub/good.yaml:8:38: program '{word}' cannot be had: {why}
  |
8 | pools: {{p: {{type: process, command: [{word}]}}}}
  |                                      {"^" * len(word)}
  = at pools.p.command[0]

1 error
"""

        for word in ("worker", "./worker", "../sub/worker", f"{self.folder}/sub/worker"):
            self.assertEqual(lint(word), "")
            plan = json.loads(self.papy("plan", "sub/good.yaml", "--format", "json")[1])
            self.assertEqual(plan["pools"][0]["command"], [f"{self.folder}/sub/worker"])
        for word in ("nope", "text", "folder"):
            self.assertEqual(lint(word), not_found(word, "it is not on PATH"))
        self.assertEqual(lint("./nope"), not_found("./nope", f"'{self.folder}/sub/nope': No such file or directory"))
        self.assertEqual(lint("./text"), not_found("./text", f"'{self.folder}/sub/text': it is not executable"))
        self.assertEqual(lint("./folder"), not_found("./folder", f"'{self.folder}/sub/folder': not a file"))
        self.assertEqual(self.papy("run", "sub/good.yaml")[0], 2)

    def test_plan_shows_what_processes_are_started_and_limited(self):
        self.write("processes.yaml", PROCESSES)
        self.write_program("worker")
        status, out, err = self.papy("plan", "processes.yaml")
        self.assertEqual((status, err), (0, ""))
        folder = self.folder.resolve()
        self.assertEqual(re.sub("  +", "  ", out.replace(str(folder), "HERE")), """processes (processes.yaml)

pool  type  slots  stride  buffer  batch  order
papers  process  2  auto  auto  auto  kept
snakes  process  1  auto  auto  auto  kept

processes of  started as  max crashes  recycle  limits
papers  papy slot  3  never  none
snakes  HERE/worker -x 'two words' ''  5  100  memory 1536MiB, open files 64, cpu time 7200s

input  source
numbers  io.range

piper  worker  from  pool  consume  produce  spawn
same  core.ident  numbers  papers  1  1  1
other  snake.charms  same  snakes  1  1  1

output  sink  from
out  io.stdout  other
""")
        plan = json.loads(self.papy("plan", "processes.yaml", "--format", "json")[1])
        self.assertEqual(plan["pools"][0]["command"], None)
        self.assertEqual(plan["pools"][1]["command"], [f"{folder}/worker", "-x", "two words", ""])
        self.assertEqual((plan["pools"][1]["max_crashes"], plan["pools"][1]["recycle"]), (5, 100))
        self.assertEqual(plan["pools"][1]["limits"], {"memory": 1610612736, "open_files": 64, "cpu_time": 7200})
        self.assertEqual(plan["pipers"][1]["worker"], [{"function": "snake.charms", "library": None}])

    def test_the_schema_is_the_one_that_is_kept(self):
        status, out, _ = self.papy("schema")
        self.assertEqual(status, 0)
        self.assertEqual(json.loads(out)["$schema"], "http://json-schema.org/draft-07/schema#")


if __name__ == "__main__":
    main()
