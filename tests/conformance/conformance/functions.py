"""From a function of PaPy's to functions of plugins."""
from dataclasses import dataclass, field

PLUGIN = "conformance"


class Unknown(Exception):
    """A case calls what no plugin has."""


@dataclass
class Chain:
    """Functions to evaluate one behind the other, and which inputs of the piper they see."""

    calls: list = field(default_factory=list)  # (function, args)
    names: dict = field(default_factory=dict)  # function of ours -> what PaPy calls it
    inputs: object = None  # indexes into the inputs; None: all
    letters: bool = False  # a text among the inputs counts as the list of its letters


def chain_of(worker, functions, width):
    """`width`: how many inputs the piper has."""
    parts = worker if isinstance(worker, list) else [worker]
    whole = Chain()
    for part in parts:
        part = part if isinstance(part, dict) else {"func": part}
        one = chain_of_one(part["func"], part.get("args", []), part.get("kwargs", {}), functions,
                           width if not whole.calls else 1)
        if not whole.calls:
            whole.inputs, whole.letters = one.inputs, one.letters
        whole.calls += one.calls
        whole.names.update(one.names)
    return whole


def chain_of_one(name, args, kwargs, functions, width):
    if name in BUILT_IN:
        chain = BUILT_IN[name](width, *args, **kwargs)
    elif name == "math.pow":
        chain = Chain([(f"{PLUGIN}.math_pow", {"y": args[0]})])
    elif name not in functions:
        raise Unknown(f"there is no function {name!r}")
    elif functions[name].get("varargs"):
        chain = Chain([(f"{PLUGIN}.{name}", {"args": list(args), "kwargs": dict(kwargs)})])
    else:
        given = dict(zip(functions[name].get("args", []), args), **kwargs)
        chain = Chain([(f"{PLUGIN}.{name}", given)])
    chain.names = {function: name for function, _ in chain.calls}
    return chain


# PaPy's own functions are those of the plugin core. Which inputs a function sees is said by `from`
# here, so that n and s choose among them.

def ipasser(width, i=0):
    return Chain([("core.pick", {"index": i if i >= 0 else max(width + i, 0)})])


def npasser(width, n=None):
    return Chain([("core.head", {"n": len(range(width)[:n])})])


def spasser(width, s=None):
    return Chain([("core.select", {"indexes": list(range(width) if s is None else s)})])


def nzipper(width, n=None):
    return szipper(width, range(width)[:n])


def szipper(width, s=None):
    return Chain([("core.zip", {"shortest": True})], inputs=range(width) if s is None else s,
                 letters=True)


def njoiner(width, n=None, join=""):
    return sjoiner(width, range(width)[:n], join)


def sjoiner(width, s=None, join=""):
    return Chain([("core.join", {"separator": join})], inputs=range(width) if s is None else s)


def plugger(_):
    return Chain([("core.constant", {"value": None})])


BUILT_IN = {function.__name__: function for function in (
    ipasser, npasser, spasser, nzipper, szipper, njoiner, sjoiner, plugger)}
