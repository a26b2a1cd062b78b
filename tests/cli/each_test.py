#!/usr/bin/python3
"""papy each: a program for each item, as a workflow that is written on the way."""
import json
import os
import re
import signal
import subprocess

from papy import PAPY, TIMEOUT_S, Case, main

NAMES = ["a", "b c.txt", "it's.tar.gz", '"', "$(touch hit)", "`touch hit`", "${HOME}", "; touch hit", "\\", "-n", "*", "é",
         "", "--help", "-j3", "--", "[1, 2]"]


def failed(n):
    return rf"error: {n} items? failed, see \.papy/runs/[^/]+/failed\.jsonl\n"


def running(pid):
    """Whether this process is there and no zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Each(Case):
    def each(self, *words, **options):
        return self.papy("each", *words, **options)

    def test_items_stand_behind_the_command(self):
        self.assertEqual(self.each("-k", "echo {} {.} {/} {//} {/.} {#}", ":::", "in/a.txt", "b"),
                         (0, "in/a.txt in/a a.txt in a 1\nb b b . b 2\n", ""))

    def test_a_command_of_several_words_and_without_a_field_gets_its_item_at_the_end(self):
        self.assertEqual(self.each("-k", "-j2", "echo", "-n", "x", ":::", "a", "b"), (0, "x ax b", ""))
        self.assertEqual(self.each("echo {print} {{1}} ${HOME}x", ":::", "a")[1],
                         "{print} {1} " + self.environment["HOME"] + "x a\n")

    def test_braces_of_programs_are_theirs(self):
        for command, out in (("echo a b | awk '{print}' # {}", "a b\n"), ("echo a b | awk '{print $2}' # {}", "b\n"),
                             ("echo '{name.x/} {{name}} {1.a} {-a} {a b}' {}", "{name.x/} {{name}} {1.a} {-a} {a b} x\n"),
                             ("f() { echo {}; }; f", "x\n"), ("x='a b'; echo ${x} \"${x%b}\" {}", "a b a  x\n")):
            with self.subTest(command):
                self.assertEqual(self.each(command, ":::", "x"), (0, out, ""))

    def test_lists_are_combined(self):
        self.assertEqual(self.each("-k", "echo {2}-{1/.} {}", ":::", "x/a.c", "b b", ":::", "1", "2")[1],
                         "1-a x/a.c 1\n2-a x/a.c 2\n1-b b b b 1\n2-b b b b 2\n")

    def test_no_item_becomes_a_part_of_the_command(self):
        for command in ("printf '%s\\n' {}", "printf '%s\\n' \"{}\"", "printf '%s\\n' '{}'"):
            with self.subTest(command):
                self.assertEqual(self.each("-k", command, ":::", *NAMES), (0, "".join(f"{name}\n" for name in NAMES), ""))
        self.assertEqual(self.listing(), [])

    def test_items_come_from_stdin_or_a_file(self):
        self.assertEqual(self.each("-k", "echo {}", stdin="a b\n\nc"), (0, "a b\n\nc\n", ""))
        self.assertEqual(self.each("echo {}", stdin=""), (0, "", ""))
        self.write("items", "a b\nc\n")
        self.assertEqual(self.each("-k", "-a", "items", "echo {}", stdin="x\n"), (0, "a b\nc\n", ""))
        self.assertEqual(self.each("echo {}", ":::"), (0, "", ""))
        self.assertEqual(self.each("-a", "nosuch", "echo {}")[0], 5)

    def test_without_a_command_each_item_is_one(self):
        status, out, err = self.each("-k", stdin="echo 'a  b'\necho $((1 + 2))\nexit 3\n")
        self.assertEqual((status, out), (1, "a  b\n3\n"))
        self.assertRegex(err, failed(1))

    def test_what_failed_is_shown_too_and_counted(self):
        status, out, err = self.each("-k", "echo out {}; echo err {} >&2; exit {}", ":::", "0", "3")
        self.assertEqual((status, out), (1, "out 0\nout 3\n"))
        self.assertRegex(err, "^err 0\nerr 3\n" + failed(1) + "$")
        (letters,) = (self.folder / ".papy" / "runs").glob("*/failed.jsonl")
        failure = json.loads(letters.read_text())["failure"]
        self.assertEqual((failure["code"], failure["message"]),
                         (3, "echo out 3; echo err 3 >&2; exit 3: exit status 3: err 3"))

    def test_results_come_as_they_are_or_in_order(self):
        # The first ends when we open its gate; the second is there before that, or waits for its turn.
        os.mkfifo(self.folder / "gate")
        command = "[ {} = 1 ] && read -r x <gate; echo {}"
        process = self.start("each", "-j2", command, ":::", "1", "2")
        self.assertEqual(process.stdout.readline(), "2\n")
        (self.folder / "gate").write_text("x\n")
        self.assertEqual(process.communicate(timeout=TIMEOUT_S), ("1\n", ""))
        process = self.start("each", "-k", "-j2", command, ":::", "1", "2")
        (self.folder / "gate").write_text("x\n")
        self.assertEqual(process.communicate(timeout=TIMEOUT_S), ("1\n2\n", ""))
        os.unlink(self.folder / "gate")

    def test_tag(self):
        self.assertEqual(self.each("-k", "--tag", "printf '%s\\nx' {}; echo e >&2", ":::", "a b", ":::", "c"),
                         (0, "a b c\ta b\na b c\txc\na b c\tx", "a b c\te\n"))

    def test_joblog(self):
        self.each("-k", "-j1", "--joblog", "log", "echo {}; exit {}", ":::", "0", "3")
        self.each("-j1", "--joblog", "killed", "kill -9 $$", ":::", "x")
        head, *lines = self.read("log").splitlines()
        self.assertEqual(head, "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand")
        self.assertEqual([re.sub(r"^(\d\t:)\t\d+\.\d{3}\t *\d+\.\d{3}\t", r"\1\tT\tT\t", line) for line in lines],
                         ["1\t:\tT\tT\t0\t2\t0\t0\techo 0; exit 0", "2\t:\tT\tT\t0\t2\t3\t0\techo 3; exit 3"])
        self.assertTrue(self.read("killed").endswith("\t0\t0\t0\t9\tkill -9 $$ x\n"))

    def test_results(self):
        self.each("--results", "out", "echo {1}{2}; echo e >&2", ":::", "x/y", "..", ":::", "1")
        self.assertEqual(self.read("out/1/x\\_y/2/1/stdout"), "x/y1\n")
        self.assertEqual(self.read("out/1/\\../2/1/stderr"), "e\n")
        self.assertEqual(self.read("out/1/x\\_y/2/1/seq"), "1")
        self.assertEqual(self.listing("out/1"), ["out/1/\\..", "out/1/x\\_y"])

    def test_retries(self):
        command = "echo x >>tries; [ $(wc -l <tries) = 3 ] && echo done {}"
        self.assertEqual(self.each("--retries", "3", command, ":::", "a"), (0, "done a\n", ""))
        os.unlink(self.folder / "tries")
        status, out, err = self.each("--retries", "2", command, ":::", "a")
        self.assertEqual((status, out, self.read("tries")), (1, "", "x\nx\n"))
        self.assertRegex(err, failed(1))

    def test_halt(self):
        command = "echo {}; [ {} -lt 3 ]"
        status, out, err = self.each("-k", "-j1", "--halt", "soon,fail=1", command, ":::", *map(str, range(1000)))
        self.assertEqual(status, 3)
        self.assertEqual(out[:6], "0\n1\n2\n")
        self.assertLess(len(out.splitlines()), 1000)
        self.assertRegex(err, "error: [0-9]+ items failed, run.max_failures allows 0\n")
        self.assertEqual(self.each("--halt", "never", "exit 1", ":::", "a", "b")[0], 1)
        self.assertEqual(self.each("--halt", "soon,fail=10%", "[ {} -gt 5 ]", ":::", *map(str, range(200)))[0], 1)

    def test_timeout_ends_all_that_a_program_started(self):
        status, out, err = self.each("--timeout", "0.3", "echo begun; setsid sleep 1000 & sleep {}", ":::", "1000")
        self.assertEqual((status, out), (1, "begun\n"))  # and the case finds that nothing is left
        self.assertRegex(err, failed(1))

    def test_dry_run(self):
        self.assertEqual(self.each("-k", "--dry-run", "rm {}", ":::", "a b", "c"), (0, "rm 'a b'\nrm c\n", ""))
        self.assertEqual(self.listing(), [])

    def test_bar_tells_how_far_it_is(self):
        status, out, err = self.each("--bar", "echo {}", ":::", "a", "b")
        self.assertEqual((status, sorted(out.split())), (0, ["a", "b"]))
        self.assertRegex(err, r"^each: finished in .*\n\ninput +read\nitems +2\n")

    def test_the_workflow_that_it_writes_is_clean_and_does_the_same(self):
        self.write("items", "a b\n${HOME}\n")
        for words in (["-k", "echo {} $HOME ${HOME}", ":::", *NAMES, "a\nb\tc\x7f"],
                      ["-k", "-j3", "--tag", "echo {1}{2/}; echo e >&2", ":::", "a/b", ":::", "1", "2"],
                      ["-k", "-a", "items", "--retries", "2", "--timeout", "1m", "--halt", "soon,fail=5%", "echo", "{}"],
                      ["-k", "-a", "items", "--joblog", "log", "--results", "out", "echo '{}'"],
                      ["-k", "--dry-run", "rm {}", ":::", "x y"],
                      ["-k", "--shell", "/bin/bash", "echo ${BASH_VERSION:+bash} {}", ":::", "x"],
                      ["-k", "--timeout", "500ms", "echo {}; exit 2", ":::", "x"]):
            with self.subTest(words):
                status, document, err = self.each("--write-yaml", *words)
                self.assertEqual((status, err), (0, ""))
                self.write("each.yaml", document)
                self.assertEqual(self.papy("lint", "each.yaml"), (0, "", ""))
                own, written = self.each(*words), self.papy("run", "--quiet", "each.yaml")
                self.assertEqual(own[:2], written[:2])
                self.assertEqual(re.sub(failed(1), "", own[2]), re.sub(failed(1), "", written[2]))

    def test_wrong_words(self):
        for words, text in ((["--foo", "x"], "unknown option '--foo' of 'papy each'\nsee 'papy each --help'"),
                            (["--joblgo", "x"], "unknown option '--joblgo' of 'papy each': did you mean '--joblog'?\n"
                                                "see 'papy each --help'"),
                            (["x", "::::", "f"], "papy each: '::::' is not known, expected ':::' (a file of items: --arg-file)"),
                            (["-a", "f", "x", ":::", "b"], "papy each: items come from ':::' or from --arg-file, not from both"),
                            (["--timeout", "soon", "x"], "papy each: --timeout wants seconds, or a time as 500ms or 2m, not 'soon'"),
                            (["--timeout", "0", "x"], "papy each: --timeout wants seconds, or a time as 500ms or 2m, not '0'"),
                            (["--halt", "now,fail=1", "x"], "papy each: --halt wants never, soon,fail=N or soon,fail=N%, not "
                                                            "'now,fail=1' (programs that run are left to their end)"),
                            (["--shell", "nosuch", "x", ":::", "a"], None)):
            with self.subTest(words):
                status, out, err = self.each(*words)
                self.assertEqual(out, "")
                if text is None:
                    self.assertEqual((status, err), (3, "error: piper 'run': script.run: function 'run': program 'nosuch' cannot be had: "
                                                        "it is not on PATH\n"))
                else:
                    self.assertEqual((status, err), (2, f"error: {text}\n"))
        self.assertEqual(self.each("-j0", "x")[0], 2)
        done = subprocess.run([PAPY, "each", "echo {}", ":::", b"\xff"], capture_output=True, env=self.environment, check=False)
        self.assertEqual((done.returncode, done.stderr), (
            2, b"error: papy each: the command or an item is not UTF-8: give such items by stdin or --arg-file\n"))

    def test_items_that_are_not_utf_8_come_by_stdin(self):
        done = subprocess.run([PAPY, "each", "echo {}"], input=b"a\xff\n", capture_output=True, env=self.environment,
                              cwd=self.folder, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"a\xff\n", b""))

    def test_a_reader_that_leaves_ends_it(self):
        done = subprocess.run(f"'{PAPY}' each 'seq {{}} 100000' ::: $(seq 100) | head -1; echo ${{PIPESTATUS[0]}}", shell=True,
                              executable="/bin/bash", cwd=self.folder, env=self.environment, capture_output=True,
                              text=True, timeout=TIMEOUT_S)
        self.assertEqual(done.stdout.splitlines()[1:], ["141"])

    def test_a_second_signal_ends_the_programs(self):
        os.mkfifo(self.folder / "begun")
        process = self.start("each", "trap '' TERM; echo {} >begun; while :; do sleep 1000; done", ":::", "1")
        self.addCleanup(process.kill)
        (self.folder / "begun").read_text()  # waits until it runs
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=TIMEOUT_S)
        self.assertIn(process.returncode, (130, 143))
        os.unlink(self.folder / "begun")

    def test_worker_processes_take_along_what_a_thread_cannot_find(self):
        # It leaves the group, and hides the variable by which it would be found.
        hidden = "setsid env -i sh -c 'echo $$ >pid; exec sleep 1000' </dev/null >/dev/null 2>&1 & "
        for kind, ends in (("process", True), ("thread", False)):
            with self.subTest(kind):
                document = self.each("--write-yaml", "-j1", hidden + "while [ ! -s pid ]; do :; done; echo {}", ":::", "x")[1]
                self.write("each.yaml", document.replace("type: thread", f"type: {kind}"))
                self.assertEqual(self.papy("run", "--quiet", "each.yaml"), (0, "x\n", ""))
                pid = int(self.read("pid"))
                os.unlink(self.folder / "pid")
                self.assertEqual(not running(pid), ends)
                if not ends:
                    os.kill(pid, signal.SIGKILL)

    def test_a_time_out_on_worker_processes_leaves_nothing(self):
        document = self.each("--write-yaml", "-j2", "--timeout", "0.3", "setsid sleep 1000 & sleep {}", ":::", "1000")[1]
        self.write("each.yaml", document.replace("type: thread", "type: process"))
        status, out, err = self.papy("run", "--quiet", "each.yaml")
        self.assertEqual((status, out), (1, ""))
        self.assertRegex(err, r"error: [12] items? failed, see ")


if __name__ == "__main__":
    main()
