#!/usr/bin/python3
"""However a run ends, nothing is left of it two seconds later; and what signals do to it."""
import os
import signal
import time

from faults import ITEMS, SANITIZED, Faults, Running, deed, document, kill, leftovers, main, state_of, wait_until

GATE = 5000
# Slots that have children, daemons, threads and scratch directories; the last item waits at the gate.
BUSY = f"""scratch: {{worker: faulty.deed, from: numbers, pool: cpu, args: {{how: scratch, at: [0, 4999]}}}}
child: {{worker: faulty.deed, from: scratch, pool: cpu, args: {{how: child, at: [100, 4000]}}}}
daemon: {{worker: faulty.deed, from: child, pool: cpu, args: {{how: daemon, at: [200, 3000]}}}}
thread: {{worker: faulty.deed, from: daemon, pool: cpu, args: {{how: thread, at: [300]}}}}
last: {{worker: faulty.deed, from: thread, pool: cpu, args: {{how: gate, at: [{GATE + 4}]}}}}"""
DRAINS = ": reading stops here, what was read is finished (within 20 s); once more ends at once\n"


class Ends(Faults):
    maxDiff = 2000
    part_files = "allowed"  # of runs that are killed

    def setUp(self):
        super().setUp()
        if not SANITIZED:
            self.addCleanup(setattr, leftovers, "GRACE_S", leftovers.GRACE_S)
            leftovers.GRACE_S = 2.0

    def nothing_is_left(self):
        self.assertEqual([line for line in self.watch.leftovers() if not line.endswith("/go")], [])

    def test_a_run_that_goes_well(self):
        run = Running(self, document(BUSY))
        run.at_the_gate()
        self.assertTrue(list(self.folder_of(run).glob("papy-*/a/b")), "the scratch directory is in the run's folder")
        run.open_gate()
        status, err = run.finish()
        self.assertEqual((status, self.lines()), (0, [str(i + 5) for i in range(ITEMS)]), err)
        self.nothing_is_left()

    def folder_of(self, run):
        """The run's private folder."""
        folders = list(run.temporary().iterdir())
        self.assertEqual(len(folders), 1, folders)
        return folders[0]

    def test_kill_9_of_the_run(self):
        for what in ("papy", "papy, then its guardian's children", "papy while it stands still"):
            with self.subTest(what):
                run = Running(self, document(BUSY))
                run.at_the_gate()
                slots = run.slots()
                if what.endswith("still"):
                    run.process.send_signal(signal.SIGTSTP)
                    wait_until(lambda: state_of(run.process.pid) == "T", "papy is stopped")
                kill(run.process.pid)
                for slot in slots if "children" in what else ():
                    kill(slot)
                self.assertEqual(run.finish()[0], -signal.SIGKILL)
                self.nothing_is_left()

    def test_kill_9_of_the_guardian(self):
        run = Running(self, document(BUSY.replace("how: daemon", "how: child"), "max_crashes: 1000"))
        run.at_the_gate()
        kill(run.guardian())
        run.at_the_gate()
        run.open_gate()
        status, err = run.finish()
        self.assertEqual((status, self.lines()), (0, [str(i + 5) for i in range(ITEMS)]), err)
        self.nothing_is_left()

    def test_signals_once(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                run = Running(self, document(BUSY, items=10**9))
                run.at_the_gate()
                run.process.send_signal(number)
                run.wait_for(number.name + DRAINS)
                run.open_gate()
                status, err = run.finish()
                self.assertEqual(status, 128 + number, err)
                self.assertRegex(err, rf"faults: ended early after .*: {number.name} \(run ")
                done = self.lines("out.txt.part")
                self.assertGreater(len(done), GATE)
                self.assertEqual(done, [str(i + 5) for i in range(len(done))])
                self.nothing_is_left()

    def test_a_run_on_threads_that_is_killed_leaves_no_scratch_directory(self):
        pipers = BUSY.replace("how: daemon", "how: scratch").replace("how: child", "how: scratch")
        run = Running(self, document(pipers, pool_type="thread, workers: 2"))
        run.at_the_gate()
        self.assertTrue(list(run.temporary().glob("papy-*/a")), "there is a scratch directory")
        run.process.send_signal(signal.SIGTERM)
        run.wait_for("SIGTERM" + DRAINS)
        run.process.send_signal(signal.SIGTERM)
        self.assertEqual(run.finish()[0], 128 + signal.SIGTERM)
        self.nothing_is_left()

    def test_signals_twice(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                run = Running(self, document(BUSY))
                run.at_the_gate()
                run.process.send_signal(signal.SIGINT)
                run.wait_for("SIGINT" + DRAINS)
                run.process.send_signal(number)
                status, err = run.finish()
                self.assertEqual(status, 128 + number, err)
                self.assertRegex(err, rf"faults: killed after .*: {number.name} \(run ")
                done = self.lines("out.txt.part")
                self.assertEqual(done, [str(i + 5) for i in range(len(done))])
                self.nothing_is_left()


class Signals(Faults):
    def test_signals_that_end_nothing(self):
        """SIGUSR1 comes from batch systems; the others go to every program now and then."""
        run = Running(self, document(deed("gate", (GATE,))))
        run.at_the_gate()
        for number in (signal.SIGUSR1, signal.SIGCHLD, signal.SIGPIPE, signal.SIGWINCH, signal.SIGURG, signal.SIGCONT):
            run.process.send_signal(number)
            kill(run.guardian(), number)
        run.open_gate()
        status, err = run.finish()
        self.assertEqual((status, self.lines()), (0, [str(i + 1) for i in range(ITEMS)]), err)

    def test_whoever_ignores_a_hangup_goes_on(self):
        def ignore():
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

        run = Running(self, document(deed("gate", (GATE,))), preexec_fn=ignore)
        run.at_the_gate()
        run.process.send_signal(signal.SIGHUP)
        run.open_gate()
        status, err = run.finish()
        self.assertEqual((status, self.lines()), (0, [str(i + 1) for i in range(ITEMS)]), err)

    def stopped_for_longer_than_the_time_out(self, number):
        """Returns how many failed of a run that is stopped by this signal for longer than its time-out."""
        run = Running(self, document(deed("gate", (GATE,), ", timeout: 2s")))
        run.at_the_gate()
        slots = run.slots()
        run.process.send_signal(number)
        wait_until(lambda: state_of(run.process.pid) == "T", "papy is stopped")
        if number == signal.SIGTSTP:
            for slot in slots:
                wait_until(lambda pid=slot: state_of(pid) == "T", "its slots are stopped")
        time.sleep(2.5)  # what passes for the user
        run.process.send_signal(signal.SIGCONT)
        if number == signal.SIGTSTP:
            run.open_gate()
        status, err = run.finish()
        self.assertEqual(status, min(1, len(self.failures())), err)
        return len(self.failures())

    def test_who_is_stopped_is_not_late(self):
        self.assertEqual(self.stopped_for_longer_than_the_time_out(signal.SIGTSTP), 0)
        self.assertEqual(self.lines(), [str(i + 1) for i in range(ITEMS)])

    def test_who_was_not_stopped_with_papy_is_late(self):
        """The sabotage twin: SIGSTOP cannot be caught, so the slots went on."""
        self.assertEqual(self.stopped_for_longer_than_the_time_out(signal.SIGSTOP), 1)

    def test_stdout_that_is_closed(self):
        text = document(deed("gate", (GATE,)), items=10**9).replace("io.write_lines", "io.stdout").replace(
            ", args: {path: out.txt}", "")
        run = Running(self, text)
        run.at_the_gate()
        run.process.stdout.close()
        run.open_gate()
        run.process.stdout = open(os.devnull)  # for communicate()
        status, err = run.finish()
        self.assertEqual(status, 141, err)


if __name__ == "__main__":
    main()
