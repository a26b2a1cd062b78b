#!/usr/bin/python3
"""A function that ends its process takes its own tasklet with it, and nothing else."""
from faults import FIXTURES, ITEMS, PLUGIN, POISON, SANITIZED, Faults, deed, document, main

WHERE = rf"in faulty\.deed \({PLUGIN}\)"
ENDS = (
    ("segfault", 11, rf"^its process was killed by signal 11 \(SIGSEGV\) {WHERE}"),
    ("abort", 6, rf"^its process was killed by signal 6 \(SIGABRT\) {WHERE}"),
    ("exit", 0, rf"^its process ended with exit code 0 {WHERE}"),
    ("leave", 7, rf"^its process ended with exit code 7 {WHERE}"),
    ("kill", 9, rf"^its process was killed by signal 9 \(SIGKILL; .*\) {WHERE}"),
    ("terminate", 15, rf"^its process was killed by signal 15 \(SIGTERM\) {WHERE}"),
    ("dive", 11, rf"^its process was killed by signal 11 \(SIGSEGV\) {WHERE}"),
    ("free-twice", 6, rf"^its process was killed by signal 6 \(SIGABRT\) {WHERE}; its last words:\nfree\(\): double free"),
    ("say-and-die", 6, rf"^its process was killed by signal 6 \(SIGABRT\) {WHERE}; its last words:\n"
                       r"this is stdout\nthis is stderr$"),
    ("throw-noexcept", 6, rf"{WHERE}; its last words:\nterminate called after throwing .*\n +what\(\):  on purpose$"),
)


class Crash(Faults):
    part_files = "allowed"  # of runs that are stopped

    def test_one_poison_item_fails_alone(self):
        wanted = self.without_poison(document(deed("abort")))
        for how, code, message in ENDS:
            if SANITIZED and how in ("segfault", "dive", "free-twice", "exit", "abort"):
                continue  # the sanitizer ends the process before the system does
            with self.subTest(how):
                err = self.one_failure(document(deed(how)), "crash", message, code=code, attempts=3)
                self.assertEqual(self.lines(), wanted)
                self.assertIn(f"failed: 1 item at 'last' (faulty.deed, crash{f' {code}' if code else ''})", err)

    def test_an_exception_is_a_failure_and_no_crash(self):
        wanted = self.without_poison(document(deed("throw")))
        for how, message in (("throw", "^on purpose$"), ("throw-int", "no std::exception"),
                             ("throw-own", "no std::exception")):
            with self.subTest(how):
                self.one_failure(document(deed(how)), "error", message)
                self.assertEqual(self.lines(), wanted)

    def test_max_crashes_counts_deaths_alone(self):
        for deaths in (1, 2, 5):
            with self.subTest(deaths):
                self.one_failure(document(deed("leave"), f"max_crashes: {deaths}"), "crash", "exit code 7",
                                 attempts=deaths)

    def test_a_function_that_ends_its_process_behind_it_fails_alone(self):
        """Nobody sees where: what may have been it is halved until one is left, and that one alone is charged."""
        wanted = self.without_poison(document(deed("abort")))
        for how, message in (("close-all", r"^its process .* behind faulty\.deed"),
                             ("scribble", r"^its process was killed by signal 6 \(SIGABRT\) behind faulty\.deed")):
            with self.subTest(how):
                self.one_failure(document(deed(how)), "crash", message, attempts=3)
                self.assertEqual(self.lines(), wanted)

    def test_a_process_that_cannot_be_reached_any_more_is_replaced(self):
        """The connection may come back by itself and bring the item's result; no other item may be lost."""
        if SANITIZED:
            self.skipTest("dozens of fresh processes take long under a sanitizer")
        text = document(deed("cut-off"), "batch: 1, max_crashes: 1")
        everything, without = self.on_threads(document(deed("cut-off"))), self.without_poison(document(deed("cut-off")))
        for _ in range(2):
            status, err = self.run_it(text)
            self.assertIn(status, (0, 1), err)
            self.assertEqual(self.lines(), without if status else everything)
            for failure in self.failures():
                self.assertEqual((failure["place"], failure["kind"]), (POISON, "crash"))
                self.assertRegex(failure["message"], r"^its process does not answer any more behind faulty\.deed")

    def test_a_death_is_no_error_that_is_retried(self):
        self.one_failure(document(deed("leave", keys=", retries: {attempts: 5}")), "crash", "exit code 7", attempts=3)

    def test_whoever_comes_after_a_process_was_corrupted_is_not_blamed(self):
        """The item after the poisoned one crashes. It does not when it is alone: even one death is forgiven."""
        wanted = self.on_threads(document(deed("corrupt")))
        status, err = self.run_it(document(deed("corrupt"), "max_crashes: 1"))
        self.assertEqual((status, self.failures()), (0, []), err)
        self.assertEqual(self.lines(), wanted)

    def test_several_poison_items_fail_and_no_others(self):
        bad = (0, 1, 7000, 7001, 19_999)
        status, _ = self.run_it(document(deed("leave", bad), "max_crashes: 1"))
        self.assertEqual(status, 1)
        self.assertEqual([failure["inbox"][0] for failure in self.failures()], list(bad))
        self.assertEqual(self.lines(), [str(i + 1) for i in range(ITEMS) if i not in bad])

    def test_all_items_fail(self):
        status, _ = self.run_it(document(deed("leave", ()), "max_crashes: 1", items=40))
        self.assertEqual((status, len(self.failures()), self.lines()), (1, 40, []))

    def test_a_crash_may_stop_the_run_or_leave_a_gap(self):
        status, err = self.run_it(document(deed("leave", keys=", on_error: stop")))
        self.assertEqual(status, 3)
        self.assertRegex(err, r"faults: stopped after .*: piper 'last' failed at item 13337 and says on_error: stop: "
                              r"its process ended with exit code 7")
        status, err = self.run_it(document(deed("leave", keys=", on_error: skip")))
        self.assertEqual((status, self.failures()), (0, []), err)
        self.assertEqual(self.lines(), [str(i + 1) for i in range(ITEMS) if i != POISON])

    def test_more_failures_than_allowed_stop_the_run(self):
        status, err = self.run_it(document(deed("leave", ()), "max_crashes: 1", run="max_failures: 3"))
        self.assertEqual(status, 3)
        self.assertIn("items failed, run.max_failures allows 3", err)

    def test_the_piper_of_a_fused_group_is_named(self):
        pipers = f"""before: {{worker: core.ident, from: numbers, pool: cpu}}
bad: {{worker: faulty.deed, from: before, pool: cpu, args: {{how: leave, at: [{POISON}]}}}}
last: {{worker: core.ident, from: bad, pool: cpu}}"""
        text = document(pipers)
        wanted = self.without_poison(text)
        self.one_failure(text, "crash", WHERE, piper="bad", hops=1, attempts=3, inbox=[])
        self.assertEqual(self.lines(), wanted)

    def test_a_function_of_a_chain_is_named(self):
        worker = f"[core.ident, {{function: faulty.deed, args: {{how: leave, at: [{POISON}]}}}}, core.ident]"
        text = document(f"last: {{worker: {worker}, from: numbers, pool: cpu}}")
        wanted = self.without_poison(text)
        self.one_failure(text, "crash", WHERE, attempts=3)
        self.assertEqual(self.lines(), wanted)

    def test_the_group_of_a_poison_item_fails(self):
        text = document(deed("leave", keys=", consume: 7", worker="faulty.total"))
        wanted = self.on_threads(text)
        group = POISON // 7
        self.one_failure(text, "crash", "in faulty.total", function="faulty.total", place=group, attempts=3,
                         inbox=list(range(7 * group, 7 * group + 7)))
        self.assertEqual(self.lines(), wanted[:group] + wanted[group + 1:])

    def test_what_a_poison_item_would_have_emitted_is_missing(self):
        text = document(deed("leave", keys=", produce: any", worker="faulty.spread"))
        wanted = [line for line in self.on_threads(text) if line != str(POISON)]
        self.one_failure(text, "crash", "in faulty.spread", function="faulty.spread", attempts=3)
        self.assertEqual(self.lines(), wanted)

    def test_a_pool_of_several_pipers_goes_on(self):
        text = document(f"""good: {{worker: core.ident, from: numbers, pool: cpu}}
bad: {{worker: faulty.deed, from: numbers, pool: cpu, args: {{how: leave, at: [{POISON}]}}}}
last: {{worker: faulty.total, from: [good, bad], pool: cpu, args: {{how: throw, at: [-1]}}}}""")
        wanted = self.on_threads(text)
        self.one_failure(text, "crash", WHERE, piper="bad", attempts=3)
        self.assertEqual(self.lines(), wanted[:POISON] + wanted[POISON + 1:])


class State(Faults):
    """Pipers with state over the stream."""

    part_files = "allowed"  # of runs that are stopped

    def test_state_that_can_be_saved_outlives_a_crash(self):
        text = document(deed("leave", worker="faulty.running_saved"))
        self.one_failure(text, "crash", "in faulty.running_saved", function="faulty.running_saved", attempts=3)
        total, wanted = 0, []
        for i in range(ITEMS):
            if i != POISON:
                total += i
                wanted.append(str(total))
        self.assertEqual(self.lines(), wanted)

    def test_a_state_that_cannot_be_saved_is_lost_and_the_run_says_so(self):
        status, err = self.run_it(document(deed("leave", worker="faulty.running")))
        self.assertEqual(status, 3)
        self.assertRegex(err, r"faults: stopped after .*: piper 'last': its process ended with exit code 7 in "
                              r"faulty\.running \(.*\); its state was lost with the process, since its worker has no "
                              r"save and load")
        done = len(self.lines("out.txt.part"))
        self.assertEqual(self.lines("out.txt.part"), [str(i * (i + 1) // 2) for i in range(done)])

    def test_a_sum_is_right_whatever_dies_before_it(self):
        pipers = f"""bad: {{worker: faulty.deed, from: numbers, pool: cpu, args: {{how: leave, at: [{POISON}]}}}}
last: {{worker: core.sum, from: bad, pool: cpu, produce: any}}"""
        status, err = self.run_it(document(pipers))
        self.assertEqual((status, self.lines()), (1, [str(sum(range(1, ITEMS + 1)) - POISON - 1)]), err)

    def test_replicas_keep_their_own_states(self):
        text = document(deed("leave", keys=", spawn: 4", worker="faulty.running_saved"))
        self.one_failure(text, "crash", "in faulty.running_saved", function="faulty.running_saved", attempts=3)
        totals, wanted = [0] * 4, []
        for i in range(ITEMS):
            if i != POISON:
                totals[i % 4] += i
                wanted.append(str(totals[i % 4]))
        self.assertEqual(self.lines(), wanted)

    def test_a_flush_that_crashes_is_a_failure(self):
        text = document("last: {worker: faulty.flushed, from: numbers, pool: cpu, produce: any, "
                        "args: {how: leave, when: flush}}")
        status, err = self.run_it(text)
        self.assertEqual((status, len(self.lines())), (1, ITEMS), err)
        failure = self.failures()[0]
        self.assertEqual((failure["function"], failure["kind"], failure["attempts"], failure["inbox"]),
                         ("faulty.flushed", "crash", 3, []))


class Start(Faults):
    """Processes that die before they could evaluate anything end the run, which says why."""

    part_files = "allowed"

    def stopped(self, text, reason):
        status, err = self.run_it(text)
        self.assertEqual(status, 3, err)
        self.assertRegex(err, "faults: stopped after .*: pool 'cpu': " + reason)

    def test_a_plugin_that_dies_at_load(self):
        self.stopped(document("last: {worker: dies.trim, from: numbers, pool: cpu}"),
                     rf"a process was killed by signal 6 \(SIGABRT\) while it loaded dies\.trim "
                     rf"\({FIXTURES}/libdies_at_load\.so\); its last words:\nthe licence server does not answer")

    def test_a_function_that_dies_when_it_is_opened(self):
        for worker, state in (("opened", ""), ("flushed", ", or loaded or saved its state")):
            with self.subTest(worker):
                self.stopped(document(f"last: {{worker: faulty.{worker}, from: numbers, pool: cpu, produce: any, "
                                      f"args: {{how: leave, when: open}}}}"),
                             rf"a process ended with exit code 7 while it opened faulty\.{worker} "
                             rf"\({PLUGIN}\){state} \(run")

    def test_processes_that_are_always_killed(self):
        """Who is killed may have been killed by others, so it takes more of them."""
        self.stopped(document("last: {worker: faulty.opened, from: numbers, pool: cpu, args: {how: kill, when: open}}"),
                     r"a process was killed by signal 9 \(SIGKILL; .*\) while it opened faulty\.opened "
                     rf"\({PLUGIN}\), like others before it, without a result")

    def test_a_state_that_kills_whoever_loads_or_saves_it(self):
        for when in ("load", "save"):
            with self.subTest(when):
                self.stopped(document(f"last: {{worker: faulty.flushed, from: numbers, pool: cpu, produce: any, "
                                      f"args: {{how: leave, when: {when}}}}}", "recycle: 100"),
                             r"a process ended with exit code 7 while it opened faulty\.flushed .*, or loaded or saved")

    def test_a_function_that_cannot_be_opened(self):
        self.stopped(document("last: {worker: faulty.opened, from: numbers, pool: cpu, "
                              "args: {how: throw, when: open}}"), r"piper 'last': faulty\.opened: .*on purpose")

    def test_a_command_that_is_none(self):
        self.write("no-such-shell", "#!/no/such/shell\n")
        (self.folder / "no-such-shell").chmod(0o755)
        self.stopped(document(deed("leave"), "command: [./no-such-shell]"),
                     r"a process could not be started: cannot start '.*no-such-shell': No such file or directory")
        self.stopped(document(deed("leave"), 'command: ["false"]'),
                     "a process ended with exit code 1 before it said hello")

    def test_a_function_that_dies_when_it_is_closed_is_nobodys_business(self):
        text = document("last: {worker: faulty.opened, from: numbers, pool: cpu, args: {how: leave, when: close}}")
        status, err = self.run_it(text)
        self.assertEqual((status, len(self.lines())), (0, ITEMS), err)


if __name__ == "__main__":
    main()
