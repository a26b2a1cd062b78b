"""The figures: how each is measured, from which commands. Their definitions for people are in README.md."""
import bisect
import dataclasses
import math
import subprocess

import measure

MEGA = 1_000_000
SPIN_NS = [5, 10, 15, 20, 25, 30, 40, 60, 100, 150, 200, 300, 500, 1000, 2000, 5000, 10000, 20000, 50000]
PILOT_ITEMS = 20_000
PILOT_NS = 100_000_000
START_TRIES = 21


@dataclasses.dataclass
class Bench:
    """What all figures are measured with."""

    run: measure.Runner
    documents: object
    papy: str
    peer: str
    calibrate: str
    rounds: int
    quick: bool

    def items(self, full, quick):
        return quick if self.quick else full

    def workflow(self, document, *options):
        return [self.papy, "run", "--quiet", *options, document]


def against_tbb(bench, name, stages):
    """W1 and W3: nanoseconds an item of papy, of oneTBB one item a token, of oneTBB in batches of 256."""
    items = bench.items(100 * MEGA, 10 * MEGA)
    singles = bench.items(10 * MEGA, 3 * MEGA)  # far slower, so fewer
    document = bench.documents.noops(f"{name}-{items}", items, stages)
    taken = bench.run.alternate(
        {
            f"papy {name}": bench.workflow(document),
            f"tbb {name}": [bench.peer, name, str(singles), "1", "16"],
            f"tbb {name} batched": [bench.peer, name, str(items), "256", "16"],
        },
        bench.rounds,
    )
    papy, single, batched = map(measure.median_wall, taken.values())
    return papy / items, single / singles, batched / items


def w1(bench):
    papy, single, batched = against_tbb(bench, "w1", 2)
    return {
        "w1_ns": papy,
        "w1_vs_tbb": single / papy,
        "w1_vs_tbb_batched": papy / batched,
        "w1_tbb_ns": single,
        "w1_tbb_batched_ns": batched,
    }


def w3(bench):
    papy, single, batched = against_tbb(bench, "w3", 1)
    return {"w3_ns": papy, "w3_tbb_ns": single, "w3_tbb_batched_ns": batched}


def kib(bench):
    """Payload bytes that pass through the three stages in a second; and bytes that the stages copy, three times that."""
    items = bench.items(10 * MEGA, 1 * MEGA)
    document = bench.documents.payloads(f"kib-{items}", items, 1024, 3)
    taken = bench.run.alternate({"papy kib": bench.workflow(document)}, bench.rounds)
    through = items * 1024 / median_of(taken)
    return {"kib_gb_s": through, "kib_copied_gb_s": 3 * through}


def median_of(taken):
    (samples,) = taken.values()
    return measure.median_wall(samples)


def ns_a_round(bench):
    return float(subprocess.run([bench.calibrate], stdout=subprocess.PIPE, text=True, check=True).stdout) / 1000


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
        """Returns (real nanoseconds of a spin, efficiency) of runs that take so long at least."""
        rounds = max(1, round(spin_ns / self.ns_a_round))
        real_ns = rounds * self.ns_a_round
        items = self.items_in(seconds, rounds)
        label, command = self.command(items, rounds)
        taken = self.bench.run.alternate({label: command}, self.bench.rounds)
        return real_ns, items * self.stages * real_ns / (self.slots * median_of(taken))

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


def metg(bench):
    return {"metg_ns": Spins(bench, stages=1).metg(bench.items(1.0, 0.3))}


def metg_stride1(bench):
    # One tasklet a piper at a time: two slots have work only when there are two pipers, and one piper has one slot.
    seconds = bench.items(1.0, 0.3)
    return {
        "metg_stride1_ns": Spins(bench, stages=2, pool={"stride": 1}).metg(seconds),
        "metg_stride1_one_slot_ns": Spins(bench, stages=1, slots=1, pool={"stride": 1}).metg(seconds),
    }


def efficiency(bench):
    return {"efficiency_1us": Spins(bench, stages=1).efficiency(1000, bench.items(4.0, 2.0))[1]}


def memory(bench):
    """Peak memory of many items over that of few; the same with a sink a hundred times slower than the source."""
    few, many = MEGA, bench.items(100 * MEGA, 10 * MEGA)
    slow_few, slow_many = bench.items((MEGA, 10 * MEGA), (MEGA // 10, MEGA))
    rounds = max(1, round(1000 / ns_a_round(bench)))  # 1 us: a source takes less than 10 ns
    documents = bench.documents
    taken = bench.run.alternate(
        {
            "papy few items": bench.workflow(documents.noops("few", few, 2)),
            "papy many items": bench.workflow(documents.noops("many", many, 2)),
            "papy slow sink, few": bench.workflow(documents.slow_sink("slow-few", slow_few, rounds)),
            "papy slow sink, many": bench.workflow(documents.slow_sink("slow-many", slow_many, rounds)),
        },
        min(3, bench.rounds),
    )
    small, large, slow_small, slow_large = map(measure.median_peak, taken.values())
    return {
        "rss_ratio": large / small,
        "rss_mib": large / 1024,
        "rss_slow_sink_ratio": slow_large / slow_small,
        "rss_slow_sink_mib": slow_large / 1024,
    }


def graph(bench):
    document = bench.documents.grid("grid-10000", columns=100, rows=100)
    taken = bench.run.alternate(
        {"papy lint 10k": [bench.papy, "lint", document], "papy run 10k": bench.workflow(document)},
        min(5, bench.rounds),
    )
    lint, start = map(measure.median_wall, taken.values())
    return {"lint_10k_s": lint / 1e9, "start_10k_s": start / 1e9}


def start(bench):
    document = bench.documents.chain("smallest", ("bench.range", {"n": 1}), ["bench.noop"])
    taken = bench.run.alternate({"papy start": bench.workflow(document)}, START_TRIES)
    return {"start_ms": median_of(taken) / 1e6}


# Name on the command line -> function.
GROUPS = {
    "w1": w1,
    "w3": w3,
    "kib": kib,
    "metg": metg,
    "metg_stride1": metg_stride1,
    "efficiency": efficiency,
    "memory": memory,
    "graph": graph,
    "start": start,
}


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


# In the order of the table. A figure without a bound is there to compare with.
FIGURES = {
    "w1_ns": Target("W1: source, two no-op stages, sink; ns an item", at_most=12),
    "w1_tbb_ns": Target("  oneTBB parallel_pipeline, one item a token"),
    "w1_tbb_batched_ns": Target("  oneTBB parallel_pipeline, batches of 256 by hand"),
    "w1_vs_tbb": Target("  times the throughput of oneTBB one by one", at_least=8),
    "w1_vs_tbb_batched": Target("  times slower than oneTBB in batches", at_most=3),
    "w3_ns": Target("W3: source, one parallel stage, ordered sink; ns an item", at_most=10),
    "w3_tbb_ns": Target("  oneTBB parallel_pipeline, one item a token"),
    "w3_tbb_batched_ns": Target("  oneTBB parallel_pipeline, batches of 256 by hand"),
    "kib_gb_s": Target("1 KiB payloads through three copying stages; GB/s", at_least=10),
    "kib_copied_gb_s": Target("  bytes that these stages copy; GB/s"),
    "metg_ns": Target("METG(50 %), two slots, ordered; ns", at_most=30),
    "metg_stride1_ns": Target("METG(50 %), stride 1, two stages; ns", at_most=300),
    "metg_stride1_one_slot_ns": Target("  one stage, relative to the one slot that it may use; ns"),
    "efficiency_1us": Target("efficiency at 1 us of work", at_least=0.97),
    "rss_ratio": Target("peak memory, 10^8 items over 10^6", at_least=0.9, at_most=1.1),
    "rss_mib": Target("  peak memory; MiB"),
    "rss_slow_sink_ratio": Target("the same, sink 100 times slower, ten times the items", at_least=0.9, at_most=1.1),
    "rss_slow_sink_mib": Target("  peak memory; MiB"),
    "lint_10k_s": Target("10,000 pipers: lint; s", at_most=1),
    "start_10k_s": Target("10,000 pipers: run with one item; s", at_most=2),
    "start_ms": Target("smallest workflow, start to end; ms", at_most=20),
}
