"""The figures of worker processes: how each is measured, from which commands. Defined for people in README.md."""
import pathlib
import random
import re
import signal
import statistics
import subprocess
import time

import measure
from targets import Spins, Target, median_of, ns_a_round

MEGA = 1_000_000
MIB = 1 << 20
PROCESSES = {"type": "process"}
PEER = str(pathlib.Path(__file__).resolve().parent / "peers" / "python_pools.py")
CHUNKS = (1, 64, 1024)
START_TRIES = 21
KILLS = 1000
KILLED_TASKLETS = 200_000


def ns_told(samples):
    """The median of what a peer says of itself."""
    return statistics.median(float(re.search(r"ns_an_item (\S+)", sample.output).group(1)) for sample in samples)


def noop(bench):
    """Wall time of the whole process of papy for each item, against the map alone of the peers."""
    items = bench.items(40 * MEGA, 10 * MEGA)
    document = bench.documents.chain(f"noop-{items}", ("bench.range", {"n": items}), ["bench.noop"], pool=PROCESSES)
    commands = {"papy noop": bench.workflow(document)}
    peer_items = {1: MEGA // 10, 64: MEGA, 1024: 2 * MEGA}
    for chunk in CHUNKS:
        count = peer_items[chunk] // bench.items(1, 4)
        commands[f"multiprocessing {chunk}"] = [PEER, "multiprocessing", str(count), str(chunk)]
    commands["joblib"] = [PEER, "joblib", str(bench.items(MEGA // 10, MEGA // 40))]
    commands["dask"] = [PEER, "dask", str(bench.items(5000, 2000))]
    taken = bench.run.alternate(commands, bench.rounds)
    papy = measure.median_wall(taken["papy noop"]) / items
    chunked = {chunk: ns_told(taken[f"multiprocessing {chunk}"]) for chunk in CHUNKS}
    joblib, dask = ns_told(taken["joblib"]), ns_told(taken["dask"])
    return {
        "noop_us": papy / 1000,
        "vs_mp_best": min(chunked.values()) / papy,
        "vs_mp_1": chunked[1] / papy,
        "vs_joblib": joblib / papy,
        "vs_dask": dask / papy,
        "mp_best_us": min(chunked.values()) / 1000,
        "mp_1_us": chunked[1] / 1000,
        "joblib_us": joblib / 1000,
        "dask_us": dask / 1000,
    }


def metg(bench):
    return {"metg_us": Spins(bench, stages=1, pool=PROCESSES).metg(bench.items(1.0, 0.5)) / 1000}


def efficiency(bench):
    return {"efficiency_1us": Spins(bench, stages=1, pool=PROCESSES).efficiency(1000, bench.items(4.0, 2.0))[1]}


def stride1(bench):
    """One tasklet at a time; and so that each tasklet is a task of its own besides."""
    items = bench.items(2 * MEGA, MEGA // 2)

    def workflow(name, pool):
        pool = dict(PROCESSES, **pool)
        return bench.workflow(bench.documents.chain(name, ("bench.range", {"n": items}), ["bench.noop"], pool=pool))

    taken = bench.run.alternate(
        {
            "papy stride 1": workflow("stride1", {"stride": 1}),
            "papy batch 1": workflow("batch1", {"batch": 1}),
            "papy stride 1, batch 1": workflow("stride1-batch1", {"stride": 1, "batch": 1}),
        },
        bench.rounds,
    )
    stride, batch, both = (1000 * items / measure.median_wall(samples) for samples in taken.values())
    return {"stride1_millions": stride, "batch1_millions": batch, "stride1_batch1_millions": both}


def mib(bench):
    """Items of 1 MiB through three stages on slots of their own, each of which makes a new item."""
    items, stages = bench.items(4000, 1000), 3
    document = bench.documents.payloads_apart("mib", items, MIB, stages, PROCESSES)
    peer_items = bench.items(400, 100)
    taken = bench.run.alternate(
        {
            "papy mib": bench.workflow(document),
            "memcpy": [bench.memcpy],
            "multiprocessing mib": [PEER, "multiprocessing-mib", str(peer_items)],
        },
        bench.rounds,
    )
    each = measure.median_wall(taken["papy mib"]) / items / stages
    copied, peer = ns_told(taken["memcpy"]), ns_told(taken["multiprocessing mib"]) / stages
    return {
        "mib_gb_s": MIB / each,
        "mib_vs_memcpy": copied / each,
        "vs_mp_mib": peer / each,
        "memcpy_gb_s": MIB / copied,
        "mp_mib_gb_s": MIB / peer,
    }


def first(bench):
    document = bench.documents.chain("first", ("bench.range", {"n": 1}), ["bench.noop"], pool=PROCESSES)
    taken = bench.run.alternate({"papy first result": bench.workflow(document)}, START_TRIES)
    return {"first_result_ms": median_of(taken) / 1e6}


def idle(bench):
    """CPU time of papy and its processes in a second in which the source gives nothing."""
    document = bench.documents.write(
        "idle",
        {"lines": {"source": "io.read_lines", "args": {"path": "-"}}},
        {"stage": {"worker": "core.ident", "from": "lines", "pool": "cpu"}},
        {"out": {"sink": "io.write_lines", "from": "stage", "args": {"path": "-"}}},
        PROCESSES,
    )
    with subprocess.Popen(
        bench.workflow(document), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as papy:
        papy.stdin.write(b"one\n")
        papy.stdin.flush()
        papy.stdout.readline()  # all is up, and has nothing to do from here on
        before = cpu_seconds(family(papy.pid))
        time.sleep(1)
        after = cpu_seconds(family(papy.pid))
        papy.stdin.close()
    return {"idle_cpu": after - before}


def family(pid):
    """This process and all under it."""
    children = {}
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        children.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found, left = [], [pid]
    while left:
        found.append(left.pop())
        left += children.get(found[-1], [])
    return found


def cpu_seconds(pids):
    ticks = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / 100


def kills(bench):
    """Random kill -9 of slots from outside, and the output beside that of a run that nobody disturbed."""
    tasklets = bench.items(KILLED_TASKLETS, KILLED_TASKLETS // 10)
    wanted = bench.items(KILLS, KILLS // 10)
    rounds = max(1, round(100_000 / ns_a_round(bench)))
    outputs = {}

    def workflow(name):
        outputs[name] = pathlib.Path(bench.documents.folder) / f"{name}.out"
        return bench.documents.chain(
            name,
            ("bench.range", {"n": tasklets}),
            [("bench.spin", {"rounds": rounds})],
            ("io.write_lines", {"path": str(outputs[name])}),
            dict(PROCESSES, max_crashes=1000),
        )

    subprocess.run(bench.workflow(workflow("undisturbed")), check=True)
    done = 0
    chance = random.Random(1)
    with subprocess.Popen(bench.workflow(workflow("killed"))) as papy:
        while papy.poll() is None:
            time.sleep(tasklets * 1e-4 / 2 / wanted * chance.uniform(0.3, 0.9))
            done += done < wanted and kill_one(papy.pid, chance)
    same = outputs["killed"].read_bytes() == outputs["undisturbed"].read_bytes()
    return {"kills": done, "kills_identical": float(same and papy.returncode == 0)}


def is_at_work(pid):
    """It has computed for longer than a start takes."""
    try:
        return cpu_seconds([pid]) > 0.04
    except OSError:
        return False


def kill_one(pid, chance):
    """Kills one of the slots below this process; whether there was one."""
    slots = []
    for child in family(pid)[1:]:
        try:
            words = pathlib.Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"slot" in words:
            slots.append(child)
    # Most have come to work: else a slow machine would never be done.
    slots = [slot for slot in slots if is_at_work(slot) or chance.random() < 0.2]
    if not slots:
        return False
    subprocess.run(["kill", f"-{signal.SIGKILL.value}", str(chance.choice(slots))], check=False)
    return True


# Name on the command line -> function.
GROUPS = {
    "noop": noop,
    "metg": metg,
    "efficiency": efficiency,
    "stride1": stride1,
    "mib": mib,
    "first": first,
    "idle": idle,
    "kills": kills,
}

# In the order of the table. A figure without a bound is there to compare with.
FIGURES = {
    "noop_us": Target("no-op on int64, two slots; us an item", at_most=0.05),
    "mp_best_us": Target("  multiprocessing Pool.imap, best of chunks 1, 64, 1024"),
    "mp_1_us": Target("  multiprocessing Pool.imap, chunk 1"),
    "joblib_us": Target("  joblib, auto-batching"),
    "dask_us": Target("  Dask distributed, client.map"),
    "vs_mp_best": Target("  times the throughput of multiprocessing at its best", at_least=2),
    "vs_mp_1": Target("  times that of chunk 1", at_least=100),
    "vs_joblib": Target("  times that of joblib", at_least=30),
    "vs_dask": Target("  times that of Dask", at_least=1000),
    "metg_us": Target("METG(50 %), two slots, ordered; us", at_most=0.3),
    "efficiency_1us": Target("efficiency at 1 us of work", at_least=0.95),
    "stride1_millions": Target("stride 1: millions of tasklets a second", at_least=0.5),
    "batch1_millions": Target("  batch 1 instead: each tasklet is a task of its own"),
    "stride1_batch1_millions": Target("  both"),
    "mib_gb_s": Target("1 MiB items, three stages on slots of their own; GB/s a hop", at_least=5),
    "memcpy_gb_s": Target("  memcpy of one thread"),
    "mp_mib_gb_s": Target("  multiprocessing, three chained Pool.imap"),
    "mib_vs_memcpy": Target("  of the rate of memcpy", at_least=0.5),
    "vs_mp_mib": Target("  times that of multiprocessing", at_least=5),
    "first_result_ms": Target("two slots, one item, start to end; ms", at_most=100),
    "idle_cpu": Target("CPU of a second in which there is nothing to do; s", at_most=0.01),
    "kills": Target("kill -9 of slots from outside in one run"),
    "kills_identical": Target("  1: its output is that of an undisturbed run", at_least=1),
}
