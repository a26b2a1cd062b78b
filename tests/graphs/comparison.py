"""Compares what a run left behind with what the evaluation in order expects, and with itself."""
import collections
import json
import re

PARTS_OF_OUTPUT = ("written", "failed", "gaps", "not_done")
PARTS_OF_EDGE = ("consumed", "dropped", "unmatched", "not_done")
RESULTS_OF_PIPER = ("failed", "passed", "skipped", "retried")
LIBRARY = re.compile(r" \(/[^()]*/libgraphs\.so\)")


class Run:
    """A run of one graph, as its files tell of it."""

    def __init__(self, folder, exit_code, stderr):
        self.folder = folder
        self.exit_code = exit_code
        self.stderr = stderr
        self.expected = json.loads((folder / "expected.json").read_text())
        events = folder / "events.jsonl"
        self.events = [json.loads(line) for line in events.read_text().splitlines()] if events.exists() else []
        letters = folder / "failed.jsonl"
        self.letters = [json.loads(line) for line in letters.read_text().splitlines()] if letters.exists() else []
        self.files = {name: self.file_of(name) for name in self.expected["outputs"]}
        self.deaths = sum(1 for _ in (folder / "marks").iterdir())
        for letter in self.letters:
            without_library(letter["failure"])

    def file_of(self, name):
        """(lines, whether the file has its final name) of an output; None: there is no file."""
        final, part = self.folder / f"{name}.jsonl", self.folder / f"{name}.jsonl.part"
        for path in (final, part):
            if path.exists():
                return path.read_text().splitlines(), path is final
        return None

    def end(self):
        return self.events[-1]

    def last(self, event):
        """The last event of a kind, by name."""
        return {each["name"]: each for each in self.events if each["event"] == event}

    def expected_letters(self, name):
        """A process that dies takes the inbox of a piper with it that is evaluated with others before it."""
        letters = self.expected["outputs"][name]["letters"]
        for _, failure in letters:
            for cause in causes(failure):
                first = next((group[0] for group in groups(self) if cause["piper"] in group), cause["piper"])
                if cause["kind"] == "crash" and cause["piper"] != first:
                    cause["inbox"] = []
        return letters

    def expected_lines(self, name):
        return (self.folder / f"{name}.expected").read_text().splitlines()


def without_library(failure):
    """Where the plugin stands is left out of what is said of a function that ended its process."""
    for cause in causes(failure):
        if cause["kind"] == "crash":
            cause["message"] = LIBRARY.sub("", cause["message"])


def differences(run):
    """Sentences on what is wrong; none when all is right."""
    if not run.events or run.end()["event"] != "end":
        return [f"exit code {run.exit_code} without an account of the run: {run.stderr.strip()}"]
    wrong = endings(run)
    stopped = run.end()["ending"] == "policy"
    for name in run.expected["outputs"]:
        wrong += stopped_output(run, name) if stopped else output(run, name)
    wrong += accounts(run)
    if not stopped:
        wrong += counts(run) + failure_groups(run)
    return wrong


def endings(run):
    end, stop = run.end(), run.expected["stop"]
    wrong = []
    if run.exit_code != end["exit_code"]:
        wrong.append(f"exit code {run.exit_code}, but the last event says {end['exit_code']}")
    if end["ending"] == "policy":
        if stop == "never":
            wrong.append(f"stopped, and nothing says so: {end['reason']}")
        elif not any(reason in end["reason"] for reason in run.expected["reasons"]):
            wrong.append(f"stopped for the reason {end['reason']!r}, expected one of {run.expected['reasons']}")
        return wrong + code(run, 3)
    if end["ending"] != "finished":
        return wrong + [f"ends as {end['ending']}: {end['reason']}"]
    if stop == "must":
        wrong.append(f"not stopped, expected because of {run.expected['reasons']}")
    failed = any(output["letters"] for output in run.expected["outputs"].values())
    return wrong + code(run, 1 if failed else 0)


def code(run, expected):
    if run.exit_code == expected:
        return []
    return [f"exit code {run.exit_code}, expected {expected}: {run.stderr.strip()}"]


def letters_of(run, name):
    """The failures of an output with their places, in the order in which they came."""
    return [[letter["place"], letter["failure"]] for letter in run.letters if letter["output"] == name]


def in_any_order(letters):
    return sorted(letters, key=lambda letter: letter[0])


def output(run, name):
    """An output of a run that finished: its file, its dead letters."""
    expected = run.expected["outputs"][name]
    if run.files[name] is None or not run.files[name][1]:
        return [f"{name}: there is no file of that name"]
    lines, letters = run.expected_lines(name), run.expected_letters(name)
    have, have_letters = run.files[name][0], letters_of(run, name)
    if not expected["ordered"]:
        lines, have, have_letters = sorted(lines), sorted(have), in_any_order(have_letters)
    return first_difference(f"{name}", lines, have) + first_difference(f"{name}: failures", letters, have_letters)


def first_difference(what, expected, have):
    if expected == have:
        return []
    for place, (a, b) in enumerate(zip(expected, have)):
        if a != b:
            return [f"{what}: at {place} there is {shortened(b)}, expected {shortened(a)}"]
    return [f"{what}: {len(have)}, expected {len(expected)}"]


def canonical(value):
    return json.dumps(value, sort_keys=True)


def shortened(value):
    text = value if isinstance(value, str) else canonical(value)
    return text if len(text) <= 400 else text[:400] + "..."


def stopped_output(run, name):
    """Nothing has its final name, and what there is would have been in the whole output."""
    expected = run.expected["outputs"][name]
    lines, is_final = run.files[name] or ([], False)
    wrong = [f"{name}: has its final name although the run was stopped"] if is_final else []
    all_lines, all_letters = run.expected_lines(name), run.expected_letters(name)
    letters = letters_of(run, name)
    if expected["ordered"]:
        return (wrong + first_difference(f"{name}, cut off", all_lines[:len(lines)], lines)
                + first_difference(f"{name}: failures, cut off", all_letters[:len(letters)], letters))
    for what, have, whole in (("lines", lines, all_lines), ("failures", letters, all_letters)):
        count = collections.Counter(map(canonical, have))
        count.subtract(map(canonical, whole))
        strange = [text for text, n in count.items() if n > 0]
        if strange:
            wrong.append(f"{name}: {what} that nobody expects: {shortened(strange[0])}")
    return wrong


def accounts(run):
    """What the run says of its outputs and edges adds up, and is what the files say."""
    wrong = []
    end = run.end()
    stopped = end["ending"] == "policy"
    for account in end["outputs"]:
        name = account["name"]
        dealt_with = sum(account[part] for part in PARTS_OF_OUTPUT)
        if dealt_with != account["length"]:
            wrong.append(f"account of {name}: {account['length']} items, but {dealt_with} are dealt with")
        lines, letters = len((run.files[name] or ([], False))[0]), len(letters_of(run, name))
        if (account["written"], account["failed"]) != (lines, letters):
            wrong.append(f"account of {name}: {account['written']} written and {account['failed']} failed, "
                         f"but there are {lines} and {letters}")
        expected = run.expected["outputs"][name]
        have = (account["length_known"], account["length"], account["gaps"], account["not_done"])
        if not stopped and have != (True, expected["length"], expected["gaps"], 0):
            wrong.append(f"account of {name}: {account}, expected a length of {expected['length']} "
                         f"with {expected['gaps']} gaps")
    for edge in end["edges"]:
        dealt_with = sum(edge[part] for part in PARTS_OF_EDGE)
        if "length" in edge and dealt_with != edge["length"] and not stopped:
            wrong.append(f"account of {edge['from']} to {edge['to']}: {edge['length']} items, "
                         f"but {dealt_with} are dealt with")
        if edge["not_done"] > 0 and not stopped:
            wrong.append(f"account of {edge['from']} to {edge['to']}: {edge['not_done']} not done at the end")
    for name, count in run.last("piper").items():
        if count["in"] < sum(count[part] for part in RESULTS_OF_PIPER):
            wrong.append(f"count of {name}: more came out than in: {count}")
    return wrong


def counts(run):
    """Counts of inputs, pipers and edges where they do not depend on the schedule."""
    wrong = []
    inputs, pipers = run.last("input"), run.last("piper")
    for name, items in run.expected["inputs"].items():
        have = inputs.get(name, {"items": 0})["items"]
        if have != items:
            wrong.append(f"input {name}: {have} items read, expected {items}")
    for name, expected in run.expected["pipers"].items():
        have = {part: pipers.get(name, {}).get(part, 0) for part in expected}
        if have != expected:
            wrong.append(f"piper {name}: {have}, expected {expected}")
    edges = collections.defaultdict(list)
    for edge in run.end()["edges"]:
        edges[edge["from"], edge["to"]].append(edge)
    for expected in run.expected["edges"]:
        ends = expected["from"], expected["to"]
        if ends not in edges and is_within_a_group(run, *ends):
            continue
        for edge in edges[ends] or [{}]:
            have = {part: edge.get(part) for part in expected}
            if have != expected:
                wrong.append(f"edge {have}, expected {expected}")
    return wrong


def groups(run):
    plan = next(event for event in run.events if event["event"] == "plan")
    return plan["groups"]


def is_within_a_group(run, first, second):
    return any(first in group and second in group for group in groups(run))


def causes(failure):
    if failure.get("causes"):
        for cause in failure["causes"]:
            yield from causes(cause)
    else:
        yield failure


def failure_groups(run):
    """How many failures there were of each sort: of each, the output that saw the most counts."""
    most = collections.Counter()
    for output_ in run.expected["outputs"].values():
        seen = collections.Counter((failure["piper"], failure["function"], failure["kind"], failure["code"])
                                   for _, letter in output_["letters"] for failure in causes(letter))
        most |= seen
    if len(most) > 100:  # more sorts than are kept
        return []
    have = {(group["piper"], group["function"], group["kind"], group["code"]): group["count"]
            for group in run.end()["failures"]}
    if have == dict(most):
        return []
    return [f"failures by sort: {shortened(sorted(have.items()))}, expected {shortened(sorted(most.items()))}"]


def seen(run):
    """What only the run itself shows: names and how often."""
    stopped = run.end()["ending"] == "policy"
    slots = collections.defaultdict(set)
    for event in run.events:
        if event["event"] == "batch":
            slots[event["pool"]].add(event["slot"])
    warnings = [event["text"] for event in run.events if event["event"] == "warning"]
    return {
        "pipers evaluated in one go": sum(len(group) > 1 for group in groups(run)),
        "a pool whose slots all worked": sum(len(used) > 1 for used in slots.values()),
        "a task of several tasklets": sum(event["event"] == "batch" and event["tasklets"] > 1 for event in run.events),
        "a process that died, and a run that finished": 0 if stopped else run.deaths,
        "a buffer that was widened": sum("needs more room" in text for text in warnings),
        "a run that finished": int(not stopped),
        "a run stopped by on_error": int(stopped and "on_error: stop" in run.end()["reason"]),
        "a run stopped by max_failures": int(stopped and "max_failures" in run.end()["reason"]),
        "a run with items that were not done": int(any(output_["not_done"] for output_ in run.end()["outputs"])),
        "a stopped run that had written something": int(stopped and any(each[0] for each in run.files.values() if each)),
        "items that came and were not matched": sum(edge["unmatched"] > 0 for edge in run.end()["edges"]),
    }
