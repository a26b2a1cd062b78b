"""What a benchmark is given, what a figure should be, and the efficiency of spinning stages."""
import bisect
import dataclasses
import math

import measure

SPIN_NS = [5, 10, 15, 20, 25, 30, 40, 60, 100, 150, 200, 300, 500, 1000, 2000, 5000, 10000, 20000, 50000]
PILOT_ITEMS = 20_000
PILOT_NS = 100_000_000
WORK_ROUNDS = 500_000_000  # some 0.4 s on one core


@dataclasses.dataclass
class Bench:
    """What all figures are measured with."""

    run: measure.Runner
    documents: object
    papy: str
    peer: str
    memcpy: str
    work: str
    rounds: int
    quick: bool

    def items(self, full, quick):
        return quick if self.quick else full

    def workflow(self, document, *options):
        return [self.papy, "run", "--quiet", *options, document]


@dataclasses.dataclass(frozen=True)
class Target:
    what: str
    at_most: float = math.inf
    at_least: float = -math.inf

    def met(self, value):
        return self.at_least <= value <= self.at_most

    def text(self):
        if math.isfinite(self.at_most) and math.isfinite(self.at_least):
            return f"{self.at_least:g} to {self.at_most:g}"
        if math.isfinite(self.at_most):
            return f"at most {self.at_most:g}"
        return f"at least {self.at_least:g}" if math.isfinite(self.at_least) else ""


def median_of(taken):
    (samples,) = taken.values()
    return measure.median_wall(samples)


def work(bench, slots):
    """The command that spins on so many threads, without any engine, for as long as on one."""
    return [bench.work, str(WORK_ROUNDS * slots), str(slots)]


def ns_a_round(bench):
    return bench.run.sample(work(bench, 1)).wall_ns / WORK_ROUNDS


class Spins:
    """Measures the efficiency of pipelines of spinning stages on `slots` slots."""

    def __init__(self, bench, stages, slots=2, pool=None):
        self.bench = bench
        self.stages = stages
        self.slots = slots
        self.pool = pool or {}
        self.ns_a_round = ns_a_round(bench)

    def command(self, items, rounds):
        name = "-".join(["spin", str(self.stages), str(rounds), str(items), *(f"{k}{v}" for k, v in self.pool.items())])
        document = self.bench.documents.spins(name, items, self.stages, rounds, self.pool)
        return f"papy {name}", self.bench.workflow(document)

    def items_in(self, seconds, rounds):
        """How many items take about so long: from pilots that grow until start-up is a small part of them."""
        items = PILOT_ITEMS
        while True:
            _, command = self.command(items, rounds)
            wall_ns = self.bench.run.sample(command).wall_ns
            if wall_ns >= PILOT_NS:
                return max(PILOT_ITEMS, int(items * seconds * 1e9 / wall_ns))
            items *= 8

    def efficiency(self, spin_ns, seconds):
        """Returns (real nanoseconds of a spin, efficiency) of runs that take so long at least. How long a spin really
        is, is measured between the runs, on as many threads as there are slots: machines drift."""
        rounds = max(1, round(spin_ns / self.ns_a_round))
        items = self.items_in(seconds, rounds)
        label, command = self.command(items, rounds)
        taken = self.bench.run.alternate({"work": work(self.bench, self.slots), label: command}, self.bench.rounds)
        pure, piped = map(measure.median_wall, taken.values())
        real_ns = rounds * pure / WORK_ROUNDS
        return real_ns, items * self.stages * real_ns / (self.slots * piped)

    def metg(self, seconds):
        """The smallest task at which efficiency is one half, interpolated on a logarithmic scale of lengths; infinite
        when it never is, and the shortest length tried when it always is."""
        points = {}

        def reaches_half(i):
            points[i] = self.efficiency(SPIN_NS[i], seconds)
            return points[i][1] >= 0.5

        first = bisect.bisect_left(range(len(SPIN_NS)), True, key=reaches_half)
        if first == len(SPIN_NS):
            return math.inf
        return points[first][0] if first == 0 else crossing(points[first - 1], points[first])


def crossing(below, above):
    (short, low), (long, high) = below, above
    share = (0.5 - low) / (high - low)
    return math.exp(math.log(short) + share * (math.log(long) - math.log(short)))
