#!/usr/bin/python3
"""What `limits` allows a process, and what every process is denied."""
import unittest

from faults import ITEMS, PLUGIN, SANITIZED, Faults, deed, document, main

# What an address sanitizer sets aside counts as memory.
NEEDS_MEMORY = unittest.skipIf(SANITIZED, "memory cannot be limited beside a sanitizer's own")
USED_UP = rf"^its process used up what limits\.memory allows, in faulty\.deed \({PLUGIN}\)"


@NEEDS_MEMORY
class Memory(Faults):
    def test_who_allocates_without_end_fails_alone(self):
        wanted = self.without_poison(document(deed("eat")))
        self.one_failure(document(deed("eat"), "limits: {memory: 200MiB}"), "memory", USED_UP, attempts=3)
        self.assertEqual(self.lines(), wanted)

    def test_who_allocates_too_much_at_once_fails_alone(self):
        wanted = self.without_poison(document(deed("eat")))
        self.one_failure(document(deed("eat-at-once"), "limits: {memory: 200MiB}"), "error", "bad_alloc")
        self.assertEqual(self.lines(), wanted)

    def test_the_limit_is_the_one_that_was_set(self):
        self.one_failure(document(deed("eat-300-MiB"), "limits: {memory: 200MiB}"), "error", "bad_alloc")
        text = document(deed("eat-300-MiB"), "limits: {memory: 2GiB}")
        self.assertEqual((self.run_it(text)[0], self.failures(), len(self.lines())), (0, [], ITEMS))

    def test_a_leak_costs_nobody_his_result(self):
        """Each tasklet leaks 1 MiB: processes are replaced before, or else what failed is evaluated again."""
        text = document(deed("leak", ()), "limits: {memory: 200MiB}", items=3000)
        status, err = self.run_it(text)
        self.assertEqual((status, self.failures()), (0, []), err)
        self.assertEqual(self.lines(), [str(i + 1) for i in range(3000)])


class Others(Faults):
    def test_open_files(self):
        self.one_failure(document(deed("open-files"), "limits: {open_files: 100}"), "fail", "^Too many open files$", code=24)

    def test_cpu_time(self):
        self.one_failure(document(deed("use-cpu"), "limits: {cpu_time: 1s}, max_crashes: 1"), "crash",
                         r"^its process was killed by signal 24 \(SIGXCPU; limits\.cpu_time was used up\) in faulty\.deed",
                         code=24)

    def test_whoever_comes_last_in_a_process_that_has_used_its_time_is_not_blamed(self):
        text = document("last: {worker: faulty.busy, from: numbers, pool: cpu, args: {us: 1000}}",
                        "limits: {cpu_time: 1s}, max_crashes: 1", items=4000)
        status, err = self.run_it(text)
        self.assertEqual((status, self.failures()), (0, []), err)
        self.assertEqual(self.lines(), [str(i) for i in range(4000)])

    def test_what_a_process_finds_about_itself(self):
        """The files of /proc, read by a slot."""
        self.write("files", "/proc/self/limits\n/proc/self/oom_score_adj\n/proc/self/status\n/proc/self/comm\n")
        memory = "" if SANITIZED else "memory: 512MiB, "
        text = document("last: {worker: io.read_file, from: numbers, pool: cpu, produce: any}",
                        f"limits: {{{memory}open_files: 100, cpu_time: 7s}}")
        text = text.replace(f"io.range, args: {{to: {ITEMS}}}", "io.read_lines, args: {path: files}")
        self.assertEqual(self.run_it(text)[0], 0)
        told = " ".join(self.read("out.txt").split())
        limits = ["Max core file size 0 0 ", "Max open files 100 100 ", "Max cpu time 7 8 "]
        limits += [] if SANITIZED else [f"Max data size {512 << 20} {512 << 20} "]
        for wanted in limits + [" 500 ", "NoNewPrivs: 1 ", "SigBlk: 0000000000000000", "papy slot"]:
            self.assertIn(wanted, told)


if __name__ == "__main__":
    main()
