#!/usr/bin/python3
"""recycle: a process is replaced before it evaluates more tasklets than that."""
import collections
import os

from papy import FIXTURES, Case, main

MEETS = os.path.join(FIXTURES, "libmeets.so")


class Recycle(Case):
    def tasklets_by_process(self, keys, items):
        self.write("recycle.yaml", f"""version: 1
name: recycle
plugins: {{meets: {{path: {MEETS}}}}}
pools: {{cpu: {{type: process, workers: 2{keys}}}}}
inputs: {{numbers: {{source: io.range, args: {{to: {items}}}}}}}
pipers: {{where: {{worker: meets.where, from: numbers, pool: cpu}}}}
outputs: {{out: {{sink: io.write_lines, from: where, args: {{path: out.txt}}}}}}
""")
        status, _, err = self.papy("run", "recycle.yaml", "--progress", "never")
        self.assertEqual(status, 0, err)
        lines = self.read("out.txt").splitlines()
        self.assertEqual(len(lines), items)
        return collections.Counter(lines)

    def test_no_process_evaluates_more(self):
        for keys, most, items in [(", recycle: 1", 1, 12), (", recycle: 10", 10, 200), (", recycle: 10, batch: 1", 10, 200),
                                  (", recycle: 70, batch: 3", 70, 1000)]:
            with self.subTest(keys):
                each = self.tasklets_by_process(keys, items)
                self.assertLessEqual(max(each.values()), most)
                self.assertGreaterEqual(len(each), items / most)

    def test_without_it_the_same_processes_evaluate_all(self):
        self.assertLessEqual(len(self.tasklets_by_process("", 10000)), 2)


if __name__ == "__main__":
    main()
