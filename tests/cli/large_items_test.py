#!/usr/bin/python3
"""Items of megabytes pass between worker processes through shared memory, or through sockets where there is none."""
import random
import resource

from papy import Case, main

DOCUMENT = """version: 1
name: large
pools:
  one: {type: TYPE, workers: 2}
  two: {type: TYPE, workers: 1}
inputs:
  lines: {source: io.read_lines, args: {path: lines.txt}}
pipers:
  same:   {worker: core.ident, from: lines, pool: one}
  left:   {worker: core.ident, from: same, pool: two}
  right:  {worker: core.ident, from: same, pool: one}
  here:   {worker: core.ident, from: same}
  joined: {worker: core.join, from: [left, right, here], args: {separator: "|"}, pool: two}
outputs:
  out:   {sink: io.write_lines, from: joined, args: {path: out.txt}}
  plain: {sink: io.write_lines, from: same, args: {path: same.txt}}
run: {memory: 64MiB}
"""
MIB = 1 << 20


def without_shared_memory():
    """No file may be as large as the arenas: neither may theirs."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))


class LargeItems(Case):
    def setUp(self):
        super().setUp()
        chance = random.Random(7)
        self.lines = [chr(97 + i % 26) * chance.choice([0, 10, 1000, 70_000, MIB, 3 * MIB]) + str(i) for i in range(60)]
        self.write("lines.txt", "".join(f"{line}\n" for line in self.lines))

    def run_on(self, pool_type, **options):
        self.write("large.yaml", DOCUMENT.replace("TYPE", pool_type))
        status, out, err = self.papy("run", "large.yaml", "--progress", "never", **options)
        self.assertEqual((status, out), (0, ""), err)
        self.assertTrue(self.read("same.txt").splitlines() == self.lines, "the lines are not what they were")
        self.assertTrue(self.read("out.txt").splitlines() == ["|".join([line] * 3) for line in self.lines],
                        "the joined lines are not what was joined")
        return err

    def test_outputs_are_those_of_threads(self):
        self.run_on("thread")
        self.assertNotIn("socket", self.run_on("process"))

    def test_without_shared_memory_they_take_the_socket_and_it_is_said_once(self):
        err = self.run_on("process", preexec_fn=without_shared_memory)
        self.assertEqual(err.count("warning: large items go to processes through sockets, which is slower: "
                                   "cannot make shared memory large enough: File too large\n"), 1, err)


if __name__ == "__main__":
    main()
