"""Cases that go step by step: the bare parallel map, and the life of a pipeline. On threads they go
through a driver over the same flow, in which time passes only as the steps say."""
import inspect

from .compare import Matcher, same, shown
from .document import WRITTEN, workflow_of
from .driver import LATE, STOP, Broken, Driver, Refused
from .functions import Unknown
from .outcome import Item
from .replay import Replay

OK = "ok"
A_MOMENT = 0.1  # seconds in which something endless moves on


class Steps:
    """What the steps of a case do, one method a step: each gives a list of outcomes."""

    def __enter__(self):
        return self

    def __exit__(self, *wrong):
        if self.driver is not None:
            self.driver.__exit__(*wrong)

    def outcomes(self, steps):
        found = []
        for step in steps:
            name, what = (step, {}) if isinstance(step, str) else next(iter(step.items()))
            what = what if isinstance(what, dict) else {"value": what}
            method = None if name.startswith("_") else getattr(self, name, None)
            try:
                inspect.signature(method).bind(**what)
            except TypeError as wrong:
                raise Unknown(f"there is no step {step!r}") from wrong
            found += method(**what)
        return found


def step_case(case, tools, library):
    """Sentences on what is wrong."""
    kind = MapSteps if case["kind"] == "map" else PlumberSteps
    try:
        with kind(case, tools, library) as steps:
            outcomes = steps.outcomes(case["steps"])
    except Refused as refused:
        return [] if case["expect"] == "refused" else [f"refused: {refused}"]
    except Broken as broken:
        return [str(broken)]
    if case["expect"] == "refused":
        return ["was expected to be refused"]
    expected = case["expect"]["steps"]
    matcher = Matcher(steps.workflow, bare=True)
    wrong = [f"step {i}: expected {shown(want)}, got {described(have)}"
             for i, (want, have) in enumerate(zip(expected, outcomes))
             if not is_step(want, have, matcher)]
    if len(expected) != len(outcomes):
        wrong.append(f"expected {len(expected)} outcomes, got {len(outcomes)}: "
                     + ", ".join(map(described, outcomes)))
    return wrong


def described(outcome):
    """An outcome as a person reads it; items may be anywhere in it."""
    if isinstance(outcome, dict):
        return "{" + ", ".join(f"{key}: {described(value)}" for key, value in outcome.items()) + "}"
    if isinstance(outcome, list):
        return "[" + ", ".join(map(described, outcome)) + "]"
    return shown(outcome) if isinstance(outcome, Item) else str(outcome)


def is_step(expected, outcome, matcher):
    if isinstance(outcome, Item):
        return matcher.is_item(expected, outcome)
    if isinstance(expected, dict) and "$raised" in expected:
        return outcome == expected["$raised"]
    if isinstance(outcome, dict):
        return isinstance(expected, dict) and expected.keys() == outcome.keys() and all(
            is_step(expected[key], outcome[key], matcher) for key in outcome)
    if isinstance(outcome, list):
        return isinstance(expected, list) and len(expected) == len(outcome) and all(
            is_step(want, have, matcher) for want, have in zip(expected, outcome))
    return same(expected, outcome)


class MapSteps(Steps):
    """The bare parallel map with several tasks: pipers on one pool, whose results are pulled."""

    def __init__(self, case, tools, library):
        builder = tools.builder(library.functions)
        taken = set()
        for number, task in enumerate(case["tasks"]):
            given = task["input"]
            if isinstance(given, dict) and "task" in given:
                parents = [given["task"]]
            elif isinstance(given, dict) and "zip" in given:
                parents = given["zip"]
            else:
                parents = []
                inputs = [builder.add_input(f"in-{number}", given)]
            taken.update(parents)
            builder.add_piper(f"task-{number}", {"func": task["func"],
                                                 "args": task.get("args", []),
                                                 "kwargs": task.get("kwargs", {})},
                              [f"task-{parent}" for parent in parents] or inputs,
                              pool=self._add_pool(builder, case.get("pool")))
        self.pulled = [n for n in range(len(case["tasks"])) if n not in taken]
        for number in self.pulled:
            builder.add_output(str(number), f"task-{number}")
        self.workflow = builder.finish()
        on_threads = tools.pool_type == "thread"
        self.driver = Driver(self.workflow, tools) if on_threads else Replay(self.workflow, tools)
        self.skips = (case.get("pool") or {}).get("skip", False)
        self.owed = {}  # output -> results that were late and will be left out
        self.is_stopped = False

    @staticmethod
    def _add_pool(builder, written):
        """Of the next task. One tasklet at a time for each worker, as the map hands them out."""
        pool_type = builder.next_type("pipers")
        return builder.add_pool(f"map-{pool_type}", pool_type, written, batch=1)

    def start(self):
        self.driver.ask("finished")
        return [OK]

    def next(self, task=0, timeout=None, block=True):
        if self.is_stopped:
            return ["RuntimeError"]
        if task not in self.pulled:
            # What another task takes from is not pulled here; at the end there is nothing left.
            return [STOP if self.driver.ask("finished")["finished"] else "taken by another task"]
        output = f"out-{task}"
        patience = {} if block and timeout is None else {"seconds": timeout if block else 0}
        found = self.driver.pull(output, **patience)
        while isinstance(found, Item) and self.owed.get(output, 0) > 0:
            self.owed[output] -= 1
            found = self.driver.pull(output, **patience)
        if self.skips and found == LATE:
            self.owed[output] = self.owed.get(output, 0) + 1
        return [found]

    def drain(self, task=0):
        found = []
        while not found or isinstance(found[-1], Item):
            found += self.next(task)
        return found

    def sleep(self, value):
        self.driver.ask("pass", seconds=value, drain=False)
        return []

    def consumed(self):
        counts = self.driver.ask("read")
        return [{name.partition("-")[2]: n for name, n in counts.items()}]

    def stop(self, ends=None):
        self.driver.ask("halt")
        self.is_stopped = True
        return [OK]


class PlumberSteps(Steps):
    """The life of a pipeline: it runs while its outputs are taken, and pauses while not."""

    def __init__(self, case, tools, library):
        self.case, self.tools = case, tools
        self.workflow = workflow_of(case["topology"], case["inputs"], WRITTEN, tools,
                                    library.functions)
        self.driver = None
        self.is_running = False

    def start(self):
        self.__exit__()
        self.driver = Driver(self.workflow, self.tools)
        self.driver.ask("finished")
        return [OK]

    def _pass(self, seconds):
        self.driver.ask("pass", seconds=seconds, drain=self.is_running)

    def run(self):
        self.is_running = True
        return [OK]

    def pause(self):
        self.is_running = False
        return [OK]

    def wait(self, value):
        self._pass(value)
        return [OK]

    def sleep(self, value):
        self._pass(value)
        return [OK]

    def stop(self):
        """What was read flows to its end; true for every stop in the cases, run or not."""
        return [OK if self.driver.ask("drain")["ended"] else "does not end"]

    def finished(self):
        return [self.driver.ask("finished")["finished"]]

    def _read(self):
        return {name[len("in-"):]: n for name, n in self.driver.ask("read").items()}

    def consumed(self):
        return [self._read()]

    def consumed_grows(self, value=A_MOMENT):
        before = self._read()
        self._pass(value)
        after = self._read()
        return [any(after[name] > before[name] for name in after)]

    def _tracked(self):
        return tracked_of(self.driver.ask("tracked"))

    def tracked(self):
        return [{piper: [items] for piper, items in self._tracked().items()}]

    def tracked_len(self):
        return [{piper: [len(items)] for piper, items in self._tracked().items()}]

    def lossless(self, value):
        """Each item that was read has gone through this piper."""
        read = set(self._read().values())
        items = self._tracked().get(value, {})
        return [read == {len(items)} and items.keys() == {str(i) for i in range(len(items))}]


def tracked_of(answer):
    return {piper: {place: Item(item.get("value"), item.get("failure"))
                    for place, item in items.items()} for piper, items in answer.items()}


def tracked_differences(case, tools, library):
    """What the pipers that say `track` gave, against `tracked`."""
    workflow = workflow_of(case["topology"], case["inputs"], WRITTEN, tools, library.functions)
    with Driver(workflow, tools) as driver:
        driver.ask("pass", seconds=60, drain=True)
        found = tracked_of(driver.ask("tracked"))
    expected = case["expect"]["tracked"]
    if found.keys() != expected.keys():
        return [f"tracked: expected {sorted(expected)}, got {sorted(found)}"]
    matcher = Matcher(workflow, bare=True)
    wrong = []
    for piper, runs in expected.items():
        places = sorted(runs[0], key=int)
        items = found[piper]
        if sorted(items, key=int) != places:
            wrong.append(f"tracked {piper}: expected the places {places}, got {list(items)}")
            continue
        wrong += matcher.differences([runs[0][place] for place in places],
                                     [items[place] for place in places], f"tracked {piper}")
    return wrong
