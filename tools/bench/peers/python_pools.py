#!/usr/bin/python3
"""Maps a function that does nothing over int64 items on two processes, with what Python users have.

    python_pools.py multiprocessing|multiprocessing-mib|joblib|dask ITEMS [CHUNK]

Prints on stderr the nanoseconds an item of the map alone: neither starting Python nor the processes is counted.
"""
import sys
import time


def noop(value):
    return value


def same_size(value):
    return bytes(bytearray(value))


def multiprocessing_imap(items, chunk):
    import multiprocessing

    with multiprocessing.Pool(2) as pool:
        pool.map(noop, range(64))  # both processes are there
        began = time.monotonic_ns()
        last = None
        for last in pool.imap(noop, range(items), chunksize=chunk):
            pass
        took = time.monotonic_ns() - began
    assert last == items - 1
    return took


def multiprocessing_mib(items, _chunk):
    """Items of 1 MiB through three pools of one process each."""
    import multiprocessing

    with multiprocessing.Pool(1) as one, multiprocessing.Pool(1) as two, multiprocessing.Pool(1) as three:
        for pool in (one, two, three):
            pool.map(noop, range(64))
        payload = b"x" * (1 << 20)
        began = time.monotonic_ns()
        for value in three.imap(same_size, two.imap(same_size, one.imap(same_size, (payload for _ in range(items))))):
            assert value[-1] == payload[-1]
        return time.monotonic_ns() - began


def joblib_auto(items, _chunk):
    import joblib

    with joblib.Parallel(n_jobs=2) as parallel:
        parallel(joblib.delayed(noop)(i) for i in range(64))
        began = time.monotonic_ns()
        results = parallel(joblib.delayed(noop)(i) for i in range(items))
        took = time.monotonic_ns() - began
    assert results[-1] == items - 1
    return took


def dask_map(items, _chunk):
    import distributed

    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        client.gather(client.map(noop, range(64)))
        began = time.monotonic_ns()
        results = client.gather(client.map(noop, range(1000, items + 1000)))
        took = time.monotonic_ns() - began
    assert results[-1] == items + 999
    return took


POOLS = {
    "multiprocessing": multiprocessing_imap,
    "multiprocessing-mib": multiprocessing_mib,
    "joblib": joblib_auto,
    "dask": dask_map,
}


def main():
    pool, items = POOLS[sys.argv[1]], int(sys.argv[2])
    took = pool(items, int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    print(f"ns_an_item {took / items}", file=sys.stderr)


if __name__ == "__main__":
    main()
