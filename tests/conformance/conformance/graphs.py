"""Random one-to-one graphs, as PaPy could not run them: with pools of different stride, and with
some pipers pooled and some not. What comes of them is calculated here, from the expressions that
define the functions."""
import random

from .graph import Graph

ITEMS = 12
ONE = ["ident", "ident", "add1", "mul2", {"func": "tag", "args": ["t"]},
       {"func": "failon", "args": [5]}]
MANY = ["collect", "sumof2", {"func": "tag", "args": ["j"]}]


def cases(count, seed, functions):
    """So many graphs of each sort, as workflow cases."""
    sorts = {"strides": two_pools, "mixed": some_pooled}
    return [case_of(f"random-{sort}-{seed}-{number}", pools_of,
                    random.Random(f"{sort} {seed} {number}"), functions)
            for sort, pools_of in sorts.items() for number in range(count)]


def two_pools(pipers, choice):
    """Every piper on one of two pools of different stride."""
    strides = choice.sample([1, 2, 3, 4, 7], 2)
    for piper in pipers:
        piper["pool"] = choice.choice("pq")
    return {name: {"workers": choice.randint(1, 3), "stride": stride, "buffer": stride}
            for name, stride in zip("pq", strides)}


def some_pooled(pipers, choice):
    """Some pipers on a pool, some on none."""
    stride = choice.choice([2, 3, 4])
    for piper in pipers:
        if choice.random() < 0.5:
            piper["pool"] = "p"
    return {"p": {"workers": 2, "stride": stride, "buffer": stride}}


def case_of(name, pools_of, choice, functions):
    pipers, pipes = [], []
    for number in range(choice.randint(3, 9)):
        parents = choice.sample(range(number), min(number, choice.choice([0, 1, 1, 1, 2, 2, 3])))
        worker = choice.choice(ONE if len(parents) < 2 else MANY)
        pipers.append({"name": f"n{number}", "worker": worker, "branch": number})
        pipes += [[f"n{parent}", f"n{number}"] for parent in sorted(parents)]
    topology = {"pools": pools_of(pipers, choice), "pipers": pipers, "pipes": pipes}
    starts = {piper["name"] for piper in pipers} - {end for _, end in pipes}
    inputs = {start: [choice.randint(0, 9) for _ in range(ITEMS)] for start in sorted(starts)}
    return {"id": name, "kind": "workflow", "topology": topology, "inputs": inputs,
            "expect": {"outputs": expected(topology, inputs, functions)}}


def expected(topology, inputs, functions):
    """What each output gives: one item after another, one piper after another."""
    pipers = {piper["name"]: piper for piper in topology["pipers"]}
    graph = Graph(pipers, topology["pipes"],
                  {name: piper["branch"] for name, piper in pipers.items()})
    items = {}
    for name in graph.order():
        parents = graph.inbox(name)
        columns = [items[parent] for parent in parents] or [inputs[name]]
        items[name] = [evaluated(pipers[name]["worker"], list(inbox), functions)
                       for inbox in zip(*columns)]
    return {name: items[name] for name in graph.outputs()}


def evaluated(worker, inbox, functions):
    """The result of one inbox, or the error object that a node makes of its failure."""
    errors = [value for value in inbox if isinstance(value, dict)]
    if len(errors) == 1:
        error = errors[0]["$err"]
        return {"$err": {**error, "wraps": error["wraps"] + 1}}
    if errors:
        return {"$err": {"joined": errors, "wraps": 1}}
    worker = worker if isinstance(worker, dict) else {"func": worker, "args": []}
    function = functions[worker["func"]]
    given = dict(zip(function.get("args", []), worker["args"]))
    names = {"inbox": inbox, "raise_": raise_, **given}
    try:
        return eval(function["expr"], names)
    except Exception as failure:
        return {"$err": {"kind": type(failure).__name__, "func": worker["func"], "inbox": inbox,
                         "wraps": 1}}


def raise_(failure):
    raise failure
