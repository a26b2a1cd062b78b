"""Writes the workflows that are measured. JSON is YAML, so they are written as JSON."""
import json


class Documents:
    """Workflows in a folder, all of them over the functions of plugin/bench.cc."""

    def __init__(self, folder, library):
        self.folder = folder
        self.library = str(library)

    def write(self, name, inputs, pipers, outputs, pool=None, pools=None):
        document = {
            "version": 1,
            "name": name,
            "plugins": {"bench": {"path": self.library}},
            "pools": pools or {"cpu": dict({"type": "thread", "workers": 2}, **(pool or {}))},
            "inputs": inputs,
            "pipers": pipers,
            "outputs": outputs,
        }
        path = self.folder / f"{name}.yaml"
        path.write_text(json.dumps(document, indent=1), encoding="utf-8")
        return str(path)

    def chain(self, name, source, workers, sink="bench.sum", pool=None):
        """source -> worker -> worker ... -> sink; each a name, or a (name, args)."""
        def split(use):
            return use if isinstance(use, tuple) else (use, {})

        function, args = split(source)
        inputs = {"numbers": {"source": function, "args": args}}
        pipers, last = {}, "numbers"
        for i, worker in enumerate(workers):
            function, args = split(worker)
            pipers[f"stage{i}"] = {"worker": function, "args": args, "from": last, "pool": "cpu"}
            last = f"stage{i}"
        function, args = split(sink)
        return self.write(name, inputs, pipers, {"out": {"sink": function, "args": args, "from": last}}, pool)

    def noops(self, name, items, stages):
        return self.chain(name, ("bench.range", {"n": items}), ["bench.noop"] * stages)

    def spins(self, name, items, stages, rounds, pool=None):
        return self.chain(name, ("bench.range", {"n": items}), [("bench.spin", {"rounds": rounds})] * stages, pool=pool)

    def payloads(self, name, items, size, stages):
        source = ("bench.payload", {"n": items, "size": size})
        return self.chain(name, source, ["bench.copy"] * stages, sink="bench.weigh")

    def payloads_apart(self, name, items, size, stages, pool):
        """As payloads(), each stage on a pool of its own with one slot."""
        pipers, pools, last = {}, {}, "numbers"
        for i in range(stages):
            pools[f"pool{i}"] = dict(pool, workers=1)
            pipers[f"stage{i}"] = {"worker": "bench.copy", "from": last, "pool": f"pool{i}"}
            last = f"stage{i}"
        inputs = {"numbers": {"source": "bench.payload", "args": {"n": items, "size": size}}}
        return self.write(name, inputs, pipers, {"out": {"sink": "bench.weigh", "from": last}}, pools=pools)

    def slow_sink(self, name, items, rounds):
        sink = ("bench.slow", {"rounds": rounds})
        return self.chain(name, ("bench.range", {"n": items}), ["bench.noop"], sink=sink)

    def grid(self, name, columns, rows, joins_every=10):
        """columns * rows pipers: columns of no-ops; in every so many rows each joins with its neighbour."""
        pipers, above = {}, ["numbers"] * columns
        for row in range(rows):
            names = [f"p{row}x{column}" for column in range(columns)]
            for column, piper in enumerate(names):
                joins = row > 0 and row % joins_every == 0
                neighbours = [above[column], above[(column + 1) % columns]]
                pipers[piper] = {
                    "worker": "bench.first" if joins else "bench.noop",
                    "from": neighbours if joins else above[column],
                    "pool": "cpu",
                }
            above = names
        outputs = {f"out{i}": {"sink": "bench.sum", "from": piper} for i, piper in enumerate(above)}
        return self.write(name, {"numbers": {"source": "bench.range", "args": {"n": 1}}}, pipers, outputs)
