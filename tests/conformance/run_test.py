#!/usr/bin/python3
"""What run says of cases that are right, wrong, endless and unknown: nothing passes that should not."""
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PAPY = sys.argv.pop(1)
RUN = Path(__file__).resolve().parent / "run"

CASES = r"""
- id: right
  kind: workflow
  topology: {pipers: [{name: a, worker: power2}]}
  inputs: {a: [1, x, 3]}
  expect: {outputs: {a: [1, {$err: {kind: TypeError, wraps: 1, func: power2, inbox: [x]}}, 9]}}
- id: endless
  kind: workflow
  topology: {pipers: [{name: a, worker: {func: failon, args: [1]}}, {name: b, worker: add1}], pipes: [[a, b]]}
  inputs: {a: {$gen: count}}
  take: 3
  expect: {outputs: {b: [1, {$err: {kind: ValueError, wraps: 2}}, 3]}}
- id: error-in-inbox
  kind: worker
  calls:
  - {worker: ident, inbox: [{$err: {kind: KeyError, func: x, wraps: 2}}]}
  - {worker: collect, inbox: [{$err: {kind: KeyError, func: x}}, {$err: {kind: ValueError, func: y}}]}
  expect:
    calls:
    - $err: {kind: KeyError, func: x, wraps: 3}
    - $err: {wraps: 1, joined: [{$err: {kind: KeyError, func: x}}, {$err: {kind: ValueError, func: y}}]}
- id: negative-and-large
  kind: worker
  calls:
  - {worker: inv12, inbox: [-5]}
  - {worker: {func: powern, args: [63]}, inbox: [2]}
  - {worker: {func: powern, args: [64]}, inbox: [2]}
  - {worker: {func: powern, args: [-1]}, inbox: [2]}
  - {worker: {func: tag, args: [t]}, inbox: [1.0, [null, true, "it's", 1.0e+16], {k: 0.00001}]}
  expect:
    calls:
    - -3
    - 9223372036854775808
    - $err: {kind: OverflowError, wraps: 0}
    - 0.5
    - 't(1.0,[None, True, "it''s", 1e+16],{''k'': 1e-05})'
- id: wrong-value
  kind: workflow
  topology: {pipers: [{name: a, worker: power2}]}
  inputs: {a: [1, 2]}
  expect: {outputs: {a: [1, 4.0]}}
- id: wrong-length
  kind: workflow
  topology: {pipers: [{name: a, worker: power2}]}
  inputs: {a: [1, 2]}
  expect: {outputs: {a: [1]}}
- id: wrong-wraps
  kind: workflow
  topology: {pipers: [{name: a, worker: failall}]}
  inputs: {a: [1]}
  expect: {outputs: {a: [{$err: {kind: ValueError, wraps: 2}}]}}
- id: wrong-inbox
  kind: workflow
  topology: {pipers: [{name: a, worker: failall, consume: 2}]}
  inputs: {a: [1, 2]}
  expect: {outputs: {a: [{$err: {kind: ValueError, inbox: [1, 2]}}]}}
- id: wrong-multiset
  kind: workflow
  compare: multiset
  topology: {pipers: [{name: a, worker: ident}]}
  inputs: {a: [1, 2]}
  expect: {outputs: {a: [2, 3]}}
- id: wrong-step
  kind: map
  pool: {workers: 1}
  tasks: [{func: m_sleep, input: [1]}]
  steps: [start, next: {timeout: 1}, next: {timeout: 0.5}]
  expect: {steps: [ok, {$raised: TimeoutError}, {$raised: TimeoutError}]}
- id: wrong-refusal
  kind: workflow
  topology: {pipers: [{name: a, worker: ident}]}
  inputs: {a: [1]}
  expect: refused
- id: unknown-function
  kind: function
  func: dump_item
  calls: [{inbox: [1]}]
  expect: {calls: [1]}
- id: unknown-words
  kind: api
  expect: {result: works}
"""

SAYS = """\
passed  right
passed  endless
passed  error-in-inbox
passed  negative-and-large
failed  wrong-value
        as written: a[1]: expected 4.0, got 4
failed  wrong-length
        as written: a: expected 1 items, got 2; from there on 4
failed  wrong-wraps
        as written: a[0]: expected {"$err": {"kind": "ValueError", "wraps": 2}}, got failure \
{"piper": "a", "function": "conformance.failall", "kind": "error", "message": \
"ValueError: always", "inbox": [1], "hops": 0}
failed  wrong-inbox
        as written: a[0]: expected {"$err": {"kind": "ValueError", "inbox": [1, 2]}}, got failure \
{"piper": "a", "function": "conformance.failall", "kind": "error", "message": \
"ValueError: always", "inbox": [1, 2], "hops": 0}
failed  wrong-multiset
        as written: a: expected 3 among the items
        as written: a: 1 was not expected
failed  wrong-step
        step 2: expected {"$raised": "TimeoutError"}, got 1
failed  wrong-refusal
        as written: exit code 0, expected 2: refused
skipped unknown-function
        there is no function 'dump_item'
skipped unknown-words
        a case of kind api says in words what it wants
4 passed, 7 failed, 2 skipped
"""


# Of which one leaves other bytes in processes than on threads, where it is expected to leave the same.
ON_PROCESSES = r"""
- id: dies
  kind: workflow
  topology:
    pools: {q: {workers: 2, stride: 2}}
    pipers: [{name: a, worker: {func: die, args: [2]}, pool: q}, {name: b, worker: ident, pool: q}]
    pipes: [[a, b]]
  inputs: {a: [1, 2, 3, 4]}
  expect: {outputs: {b: [1, {$err: {kind: crash, wraps: 2, func: die, inbox: [2]}}, 3, 4]}}
- id: pulled
  kind: map
  pool: {workers: 2}
  tasks: [{func: m_add1, input: [1, 2]}]
  steps: [start, next: {}, drain: {task: 0}]
  expect: {steps: [ok, 2, 3, STOP]}
- id: wrong-pull
  kind: map
  pool: {workers: 2}
  tasks: [{func: m_add1, input: [1, 2]}]
  steps: [start, drain: {task: 0}]
  expect: {steps: [ok, 2, STOP]}
- id: looked-at
  kind: map
  pool: {workers: 2}
  tasks: [{func: m_add1, input: [1, 2]}]
  steps: [start, consumed]
  expect: {steps: [ok, {'0': 2}]}
- id: other-bytes
  kind: workflow
  topology:
    pools: {q: {workers: 1}}
    pipers: [{name: a, worker: m_pid, pool: q}, {name: b, worker: failall}]
    pipes: [[a, b]]
  inputs: {a: [1]}
  expect: {outputs: {b: [{$err: {kind: ValueError, func: failall}}]}}
"""

SAYS_ON_PROCESSES = """\
passed  dies
passed  pulled
failed  wrong-pull
        step 2: expected "STOP", got 3
        expected 3 outcomes, got 4: ok, 2, 3, STOP
skipped looked-at
        tells what is there at a moment: only the driver can stop the clock
failed  other-bytes
        b: threads leave (b'', ['"output":"out-b","place":0,"failure":{"piper":"b",\
"function":"conformance.failall","kind":"error","code":0,"message":"ValueError: always","place":0,\
"attempts":1,"hops":0,"inbox":[PID]}}']), process pools (b'', ['"output":"out-b","place":0,\
"failure":{"piper":"b","function":"conformance.failall","kind":"error","code":0,\
"message":"ValueError: always","place":0,"attempts":1,"hops":0,"inbox":[PID]}}'])
2 passed, 2 failed, 1 skipped
"""


class RunTest(unittest.TestCase):
    maxDiff = None

    def check(self, cases, says, *words):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "cases.yaml"
            path.write_text(cases, encoding="utf-8")
            done = subprocess.run([RUN, path, "--papy", PAPY, "-v", "--strides", *words],
                                  capture_output=True, text=True)
        self.assertEqual(re.sub(r"\[\d+\]}}", "[PID]}}", done.stdout), says)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.returncode, 1)

    def test_right_and_wrong_cases_are_told_apart(self):
        self.check(CASES, SAYS)

    def test_so_they_are_on_processes(self):
        self.check(ON_PROCESSES, SAYS_ON_PROCESSES, "--pool-type", "process")


unittest.main()
