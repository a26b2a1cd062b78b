"""From a case to a document that papy runs."""
import json
from dataclasses import dataclass, field

from .functions import PLUGIN, chain_of
from .graph import Graph


@dataclass(frozen=True)
class Setting:
    """How the pipers of a case get their pools."""

    name: str
    pools: str  # written: as the case says; own: one a piper; shared: one for all; none
    stride: int = 0


WRITTEN = Setting("as written", "written")
NO_POOLS = Setting("no pools", "none")


def settings(strides):
    """As written, and with buffers that hold no more than a stride."""
    return [WRITTEN] + [Setting(f"{pools}-s{stride}", pools, stride)
                        for stride in strides for pools in ("own", "shared")]


@dataclass
class Workflow:
    """A document, and what is needed to read its results as the case speaks of them."""

    document: dict
    outputs: dict = field(default_factory=dict)  # name in the case -> name of the output
    inputs: set = field(default_factory=set)  # names of inputs
    names: dict = field(default_factory=dict)  # piper -> {function of ours: name in the case}
    width: dict = field(default_factory=dict)  # piper -> (inputs, consume)
    extra_hops: int = 0  # pipers behind those of the case

    def text(self):
        return json.dumps(escaped(self.document), ensure_ascii=False, indent=1)


def escaped(value):
    """`${` is a reference in a document; `$${` is not."""
    if isinstance(value, str):
        return value.replace("${", "$${")
    if isinstance(value, list):
        return [escaped(each) for each in value]
    if isinstance(value, dict):
        return {key: escaped(each) for key, each in value.items()}
    return value


def source(items):
    """An input that gives a case's items."""
    if not isinstance(items, dict):
        args = {"items": list(items)}
    elif items["$gen"] == "count":
        args = {"endless": True}
    elif items["$gen"] == "range":
        args = {"count": items["n"]}
    else:
        raise ValueError(f"there is no generator {items['$gen']!r}")
    return {"source": f"{PLUGIN}.given", "args": args}


class Builder:
    """Puts a document together, piece by piece. `pool_type`: what its pools are, thread, process or
    mixed, whatever a case says; a mixed document has both in turn."""

    def __init__(self, libraries, functions, pool_type="thread"):
        self.functions = functions
        self.pool_type = pool_type
        self.workflow = Workflow({
            "version": 1,
            "plugins": {name: {"path": str(path)} for name, path in libraries.items()},
            "pools": {}, "inputs": {}, "pipers": {}, "outputs": {},
            "run": {"dead_letters": "failures.jsonl"},
        })

    @property
    def document(self):
        return self.workflow.document

    def next_type(self, section):
        """Of the pool for what is added next to a section of the document."""
        if self.pool_type != "mixed":
            return self.pool_type
        return "process" if len(self.document[section]) % 2 == 0 else "thread"

    def add_pool(self, name, pool_type, written=None, **changes):
        """A pool with what a case says of it; it may be there already."""
        pool = {"workers": 2, **(written or {}), "type": pool_type, **changes}
        self.document["pools"].setdefault(
            name, {key: value for key, value in pool.items() if value is not None})
        return name

    def add_input(self, name, items):
        self.document["inputs"][name] = source(items)
        self.workflow.inputs.add(name)
        return name

    def add_piper(self, name, worker, inputs, **keys):
        """`keys` are the document's; those that are None are left out."""
        chain = chain_of(worker, self.functions, len(inputs))
        if chain.inputs is not None:
            for i, each in enumerate(inputs):
                if i not in chain.inputs:
                    self.discard(f"{name}-{each}", each)
            inputs = [inputs[i] for i in chain.inputs]
        if (keys.get("produce") or 1) > 1 and not keys.get("repeat"):
            chain.calls.append((f"{PLUGIN}.each", {}))
        piper = {"worker": [{"function": function, "args": args} for function, args in chain.calls],
                 "from": list(inputs)}
        piper.update((key, value) for key, value in keys.items() if value is not None)
        self.document["pipers"][name] = piper
        self.workflow.names[name] = chain.names
        self.workflow.width[name] = (len(inputs), keys.get("consume") or 1)
        return name

    def add_output(self, name, piper):
        output = f"out-{name}"
        self.document["outputs"][output] = {
            "sink": f"{PLUGIN}.record", "from": piper, "args": {"path": f"{output}.msgpack"}}
        self.workflow.outputs[name] = output

    def discard(self, name, piper):
        self.document["outputs"][f"unused-{name}"] = {"sink": "core.discard", "from": piper}

    def finish(self):
        for section in ("pools", "pipers"):
            if not self.document[section]:
                del self.document[section]
        return self.workflow


def pool_for(builder, setting, piper, written):
    """The pool of one piper under a setting, or None."""
    old = written.get(piper.get("pool")) or {}
    kept = {key: old[key] for key in ("ordered", "skip") if key in old}
    if setting.pools == "none":
        return None
    if setting.pools == "written":
        name = piper.get("pool")
        return name and builder.add_pool(name, builder.next_type("pools"), written[name])
    pool_type = builder.next_type("pipers")
    name = f"own-{piper['name']}" if setting.pools == "own" else "-".join(
        ["shared", pool_type] + [f"{key}-{value}" for key, value in sorted(kept.items())])
    return builder.add_pool(name, pool_type, kept, stride=setting.stride, buffer=setting.stride)


def workflow_of(topology, inputs, setting, tools, functions, take=None):
    """The document of a topology. `take`: of each output so many items, by name."""
    pipers = {piper["name"]: piper for piper in topology["pipers"]}
    graph = Graph(pipers, topology.get("pipes", []),
                  {name: piper["branch"] for name, piper in pipers.items() if "branch" in piper})
    if isinstance(inputs, list):
        inputs = dict(zip(graph.inputs(), inputs))
    builder = tools.builder(functions)
    for name in graph.order():
        piper = pipers[name]
        parents = graph.inbox(name)
        if not parents:
            parents = [builder.add_input(f"in-{name}", inputs[name])]
        timeout = piper.get("timeout")
        if timeout and tools.pool_type != "thread":
            timeout = max(timeout, 0.15)  # what must be in time may wait for a core; what must be late takes 0.2 s
        builder.add_piper(
            name, piper["worker"], parents,
            pool=pool_for(builder, setting, piper, topology.get("pools") or {}),
            timeout=timeout and f"{round(timeout * 1000)}ms",
            **{key: piper.get(key) for key in ("consume", "produce", "repeat", "spawn", "track")})
    for name in graph.outputs():
        if take:
            builder.add_piper(f"take-{name}", [], [name])
            builder.document["pipers"][f"take-{name}"]["worker"] = [
                {"function": "core.take", "args": {"n": max(take.get(name, 1), 1)}}]
            builder.workflow.extra_hops = 1
        builder.add_output(name, f"take-{name}" if take else name)
    return builder.finish()
