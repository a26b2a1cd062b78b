#!/usr/bin/python3
"""Processes that are killed from outside are replaced: nothing is lost, nothing done twice, the order kept."""
import os
import random
import shutil
import time

from faults import EFFORT, PLUGIN, Faults, Running, computed_ms, deed, document, kill, main

KILLS = 100 // EFFORT
TASKLETS = 60_000 // EFFORT


class Killed(Faults):
    part_files = "allowed"  # of runs that are stopped

    def undisturbed(self, run, wanted):
        """The run must end as if nothing had happened."""
        status, err = run.finish()
        self.assertEqual((status, self.failures()), (0, []), err)
        self.assertEqual(self.lines(), wanted)

    def test_random_kills_change_nothing(self):
        """Most of those that are killed have come to work: else a slow machine would never be done."""
        text = document("last: {worker: faulty.busy, from: numbers, pool: cpu, args: {us: 100}}", "max_crashes: 1000",
                        items=TASKLETS)
        run = Running(self, text)
        chance, done = random.Random(1), 0
        while done < KILLS and run.process.poll() is None:
            slots = [slot for slot in run.slots() if computed_ms(slot) > 40 or chance.random() < 0.2]
            done += bool(slots) and kill(chance.choice(slots))
            time.sleep(chance.uniform(0, 0.03))
        self.undisturbed(run, [str(i) for i in range(TASKLETS)])
        self.assertGreaterEqual(done, KILLS // 2)  # else the run was too short to show anything

    def test_all_slots_at_once(self):
        wanted = self.on_threads(document(deed("gate", (-1,))))
        run = Running(self, document(deed("gate", (5000,)), "max_crashes: 1000"))
        for _ in range(10):
            run.at_the_gate()
            for slot in run.slots():
                kill(slot)
        run.open_gate()
        self.undisturbed(run, wanted)

    def test_who_dies_alone_is_a_failure_when_no_death_is_allowed(self):
        """The sabotage twin: kills can be seen."""
        wanted = self.on_threads(document(deed("gate", (-1,))))
        run = Running(self, document(deed("gate", (5000,)), "max_crashes: 1"))
        for _ in range(3):  # in a call for many, in one of many calls, alone
            kill(run.at_the_gate())
        status, err = run.finish()
        self.assertEqual((status, [failure["inbox"] for failure in self.failures()]), (1, [[5000]]), err)
        self.assertRegex(self.failures()[0]["message"], r"^its process was killed by signal 9 \(SIGKILL; somebody sent it")
        self.assertEqual(self.lines(), wanted[:5000] + wanted[5001:])

    def test_whoever_waits_behind_a_slow_item_is_done_elsewhere(self):
        """Item 100 ends when all others have been evaluated."""
        for pool in ("batch: 1", "batch: 1, stride: 2000", "batch: 1, ordered: false"):
            with self.subTest(pool):
                (self.folder / "evaluated").unlink(missing_ok=True)
                self.make_gate()
                text = document("last: {worker: faulty.gather, from: numbers, pool: cpu, args: {at: 100, of: 2000}}", pool,
                                items=2000)
                status, err = self.run_it(text)
                self.assertEqual((status, self.failures()), (0, []), err)
                self.assertEqual(sorted(map(int, self.lines())), list(range(1, 2001)))

    def test_the_guardian_is_killed_again_and_again(self):
        wanted = self.on_threads(document(deed("gate", (-1,))))
        run = Running(self, document(deed("gate", (5000,)), "max_crashes: 1000"))
        guardian = None
        for _ in range(5):
            run.at_the_gate()
            guardian = run.guardian(but=guardian)
            kill(guardian)
        run.open_gate()
        self.undisturbed(run, wanted)

    def test_a_plugin_that_changes_during_the_run_is_seen(self):
        """A process that is started later would load another version."""
        library = self.folder / "libfaulty.so"
        shutil.copy(PLUGIN, library)
        run = Running(self, document(deed("gate", (5000,)), library=library))
        at_the_gate = run.at_the_gate()
        shutil.copy(PLUGIN, self.folder / "new")
        os.replace(self.folder / "new", library)
        kill(at_the_gate)
        status, err = run.finish()
        self.assertEqual(status, 3, err)
        self.assertRegex(err, rf"stopped after .*: pool 'cpu': plugin 'faulty' \({library}\) has changed since the run "
                              "began: a process that is started now would load another version")


if __name__ == "__main__":
    main()
