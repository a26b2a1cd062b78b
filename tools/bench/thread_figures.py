"""The figures: how each is measured, from which commands. Their definitions for people are in README.md."""
import measure
from targets import Spins, Target, median_of, ns_a_round

MEGA = 1_000_000
START_TRIES = 21


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


def metg(bench):
    return {"metg_ns": Spins(bench, stages=1).metg(bench.items(1.0, 0.3))}


def metg_stride1(bench):
    # One tasklet a piper at a time: two slots have work only when there are two pipers.
    seconds = bench.items(1.0, 0.3)
    return {
        "metg_stride1_ns": Spins(bench, stages=2, pool={"stride": 1}).metg(seconds),
        "metg_batch1_ns": Spins(bench, stages=2, pool={"stride": 1, "batch": 1}).metg(seconds),
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
    "metg_batch1_ns": Target("  the same without batches: each tasklet is a task of its own; ns"),
    "efficiency_1us": Target("efficiency at 1 us of work", at_least=0.97),
    "rss_ratio": Target("peak memory, 10^8 items over 10^6", at_least=0.9, at_most=1.1),
    "rss_mib": Target("  peak memory; MiB"),
    "rss_slow_sink_ratio": Target("the same, sink 100 times slower, ten times the items", at_least=0.9, at_most=1.1),
    "rss_slow_sink_mib": Target("  peak memory; MiB"),
    "lint_10k_s": Target("10,000 pipers: lint; s", at_most=1),
    "start_10k_s": Target("10,000 pipers: run with one item; s", at_most=2),
    "start_ms": Target("smallest workflow, start to end; ms", at_most=20),
}
