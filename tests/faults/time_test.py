#!/usr/bin/python3
"""What takes too long is ended, whatever it does against it; what fails is tried again."""
from faults import ITEMS, POISON, Faults, deed, document, main

LATE = r"^took longer than its time-out of 300ms; its process was ended"


class TimeOut(Faults):
    part_files = "allowed"  # of runs that are stopped

    def test_one_slow_item_is_ended_alone(self):
        wanted = self.without_poison(document(deed("loop")))
        for how in ("loop", "loop-blocked", "ignore-term", "pause", "stop", "daemon-and-pause"):
            with self.subTest(how):
                err = self.one_failure(document(deed(how, keys=", timeout: 300ms")), "timeout", LATE)
                self.assertEqual(self.lines(), wanted)
                self.assertIn("failed: 1 item at 'last' (faulty.deed, timeout)", err)

    def test_what_it_said_last_is_told(self):
        self.one_failure(document(deed("pause", keys=", timeout: 300ms")), "timeout", LATE + "; its last words:\npausing$")

    def test_a_time_out_is_no_crash_and_costs_one_attempt(self):
        self.one_failure(document(deed("pause", keys=", timeout: 300ms"), "max_crashes: 5"), "timeout", LATE)
        self.one_failure(document(deed("pause", keys=", timeout: 300ms, retries: {attempts: 3, when: [error]}")),
                         "timeout", LATE)

    def test_a_time_out_may_be_tried_again(self):
        retries = ", timeout: 300ms, retries: {attempts: 3, when: [timeout]}"
        self.one_failure(document(deed("pause", keys=retries)), "timeout", LATE, attempts=3)
        text = document(deed("pause", keys=retries, worker="faulty.shaky"))
        wanted = self.on_threads(document(deed("pause", worker="faulty.shaky")))
        status, err = self.run_it(text)
        self.assertEqual((status, self.failures()), (0, []), err)
        self.assertEqual(self.lines(), wanted)

    def test_a_late_result_may_be_a_gap_or_end_the_run(self):
        for keys, pool in ((", timeout: 300ms, on_error: skip", ""), (", timeout: 300ms", "skip: true")):
            with self.subTest(keys + pool):
                status, err = self.run_it(document(deed("pause", keys=keys), pool))
                self.assertEqual((status, self.failures()), (0, []), err)
                self.assertEqual(self.lines(), [str(i + 1) for i in range(ITEMS) if i != POISON])
        status, err = self.run_it(document(deed("pause", keys=", timeout: 300ms, on_error: stop")))
        self.assertEqual(status, 3)
        self.assertRegex(err, r"piper 'last' failed at item 13337 and says on_error: stop: took longer than")

    def test_a_flush_may_take_too_long(self):
        status, err = self.run_it(document("last: {worker: faulty.flushed, from: numbers, pool: cpu, produce: any, "
                                           "args: {how: pause, when: flush}, timeout: 300ms}"))
        self.assertEqual((status, len(self.lines())), (1, ITEMS), err)
        self.assertEqual((self.failures()[0]["kind"], self.failures()[0]["inbox"]), ("timeout", []))

    def test_all_items_are_too_slow(self):
        status, err = self.run_it(document(deed("pause", (), ", timeout: 10ms"), items=30))
        self.assertEqual((status, self.lines()), (1, []), err)
        self.assertEqual([failure["inbox"] for failure in self.failures()], [[i] for i in range(30)])

    def test_whoever_is_quick_never_has_a_time_out(self):
        text = document(deed("loop", (-1,), ", timeout: 60s, deadline: 60s"))
        wanted = self.on_threads(document(deed("loop", (-1,))))
        self.assertEqual(self.run_it(text)[0], 0)
        self.assertEqual(self.lines(), wanted)


class Deadline(Faults):
    def test_a_deadline_ends_what_is_under_evaluation(self):
        wanted = self.without_poison(document(deed("pause")))
        self.one_failure(document(deed("pause", keys=", deadline: 300ms")), "deadline",
                         "^was not done by its deadline of 300ms; its process was ended")
        self.assertEqual(self.lines(), wanted)

    def test_a_deadline_counts_all_attempts(self):
        keys = ", timeout: 200ms, deadline: 500ms, retries: {attempts: 100, when: [timeout]}"
        self.one_failure(document(deed("pause", keys=keys)), "deadline", "deadline of 500ms", attempts=3)

    def test_no_attempt_begins_behind_the_deadline(self):
        keys = ", deadline: 5s, retries: {attempts: 3, backoff: 1h}"
        self.one_failure(document(deed("throw", keys=keys)), "deadline", "on purpose")


class Retries(Faults):
    def test_a_failure_is_tried_again_with_its_cause(self):
        wanted = self.without_poison(document(deed("throw")))
        self.one_failure(document(deed("throw", keys=", retries: {attempts: 4, backoff: 1ms}")), "error", "^on purpose$",
                         attempts=4)
        self.assertEqual(self.lines(), wanted)
        text = document(deed("throw", keys=", retries: {attempts: 3}", worker="faulty.shaky"))
        self.assertEqual((self.run_it(text)[0], len(self.lines()), self.failures()), (0, ITEMS, []))

    def test_two_attempts_are_not_enough_for_what_needs_three(self):
        self.one_failure(document(deed("throw", keys=", retries: {attempts: 2}", worker="faulty.shaky")), "error",
                         "^on purpose$", attempts=2, function="faulty.shaky")


class Recycle(Faults):
    def test_a_process_is_replaced_after_so_many_tasklets(self):
        text = document("last: {worker: faulty.who, from: numbers, pool: cpu}", "recycle: 500, batch: 50", items=5000)
        self.assertEqual(self.run_it(text)[0], 0)
        count = {pid: self.lines().count(pid) for pid in set(self.lines())}
        self.assertEqual(sum(count.values()), 5000)
        self.assertLessEqual(max(count.values()), 500, count)

    def test_a_process_with_a_state_that_cannot_be_saved_stays(self):
        text = document(deed("leave", (-1,), worker="faulty.running"), "recycle: 100").replace("workers: 2", "workers: 1")
        status, err = self.run_it(text)
        self.assertEqual((status, len(self.lines())), (0, ITEMS), err)

    def test_processes_stay_when_nothing_is_said(self):
        self.assertEqual(self.run_it(document("last: {worker: faulty.who, from: numbers, pool: cpu}"))[0], 0)
        self.assertLessEqual(len(set(self.lines())), 2)


if __name__ == "__main__":
    main()
