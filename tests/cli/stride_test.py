#!/usr/bin/python3
"""A stride bounds how many tasklets of one piper are under evaluation at once, wherever they are evaluated."""
import os

from papy import FIXTURES, Case, main

MEETS = os.path.join(FIXTURES, "libmeets.so")
SLOTS = 4
ITEMS = 3000


class Stride(Case):
    def most_at_once(self, pool_type, keys, wait_for):
        """Runs the items through a pool of four slots; returns how many calls met at the most."""
        (self.folder / "room").write_bytes(bytes(16))
        self.write("stride.yaml", f"""version: 1
name: stride
plugins: {{meets: {{path: {MEETS}}}}}
pools: {{cpu: {{type: {pool_type}, workers: {SLOTS}{keys}}}}}
inputs: {{numbers: {{source: io.range, args: {{to: {ITEMS}}}}}}}
pipers:
  meet: {{worker: meets.meet, from: numbers, pool: cpu, args: {{room: {self.folder}/room, wait_for: {wait_for}}}}}
outputs: {{out: {{sink: io.write_lines, from: meet, args: {{path: out.txt}}}}}}
""")
        status, _, err = self.papy("run", "stride.yaml", "--progress", "never")
        self.assertEqual(status, 0, err)
        lines = self.read("out.txt").splitlines()
        self.assertEqual(len(lines), ITEMS)
        return max(map(int, lines))

    def test_it_is_reached_and_not_exceeded(self):
        for pool_type in ("thread", "process"):
            for stride in (1, 2, 3, 4, 9):
                for batch in ("", ", batch: 1"):
                    with self.subTest(pool_type, stride=stride, batch=batch):
                        bound = min(stride, SLOTS)
                        keys = f", stride: {stride}{batch}"
                        self.assertEqual(self.most_at_once(pool_type, keys, wait_for=bound), bound)

    def test_without_one_all_slots_evaluate_at_once(self):
        for pool_type in ("thread", "process"):
            with self.subTest(pool_type):
                self.assertEqual(self.most_at_once(pool_type, "", wait_for=SLOTS), SLOTS)


if __name__ == "__main__":
    main()
