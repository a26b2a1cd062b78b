"""The figures of programs as workers: how each is measured, from which commands. Defined for people in README.md."""
import pathlib

import measure
from targets import Target

KIB = 1 << 10


def items_file(bench, items):
    path = pathlib.Path(bench.documents.folder) / f"items-{items}.txt"
    path.write_text("".join(f"item-{i}.txt\n" for i in range(items)), encoding="utf-8")
    return str(path)


def beside_parallel(bench, items, command, options=()):
    """Commands of papy each and of GNU parallel that do the same: two programs at once, results as they come."""
    path = items_file(bench, items)
    return {
        f"papy each {command}": [bench.papy, "each", "-j2", *options, "-a", path, command],
        f"parallel {command}": ["parallel", "--will-cite", "-j2", *options, "-a", path, command],
    }


def short(bench):
    """A shell and nothing to do in it: what a program costs."""
    items = bench.items(4000, 500)
    commands = beside_parallel(bench, items, "true {}")
    commands["xargs"] = ["xargs", "-a", items_file(bench, items), "-P2", "-n1", "sh", "-c", "true \"$1\"", "sh"]
    document = bench.documents.chain(
        "argv",
        ("io.read_lines", {"path": items_file(bench, items)}),
        [("script.run", {"argv": ["true", "{}"]})],
        ("core.discard", {}),
    )
    commands["papy argv"] = bench.workflow(document)
    papy, parallel, xargs, argv = map(measure.median_wall, bench.run.alternate(commands, bench.rounds).values())
    return {
        "short_us": papy / items / 1000,
        "short_parallel_us": parallel / items / 1000,
        "short_xargs_us": xargs / items / 1000,
        "short_vs_parallel": parallel / papy,
        "argv_us": argv / items / 1000,
    }


def ordered(bench):
    """The same with all that is kept of it: order, tags and a log."""
    items = bench.items(2000, 500)
    log = str(pathlib.Path(bench.documents.folder) / "log")
    commands = beside_parallel(bench, items, "echo {/.}", ("-k", "--tag", "--joblog", log))
    papy, parallel = map(measure.median_wall, bench.run.alternate(commands, bench.rounds).values())
    return {"ordered_us": papy / items / 1000, "ordered_vs_parallel": parallel / papy}


def output(bench):
    """Programs that write 256 KiB each."""
    items = bench.items(1000, 200)
    commands = beside_parallel(bench, items, f"head -c {256 * KIB} /dev/zero; : {{}}")
    papy, parallel = map(measure.median_wall, bench.run.alternate(commands, bench.rounds).values())
    return {"output_us": papy / items / 1000, "output_vs_parallel": parallel / papy}


def serve(bench):
    """A program that answers line after line."""
    items = bench.items(200_000, 50_000)
    document = bench.documents.chain(
        "serve",
        ("io.range", {"to": items}),
        [("script.serve", {"argv": ["sed", "-u", ""]})],
        ("core.discard", {}),
    )
    taken = bench.run.alternate({"papy serve": bench.workflow(document)}, bench.rounds)
    return {"serve_us": measure.median_wall(taken["papy serve"]) / items / 1000}


# Name on the command line -> function.
GROUPS = {"short": short, "ordered": ordered, "output": output, "serve": serve}

# In the order of the table. A figure without a bound is there to compare with.
FIGURES = {
    "short_us": Target("papy each 'true {}', two at once; us an item"),
    "short_parallel_us": Target("  GNU parallel"),
    "short_xargs_us": Target("  xargs -P2 -n1 sh -c"),
    "short_vs_parallel": Target("  times the throughput of GNU parallel", at_least=1),
    "argv_us": Target("script.run without a shell, two slots; us an item"),
    "ordered_us": Target("in order, with tags and a job log; us an item"),
    "ordered_vs_parallel": Target("  times the throughput of GNU parallel", at_least=1),
    "output_us": Target("256 KiB from each program; us an item"),
    "output_vs_parallel": Target("  times the throughput of GNU parallel", at_least=1),
    "serve_us": Target("script.serve with sed -u, two slots; us an item"),
}
