"""Whether an item is what a case expects."""
import json
import re

from .outcome import Item

PYTHON_KIND = re.compile(r"([A-Z]\w*(?:Error|Exit|Iteration|Exception|Interrupt))(?::|$)")

# What our own failures are called in Python.
KINDS = {"timeout": "TimeoutError"}
MESSAGES = [
    (re.compile(r"not valid msgpack|not give one valid msgpack"), "SerializationError"),
    (re.compile(r"there is no index"), "IndexError"),
    (re.compile(r"expected (text|a list|a number|an integer)"), "TypeError"),
]


def kinds_of(failure):
    """What a case may call this failure: ours, Python's, and PaPy's for what left a node."""
    kinds = [failure["kind"], "PiperError"]
    python = PYTHON_KIND.match(failure["message"])
    if python:
        kinds.append(python.group(1))
    elif failure["kind"] in KINDS:
        kinds.append(KINDS[failure["kind"]])
    else:
        kinds += [kind for pattern, kind in MESSAGES if pattern.search(failure["message"])][:1]
    return kinds


def same(a, b):
    """Equal, and of one type: 1 is neither 1.0 nor true."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b


class Matcher:
    """Compares items of one workflow. `bare`: a failure has not left the node that failed, as when
    a worker is called directly, so that its node counts as none that has wrapped it."""

    def __init__(self, workflow, bare=False):
        self.workflow = workflow
        self.bare = bare

    def wraps(self, failure, is_outermost):
        """How many nodes have wrapped it: the one that failed, and those that it passed. An input
        is no node."""
        hops = failure["hops"] - (self.workflow.extra_hops if is_outermost else 0)
        if failure["piper"] in self.workflow.inputs:
            return hops
        if self.bare and hops == 0 and failure["kind"] != "joined":
            return 0
        return hops + 1

    def inbox(self, failure):
        width, consume = self.workflow.width.get(failure["piper"], (1, 1))
        values = failure.get("inbox", [])
        if consume == 1:
            return values
        return [values[i:i + width] for i in range(0, len(values), width)]

    def function(self, failure):
        names = self.workflow.names.get(failure["piper"], {})
        name = failure.get("function", "")
        return names.get(name, name.rpartition(".")[2])

    def is_failure(self, expected, failure, is_outermost=True):
        if "wraps" in expected and expected["wraps"] != self.wraps(failure, is_outermost):
            return False
        causes = failure.get("causes", [])
        if "joined" in expected:
            return len(causes) == len(expected["joined"]) and all(
                self.is_failure(each["$err"], cause, False)
                for each, cause in zip(expected["joined"], causes))
        if "joined_or_wrapped" in expected:
            found = [kinds_of(each) for each in causes or [failure]]
            return len(found) == len(expected["joined_or_wrapped"]) and all(
                kind in kinds for kind, kinds in zip(expected["joined_or_wrapped"], found))
        if "kind" in expected and expected["kind"] not in kinds_of(failure):
            return False
        if "func" in expected and expected["func"] != self.function(failure):
            return False
        return "inbox" not in expected or same(expected["inbox"], self.inbox(failure))

    def is_item(self, expected, item):
        if isinstance(expected, dict) and "$err" in expected:
            return item.failure is not None and self.is_failure(expected["$err"], item.failure)
        if isinstance(expected, dict) and "$raised" in expected:
            return item.failure is not None and expected["$raised"] in kinds_of(item.failure)
        return item.failure is None and same(expected, item.value)

    def differences(self, expected, items, name, unordered=False):
        """Sentences on what is not as expected; none: all is."""
        if unordered:
            return self.unordered_differences(expected, items, name)
        wrong = []
        for place, (want, have) in enumerate(zip(expected, items)):
            if not self.is_item(want, have):
                wrong.append(f"{name}[{place}]: expected {shown(want)}, got {shown(have)}")
        if len(expected) != len(items):
            rest = items[len(expected):] or expected[len(items):]
            wrong.append(f"{name}: expected {len(expected)} items, got {len(items)}; from there on "
                         + ", ".join(map(shown, rest[:5])))
        return wrong

    def unordered_differences(self, expected, items, name):
        left = list(items)
        wrong = []
        for want in expected:
            found = next((i for i, have in enumerate(left) if self.is_item(want, have)), None)
            if found is None:
                wrong.append(f"{name}: expected {shown(want)} among the items")
            else:
                left.pop(found)
        return wrong + [f"{name}: {shown(have)} was not expected" for have in left]


def shown(value):
    """A value as a person reads it."""
    if not isinstance(value, Item):
        return json.dumps(value, ensure_ascii=False)
    if value.failure is None:
        return json.dumps(value.value, ensure_ascii=False, default=repr)
    keys = ("piper", "function", "kind", "message", "inbox", "hops", "causes")
    told = {key: value.failure[key] for key in keys if key in value.failure}
    return "failure " + json.dumps(told, ensure_ascii=False)
