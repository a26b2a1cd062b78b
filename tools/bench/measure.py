"""Runs commands for measurement: alternating, each in its own session, with a note of what else the machine did."""
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys

CORES = len(os.sched_getaffinity(0))
QUIET_SHARE = 0.05  # what others may take of the machine in a sample that counts
MORE_TRIES = 2  # samples taken again when others took more; the quietest counts


class Failed(Exception):
    """A command that should have been measured did not do its work."""


@dataclasses.dataclass(frozen=True)
class Sample:
    wall_ns: int
    cpu_ns: int
    peak_kib: int
    output: str
    others: float  # share of all cores that went to other processes


def busy_ns():
    """Nanoseconds that all cores were busy since the machine started."""
    fields = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, fields[:8])
    return (user + nice + system + irq + softirq + steal) * (1_000_000_000 // os.sysconf("SC_CLK_TCK"))


class Runner:
    """Takes samples of commands with the launcher of a build folder."""

    def __init__(self, build, verbose=False):
        self.launcher = str(build / "bench" / "bench_launch")
        self.verbose = verbose
        self.others = []  # shares of all samples that counted
        self.commands = {}  # first command of each label, for the report

    def once(self, command):
        before = busy_ns()
        done = subprocess.run([self.launcher, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        busy = busy_ns() - before
        try:
            told = json.loads(done.stdout)
        except ValueError:
            raise Failed(f"{self.launcher} failed: {done.stderr}") from None
        if told["status"] != 0:
            raise Failed(f"exit status {told['status']} of: {' '.join(command)}\n{done.stderr}")
        others = min(1.0, max(0.0, (busy - told["cpu_ns"]) / max(1, told["wall_ns"] * CORES)))
        return Sample(told["wall_ns"], told["cpu_ns"], told["peak_kib"], done.stderr, others)

    def sample(self, command):
        """One sample; again when the machine was not ours, then the quietest."""
        best = self.once(command)
        for _ in range(MORE_TRIES):
            # A few clock ticks are noise in a short sample.
            if best.others <= QUIET_SHARE or best.wall_ns < 200_000_000:
                break
            best = min(best, self.once(command), key=lambda sample: sample.others)
        self.others.append(best.others)
        return best

    def alternate(self, commands, rounds):
        """Samples each of {label: command} once a round, so that drift meets them alike. Returns {label: [Sample]}."""
        taken = {label: [] for label in commands}
        for number in range(rounds):
            for label, command in commands.items():
                self.commands.setdefault(label, command)
                sample = self.sample(command)
                taken[label].append(sample)
                if self.verbose:
                    print(
                        f"  {label} {number + 1}/{rounds}: {sample.wall_ns / 1e6:.1f} ms, others {sample.others:.1%}",
                        file=sys.stderr,
                    )
        return taken


def median_wall(samples):
    return statistics.median(sample.wall_ns for sample in samples)


def median_peak(samples):
    return statistics.median(sample.peak_kib for sample in samples)
