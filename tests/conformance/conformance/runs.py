"""Cases that run to their end through the command: workflow, worker and function."""
from .cases import functions_of
from .compare import Matcher
from .document import NO_POOLS, WRITTEN, Setting, settings, workflow_of
from .functions import chain_of
from .steps import tracked_differences

# Functions that take real time: their cases run under fewer settings.
SLOW = {"sleepfor", "sleepon", "slowpid"}
# Functions that say which process they are in.
TELLS_PROCESS = {"pid", "slowpid"}


def workflow_case(case, tools, library, strides, keep=None):
    """Sentences on what is wrong, each with its setting."""
    wrong = []
    for setting in settings_of(case, strides):
        place = keep and keep / case["id"] / setting.name.replace(" ", "-")
        wrong += [f"{setting.name}: {text}"
                  for text in workflow_differences(case, setting, tools, library, place)]
    if tools.pool_type != "thread":
        return wrong + (thread_differences(case, tools, library)
                        if leaves_the_same_bytes(case, library) else [])
    if isinstance(case["expect"], dict) and "tracked" in case["expect"]:
        wrong += tracked_differences(case, tools, library)
    return wrong


def leaves_the_same_bytes(case, library):
    """Whether all that a run leaves is the same on all pools: in order, and without failures that
    come of the time that a call took."""
    pools = case["topology"].get("pools") or {}
    in_order = all((pool or {}).get("ordered", True) for pool in pools.values())
    return (in_order and case["expect"] != "refused" and "take" not in case
            and not functions_of(case) & (SLOW | TELLS_PROCESS)
            and library.reason_to_skip(case, "thread") is None)


def thread_differences(case, tools, library):
    """Sentences on what these pools leave otherwise than threads."""
    files = []
    for each in (tools.on_threads(), tools):
        workflow = workflow_of(case["topology"], case["inputs"], WRITTEN, each, library.functions)
        files.append(each.run(workflow).files)
    on_threads, here = files
    return [f"{name}: threads leave {on_threads[name]}, {tools.pool_type} pools {here.get(name)}"
            for name in on_threads if on_threads[name] != here.get(name)]


def settings_of(case, strides):
    if functions_of(case) & SLOW:
        return [WRITTEN, Setting("own-s2", "own", 2), Setting("shared-s1", "shared", 1)]
    return settings(strides)


def workflow_differences(case, setting, tools, library, keep):
    expect = case["expect"]
    is_refused = expect == "refused" or "outputs" not in expect
    outputs = {} if is_refused else expect["outputs"]
    take = None
    if "take" in case and not is_refused:
        take = {name: len(items) for name, items in outputs.items()}
    workflow = workflow_of(case["topology"], case["inputs"], setting, tools, library.functions, take)
    outcome = tools.run(workflow, keep)
    if is_refused:
        return refused_differences(outcome)
    wrong = end_differences(outcome)
    if wrong:
        return wrong
    if outputs.keys() - outcome.outputs.keys():
        return [f"there is no output {outputs.keys() - outcome.outputs.keys()}"]
    matcher = Matcher(workflow)
    for name, items in outputs.items():
        have = outcome.outputs[name]
        if take:
            have = have[:len(items)]
        wrong += matcher.differences(items, have, name, case.get("compare") == "multiset")
    return wrong


def refused_differences(outcome):
    if outcome.hangs:
        return ["hangs, expected to be refused"]
    if outcome.exit_code == 2:
        return []
    return [f"exit code {outcome.exit_code}, expected 2: refused"]


def end_differences(outcome):
    """The command ends, with 1 when items failed and 0 when none did, and its account is right."""
    if outcome.hangs:
        return ["hangs"]
    failed = any(item.failure for items in outcome.outputs.values() for item in items)
    if outcome.exit_code != (1 if failed else 0):
        return [f"exit code {outcome.exit_code}, expected {1 if failed else 0}: "
                + outcome.stderr.strip()]
    return outcome.miscounts()


class Calls:
    """The calls of a case as one workflow: each a piper of its own, whose inputs give one item."""

    def __init__(self, setting, tools, library):
        self.builder = tools.builder(library.functions)
        self.library = library
        self.stride = setting.stride

    def pool(self):
        """Of the next call: none, or one that others share."""
        if not self.stride:
            return None
        pool_type = self.builder.next_type("pipers")
        return self.builder.add_pool(f"calls-{pool_type}", pool_type, stride=self.stride,
                                     buffer=self.stride)

    def add(self, number, worker, inbox):
        name = f"call-{number}"
        letters = chain_of(worker, self.library.functions, len(inbox)).letters
        if letters:
            inbox = [list(value) if isinstance(value, str) else value for value in inbox]
        consume = None
        if is_batch_with_errors(inbox):
            consume = len(inbox)
            inputs = [self.failing_stream(f"{name}-{i}", list(column))
                      for i, column in enumerate(zip(*inbox))]
        else:
            inputs = [self.one_item(f"{name}-{i}", value) for i, value in enumerate(inbox)]
        self.builder.add_piper(name, worker, inputs, pool=self.pool(), consume=consume)
        self.builder.add_output(name, name)

    def one_item(self, name, value):
        """A stream of one item; an error object is what a node that fails makes of its item."""
        if not (isinstance(value, dict) and "$err" in value):
            return self.builder.add_input(f"in-{name}", [value])
        error = value["$err"]
        at = self.builder.add_input(f"in-{name}", [None])
        self.builder.add_piper(f"failing-{name}", [], [at])
        self.builder.document["pipers"][f"failing-{name}"]["worker"] = [
            {"function": "conformance.raised", "args": {"kind": error["kind"]}}]
        self.builder.workflow.names[f"failing-{name}"] = {
            "conformance.raised": error.get("func", "raised")}
        at = f"failing-{name}"
        for hop in range(error.get("wraps", 1) - 1):
            at = self.builder.add_piper(f"passing-{name}-{hop}", "ident", [at])
        return at

    def failing_stream(self, name, values):
        items = [{"$raise": value["$err"]["kind"]} if is_error(value) else value
                 for value in values]
        at = self.builder.add_input(f"in-{name}", items)
        return self.builder.add_piper(f"passing-{name}", "ident", [at])


def is_error(value):
    return isinstance(value, dict) and "$err" in value


def is_batch_with_errors(inbox):
    """A list of places as with `consume`, with an error object one list deeper."""
    return all(isinstance(place, list) for place in inbox) and any(
        is_error(value) for place in inbox for value in place)


def call_case(case, tools, library, strides, keep=None):
    """Workers and functions that are called directly."""
    wrong = []
    for setting in [NO_POOLS, Setting("shared", "shared", max(strides, default=2))]:
        calls = Calls(setting, tools, library)
        for number, call in enumerate(case["calls"]):
            worker = call.get("worker")
            if worker is None:
                worker = {"func": case["func"], "args": call.get("args", []),
                          "kwargs": call.get("kwargs", {})}
            calls.add(number, worker, call["inbox"])
        workflow = calls.builder.finish()
        outcome = tools.run(workflow, keep and keep / case["id"] / setting.name.replace(" ", "-"))
        wrong += [f"{setting.name}: {text}" for text in end_differences(outcome)]
        matcher = Matcher(workflow, bare=True)
        for number, expected in enumerate(case["expect"]["calls"]):
            name = f"call-{number}"
            wrong += [f"{setting.name}: {text}" for text in matcher.differences(
                [expected], outcome.outputs.get(name, []), name)]
    return wrong
