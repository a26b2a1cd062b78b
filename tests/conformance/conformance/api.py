"""Cases of kind api say in words what they want; here is what each means for papy.

A case is taken only while the outcome that it records is the one that was read when this was
written: another outcome fails."""
import json
import subprocess
import tempfile
from pathlib import Path

from .document import Builder, source
from .driver import Driver
from .outcome import PATIENCE, read_items

SAYS = {}


def says(case_id, result):
    """The function below is what a case means, as long as `result` is what the case expects."""
    def keep(function):
        def judge(case, tools, library):
            if case["expect"] != {"result": result}:
                return [f"expects {json.dumps(case['expect'])}, which nobody has translated"]
            return function(tools, library)
        SAYS[case_id] = judge
        return function
    return keep


def raised(kind):
    return {"$raised": kind}


def exit_code(tools, document, folder=None):
    """How `papy run` ends with a document."""
    with tempfile.TemporaryDirectory(prefix="papy-conformance-") as own:
        path = Path(folder or own) / "case.yaml"
        path.write_text(json.dumps(document), encoding="utf-8")
        return subprocess.run([str(tools.papy), "run", str(path), "--quiet"], cwd=folder or own,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=PATIENCE).returncode


def squares(tools, library, items=(1, 2, 3)):
    """A document of one piper, for others to spoil."""
    builder = Builder(tools.libraries, library.functions)
    builder.add_piper("a", "power2", [builder.add_input("in", list(items))])
    builder.add_output("a", "a")
    return builder.finish().document


def not_refused(tools, documents):
    """Sentences on the documents by name that should be refused and are not."""
    codes = {name: exit_code(tools, document) for name, document in documents.items()}
    return [f"{name}: exit code {code}, expected 2: refused"
            for name, code in codes.items() if code != 2]


@says("w-invalid", {"string": raised("TypeError"), "list of numbers": raised("TypeError"),
                    "piper": raised("TypeError"), "number": raised("TypeError"),
                    "piper from list of numbers": raised("PiperError"),
                    "piper from number": raised("PiperError")})
def worker_is_a_function(tools, library):
    documents = {}
    for name, worker in {"string": "no function", "list of numbers": [1, 2], "piper": "a",
                         "number": 1, "empty list": [], "nothing": None}.items():
        documents[name] = squares(tools, library)
        documents[name]["pipers"]["a"]["worker"] = worker
    return not_refused(tools, documents)


@says("w-args-count-mismatch", {"args_short": "refused", "kwargs_short": "refused"})
def all_arguments_are_given(tools, library):
    document = squares(tools, library)
    document["pipers"]["a"]["worker"] = [
        {"function": "conformance.powern", "args": {"n": 3}}, {"function": "conformance.powern"}]
    return not_refused(tools, {"an argument is missing": document})


@says("t-missing-input", {"start": raised("PiperError"), "connect": None})
def all_inputs_are_given(tools, library):
    nothing, unknown = squares(tools, library), squares(tools, library)
    del nothing["pipers"]["a"]["from"]
    unknown["pipers"]["a"]["from"] = ["in", "other"]
    return not_refused(tools, {"no input": nothing, "an input that is not there": unknown})


@says("n-unknown-worker-type", {"start": raised("AttributeError"), "construct": None})
def pool_type_is_known(tools, library):
    document = squares(tools, library)
    document["pools"] = {"p": {"type": "turtle"}}
    document["pipers"]["a"]["pool"] = "p"
    return not_refused(tools, {"type: turtle": document})


@says("n-exit-with-unread-results", "exits")
def unread_results_keep_nobody(tools, library):
    builder = Builder(tools.libraries, library.functions)
    builder.document["inputs"]["in"] = source({"$gen": "count"})
    builder.document["pools"]["p"] = {"type": "thread", "workers": 2}
    builder.add_piper("a", "ident", ["in"], pool="p")
    builder.add_output("a", "a")
    with Driver(builder.finish(), tools) as driver:
        first = driver.pull("out-a").value
        driver.ask("pass", seconds=0.1, drain=False)
        driver.process.stdin.close()
        code = driver.process.wait(timeout=PATIENCE)
        driver.process.stdin = None
    return [] if (first, code) == (0, 0) else [f"got {first}, exit code {code}"]


@says("d-cycle", {"self": None, "shortcut is fine": None, "edges": 2, "edges at end": 4,
                  "close": raised("DaggerError"), "edges after": 3})
def a_cycle_is_refused(tools, library):
    def chain(takes_from):
        document = squares(tools, library)
        pipers = document["pipers"]
        for name, parents in takes_from.items():
            pipers[name] = {"worker": "conformance.collect", "from": parents}
        document["outputs"]["out-a"]["from"] = "c"
        return document

    wrong = not_refused(tools, {"self": chain({"b": ["a", "b"], "c": ["b"]}),
                                "close": chain({"b": ["a", "c"], "c": ["b"]})})
    code = exit_code(tools, chain({"b": ["a"], "c": ["a", "b"]}))
    return wrong + ([] if code == 0 else [f"shortcut: exit code {code}, expected 0"])


VALUES = [1, "a", [1, "a"], {"k": [None, True, 0.5]}, None, "ü\n\"", [], -(2 ** 40)]


def round_trip(tools, library, form, items):
    """Writes items to a file and reads them back."""
    libraries = {**tools.libraries, "io": tools.libraries["core"].with_name("libio.so")}
    with tempfile.TemporaryDirectory(prefix="papy-conformance-") as folder:
        writing = Builder(libraries, library.functions)
        writing.add_input("in", items)
        writing.document["outputs"]["out"] = {
            "sink": f"io.write_{form}", "from": "in", "args": {"path": "values"}}
        reading = Builder(libraries, library.functions)
        reading.document["inputs"]["in"] = {"source": f"io.read_{form}", "args": {"path": "values"}}
        reading.add_output("a", "in")
        codes = [exit_code(tools, builder.finish().document, folder)
                 for builder in (writing, reading)]
        if codes != [0, 0]:
            return f"exit codes {codes}"
        text = (Path(folder) / "values").read_bytes()
        return text, [item.value for item in read_items(Path(folder), "out-a")]


@says("f-json", {"text": '[1, "a"]', "bad": True, "round trip": [True] * 4})
def json_reads_what_it_wrote(tools, library):
    found = round_trip(tools, library, "jsonl", VALUES)
    text, values = found
    wrong = [] if values == VALUES else [f"round trip: got {found}"]
    return wrong + ([] if json.loads(text.splitlines()[2]) == [1, "a"] else [f"text: {text}"])


@says("f-pickle-stream", {"returns": [None, None, None], "equal": True, "empty": []})
def msgpack_reads_what_it_wrote(tools, library):
    """The stream of any values is msgpack here."""
    wrong = []
    for items in (VALUES, []):
        found = round_trip(tools, library, "msgpack", items)
        wrong += [] if found[1] == items else [f"got {found}"]
    return wrong


@says("i-imports", {"dotted alternative": True, "inside a pool": None, "two": ["re", "sys"],
                    "alternative gets the first name": "sys",
                    "last part of a dotted name": "xml.dom.domreg",
                    "attached list": ["ysy_missing,sys"]})
def the_first_library_that_can_be_had(tools, library):
    document = squares(tools, library)
    there = document["plugins"]["conformance"]["path"]
    document["plugins"]["conformance"] = {"any_of": ["./libmissing.so", there]}
    document["plugins"]["extra"] = {"path": "./libmissing.so", "optional": True}
    code = exit_code(tools, document)
    wrong = [] if code == 0 else [f"any_of: exit code {code}, expected 0"]
    document["plugins"]["conformance"] = {"any_of": ["./libmissing.so", "./libgone.so"]}
    return wrong + not_refused(tools, {"none of any_of is there": document})
