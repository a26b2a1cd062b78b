"""The graph of a case: which piper takes from which, and in what order."""
import functools


class Graph:
    """Pipers by name with the edges of `pipes`. Edges are a set: a pipe that stands twice is one.

    The order is PaPy's: from the inputs on, the lower branch first, a chain to its end before the
    next begins. PaPy itself takes inputs the other way round; the cases expect one way for all.
    """

    def __init__(self, names, pipes, branches=None):
        self.names = list(names)
        self.parents = {name: [] for name in names}
        self.children = {name: [] for name in names}
        self.branches = branches or {}
        for pipe in pipes:
            for start, end in zip(pipe, pipe[1:]):
                if start not in self.parents[end]:
                    self.parents[end].append(start)
                    self.children[start].append(end)

    def inputs(self):
        return self._sorted(name for name in self.names if not self.parents[name])

    def outputs(self):
        return [name for name in self.names if not self.children[name]]

    def _sorted(self, names):
        def key(name):
            branch = self.branches.get(name)
            return (branch is not None, branch or 0, self.names.index(name))
        return sorted(names, key=key)

    def order(self):
        done = []

        def visit(name):
            if name in done or any(parent not in done for parent in self.parents[name]):
                return
            done.append(name)
            for child in self._sorted(self.children[name]):
                visit(child)

        for name in self.inputs():
            visit(name)
        return done

    def is_upstream(self, of, name):
        return any(parent == name or self.is_upstream(parent, name) for parent in self.parents[of])

    def inbox(self, name):
        """The parents as the inbox has them: by order, but what takes from another before it."""
        def compare(a, b):
            return int(self.is_upstream(b, a)) - int(self.is_upstream(a, b))

        order = self.order()
        parents = sorted(self.parents[name], key=order.index)
        return sorted(parents, key=functools.cmp_to_key(compare))
