#!/usr/bin/python3
"""Python functions as workers of papy: a slot that speaks engine/pool/PROTOCOL.md.

    pools:
      python: {type: process, workers: 2, command: [tools/foreign_worker.py, my_functions.py]}
    pipers:
      doubled: {worker: py.double, from: numbers, pool: python, args: {by: 3}}

calls the function `double` of my_functions.py, with the values of the inbox one by one and the arguments by name:

    def double(value, by=2):
        return by * value

The path of the file is relative to the document; a name without a slash and without `.py` is a module to be imported. What stands before
the dot in `py.double` is yours to choose. A function returns its value; with `produce: n` or `produce: any` a list, a tuple or
an iterator of values (it may be a generator). Values are what msgpack holds. An exception is a failure, tried again as the
piper's `retries` say. A function may also raise, after `from foreign_worker import Skip` and the like:

    Skip()                     leave this item out
    Retry(message, code=0)     fail, and be tried again as long as there are attempts
    Fail(message, code=0)      fail, and never be tried again
    Fatal(message, code=0)     stop the run
    End(*values)               no more after these values

`here.piper`, `here.tasklet` (its number in the stream), `here.attempt` and `here.slot` say what is being evaluated.
What it prints goes to papy's stderr.

A class is opened once in each process, with the arguments by name, and its objects are called:

    class Translated:
        def __init__(self, dictionary): self.words = read(dictionary)
        def __call__(self, word): return self.words[word]

Items come to any of the processes, so what a call leaves behind must not matter for later ones. Unless the piper says
`stateful: true`: then one object gets all items in their order (with `spawn`, one a replica), and may have the methods

    flush(self)         more values, at the end of the stream (with `produce: any`)
    save(self)          what load() needs, as msgpack can hold it: after a crash the run goes on with what was saved last
    load(self, saved)   without these two it cannot go on

Needs python3-msgpack and python3-zmq.
"""
import argparse
import difflib
import functools
import importlib
import importlib.util
import mmap
import os
import pathlib
import struct
import sys
import threading
import time
import traceback
import types

import msgpack
import zmq

MAJOR, MINOR = 1, 0
HELLO, WELCOME, OPEN, OPENED, TASK, STARTED, RESULT, RETURNED, ERROR, CLOSE, BYE, REFUSED, BUNDLE = range(1, 14)
VALUE, FAILURE, GAP = 0, 1, 2
CONTROL, PAGE, SHARED = 3, 4, 5  # descriptors
PAGE_SIZE = 128
ARENA_SIZE = 1 << 35
LARGE_FRAME = 64 << 10  # bytes from which on a frame is worth a place in shared memory
FRAME_HEAD = struct.Struct("<4sIIIQ")
MAGIC = b"paB1"
HAS_KINDS = 1
DEEPEST = 64  # nesting of a value
LARGEST_STATE = 1 << 20  # bytes of a state that papy keeps
LARGE_RESULT = 64 << 20  # bytes of results with which a task ends early
EVALUATE = 0


here = types.SimpleNamespace(piper="", tasklet=0, attempt=1, slot=0)  # what is being evaluated


class Skip(Exception):
    """Leave this item out."""


class Fail(Exception):
    """Fail, and never be tried again."""

    kind = "fail"

    def __init__(self, message="", code=0):
        super().__init__(message)
        self.code = code


class Retry(Fail):
    """Fail, and be tried again as long as there are attempts."""

    kind = "retry"


class Fatal(Fail):
    """Nothing can go on: stop the run."""

    kind = "fatal"


class End(Exception):
    """No more after these values."""

    def __init__(self, *values):
        super().__init__()
        self.values = values


class Trouble(Exception):
    """This process cannot do its work at all."""


class BadResult(Exception):
    """A function gave what it must not."""


def last_line(error):
    """The last line of an exception's traceback: "ValueError: no number"."""
    return traceback.format_exception_only(type(error), error)[-1].strip()


# Values, frames and failures.


def unpack(data):
    return msgpack.unpackb(data, strict_map_key=False, unicode_errors="surrogateescape")


def pack(value):
    return msgpack.packb(value, unicode_errors="surrogateescape")


def nesting(value):
    if isinstance(value, (list, tuple)):
        return 1 + max(map(nesting, value), default=0)
    if isinstance(value, dict):
        return 1 + max((max(nesting(key), nesting(each)) for key, each in value.items()), default=0)
    return 0


def pack_result(value):
    """The value as an item; BadResult when msgpack cannot hold it."""
    try:
        packed = pack(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadResult(f"gives what msgpack cannot hold: {error}") from error
    if isinstance(value, (list, tuple, dict)) and nesting(value) > DEEPEST:
        raise BadResult(f"gives a value that is nested deeper than {DEEPEST}")
    return packed


def read_frame(frame):
    """The items of a frame: (kind, bytes)."""
    magic, n, flags, _, size = FRAME_HEAD.unpack_from(frame)
    if magic != MAGIC:
        raise Trouble("received a frame that is not one")
    payload = FRAME_HEAD.size
    at = (payload + size + 3) // 4 * 4
    offsets = struct.unpack_from(f"<{n + 1}I", frame, at)
    kinds = frame[at + 4 * (n + 1) :] if flags & HAS_KINDS else bytes(n)
    return [(kinds[i], frame[payload + offsets[i] : payload + offsets[i + 1]]) for i in range(n)]


def write_frame(items):
    payload = b"".join(data for _, data in items)
    offsets = [0]
    for _, data in items:
        offsets.append(offsets[-1] + len(data))
    plain = all(kind == VALUE for kind, _ in items)
    head = FRAME_HEAD.pack(MAGIC, len(items), 0 if plain else HAS_KINDS, 0, len(payload))
    padding = bytes(-(len(head) + len(payload)) % 4)
    kinds = b"" if plain else bytes(kind for kind, _ in items)
    return head + payload + padding + struct.pack(f"<{len(offsets)}I", *offsets) + kinds


def travelling(failures, piper, place):
    """What becomes of a tasklet with these failures in its inbox."""
    failures = [unpack(data) for data in failures]
    if len(failures) == 1:
        return pack({**failures[0], "hops": failures[0].get("hops", 0) + 1})
    return pack({"piper": piper, "kind": "joined", "message": f"{len(failures)} items of the inbox failed",
                 "place": place, "attempts": 1, "hops": 0, "causes": failures})


class SharedMemory:
    """Descriptor 5: large frames lie there, and messages say where."""

    def __init__(self):
        self.memory = memoryview(mmap.mmap(SHARED, os.fstat(SHARED).st_size))

    def at(self, place):
        arena, offset, size = place
        return self.memory[arena * ARENA_SIZE + offset :][:size]

    def frame(self, frame, rooms):
        """What to send of a frame: itself, or the place that it was copied to."""
        for arena, offset, size in rooms:
            if LARGE_FRAME <= len(frame) <= size:
                place = [arena, offset, len(frame)]
                self.at(place)[:] = frame
                return place
        return frame


def shared_memory():
    """None when there is none to be had."""
    try:
        return SharedMemory()
    except (OSError, ValueError):
        return None


# Who says what this process is at.


class Page:
    """Descriptor 4: the engine sees the tasklet under evaluation without a message."""

    def __init__(self):
        self.words = memoryview(mmap.mmap(PAGE, PAGE_SIZE)).cast("Q")
        self.barrier = threading.Lock()

    def begin(self, task):
        self.words[3] = task.number + 1
        with self.barrier:  # a lock is a full memory barrier: the write above comes before the read below
            pass
        if task.number >= self.words[4]:
            return False
        self.words[2] = self.words[1] = 0
        self.words[0] = task.id
        return True

    def tasklet(self, index, stage, limited):
        self.words[2] = time.monotonic_ns() if limited else 0

    def function(self, index, stage, function, behind_end):
        self.words[1] = index | stage << 32 | function << 48 | 1 << 57 | behind_end << 59

    def outside(self):
        """In no function: what happens now is no tasklet's fault."""
        self.words[2] = self.words[1] = 0

    def end(self):
        self.words[0] = 0


class Messages:
    """The same for a slot without the page."""

    def __init__(self, send):
        self.send = send
        self.task = 0

    def begin(self, task):
        self.task = task.id
        return True

    def tasklet(self, index, stage, limited):
        if stage == 0:
            self.send(STARTED, self.task, index)

    def function(self, index, stage, function, behind_end):
        pass

    def outside(self):
        pass

    def end(self):
        pass


# Evaluation.


class Task:
    def __init__(self, fields, memory):
        (self.id, self.number, self.group, self.kind, self.first, self.n, self.step, self.attempt, self.replica,
         self.last_places, _, self.elapsed, self.state, inputs, self.rooms) = fields[:15]
        self.began = time.monotonic_ns()
        self.inputs = []
        for pieces in inputs:
            frames = [(frame if isinstance(frame, bytes) else memory.at(frame), begin, end) for frame, begin, end in pieces]
            self.inputs.append([item for frame, begin, end in frames for item in read_frame(frame)[begin:end]])


class Function:
    def __init__(self, use, module):
        name = use["function"]
        self.name = f"{use['plugin']}.{name}"
        self.args = use.get("args", {})
        self.found = getattr(module, name, None)
        if not callable(self.found):
            near = difflib.get_close_matches(name, [each for each in vars(module) if not each.startswith("_")], 1)
            raise Trouble(f"{module.__name__} has no function '{name}'" + (f"; did you mean '{near[0]}'?" if near else ""))

    def open(self):
        """What is called: an object of a class, or a function with its arguments."""
        if isinstance(self.found, type):
            return self.found(**self.args)
        return functools.partial(self.found, **self.args) if self.args else self.found


class Piper:
    def __init__(self, opening, module):
        self.name = opening["name"]
        self.serial = opening.get("serial", False)
        self.opened = {}  # what is called, of each replica
        self.chain = [Function(use, module) for use in opening["worker"]]
        self.width = opening["width"]
        self.first = opening.get("join", "all") == "first"
        self.consume = opening.get("consume", 1)
        self.rest_fails = opening.get("consume_rest", "keep") == "fail"
        self.any = opening.get("produce", 1) == "any"
        self.n = 0 if self.any else opening.get("produce", 1)
        self.repeat = opening.get("repeat", False)
        self.attempts = opening.get("attempts", 1)
        self.retry_errors = opening.get("retry_errors", True)
        self.on_error = opening.get("on_error", "fail")
        self.deadline = opening.get("deadline_ns")
        self.limited = self.deadline is not None or opening.get("timeout_ns") is not None

    def open(self, task):
        """What is called for this task, in the order of the chain."""
        replica = task.replica if self.serial else 0
        if replica not in self.opened:
            states = [None] * len(self.chain) if task.state is None else unpack(task.state)
            self.opened[replica] = [self.open_one(function, state) for function, state in zip(self.chain, states)]
        return self.opened[replica]

    def open_one(self, function, state):
        doing = "opened"
        try:
            opened = function.open()
            if state is not None:
                doing = "brought to its saved state"
                opened.load(state)
            return opened
        except (Exception, SystemExit) as error:  # pylint: disable=broad-except
            traceback.print_exc()
            raise Trouble(f"piper '{self.name}': {function.name} cannot be {doing}: {last_line(error)}") from error

    def saved(self, task):
        """What another process needs to go on; None when it could not."""
        opened = self.opened[task.replica]
        has_state = [isinstance(function.found, type) for function in self.chain]
        if not all(hasattr(each, "save") and hasattr(each, "load") for each, has in zip(opened, has_state) if has):
            return None
        try:
            state = pack([each.save() if has else None for each, has in zip(opened, has_state)])
        except (Exception, SystemExit):  # pylint: disable=broad-except
            traceback.print_exc()
            return None
        return state if len(state) <= LARGEST_STATE else None

    def choose(self, inbox):
        """(values, failures) of an inbox: what is left of it."""
        values, failures = [], []
        for at in range(0, len(inbox), self.width):
            place = inbox[at : at + self.width]
            whole = all(kind != GAP for kind, _ in place)
            if self.first:
                place = [item for item in place if item[0] != GAP][:1]
            failures += [data for kind, data in place if kind == FAILURE]
            if whole or self.first:
                values += [data for kind, data in place if kind == VALUE]
        return values, failures


class Stage:
    """One piper's part of one task."""

    def __init__(self, worker, task, index, piper, inboxes, follows_end):
        """follows_end: the piper before said END with the last inbox."""
        self.worker, self.task, self.index, self.piper, self.inboxes = worker, task, index, piper, inboxes
        self.follows_end = follows_end
        self.called, self.at = piper.open(task), 0
        self.done = len(inboxes)
        self.items, self.counts, self.retry, self.retry_elapsed = [], [], [], []
        self.ended, self.stop = False, None
        self.given = self.failed = self.passed = self.skipped = self.retried = 0

    def run(self):
        size, seen = 0, 0
        for t, inbox in enumerate(self.inboxes):
            if size > LARGE_RESULT:
                self.done = t
                break
            self.settle(t, inbox)
            size += sum(len(data) for _, data in self.items[seen:])
            seen = len(self.items)
            if self.ended or self.stop is not None or self.done < len(self.inboxes):
                break

    def flush(self):
        """What the functions have left, each through those behind it."""
        for at, called in enumerate(self.called):
            if hasattr(called, "flush"):
                self.guard(0, [], functools.partial(self.flush_one, at))
        self.counts, self.ended = [], False

    def flush_one(self, at):
        self.at = at
        self.worker.position.function(0, self.index, at, False)
        left = []
        try:
            left.extend(values_of(self.called[at].flush()))
        except End as end:
            left.extend(end.values)
        self.ended = False
        for value in left:
            if not self.ended and self.stop is None:
                self.guard(0, [], functools.partial(self.go_through, 0, [value], at + 1))

    def number(self, t):
        return self.task.first + t * self.task.step

    def settle(self, t, inbox):
        values, failures = self.piper.choose(inbox)
        if failures:
            self.passed += 1
            self.give_failure(travelling(failures, self.piper.name, self.number(t)))
        elif not values:
            self.skip()
        elif self.piper.rest_fails and len(inbox) < self.piper.consume * self.piper.width:
            places = len(inbox) // self.piper.width
            self.fail(t, values, "incomplete", f"the last group has {places} of {self.piper.consume} places")
        else:
            self.evaluate(t, values)

    def evaluate(self, t, packed):
        began = time.monotonic_ns()
        self.worker.position.tasklet(t, self.index, self.piper.limited)
        here.piper, here.tasklet, here.attempt = self.piper.name, self.number(t), self.task.attempt
        self.guard(t, packed, lambda: self.go_through(t, [unpack(data) for data in packed], 0), began)

    def guard(self, t, packed, work, began=0):
        """Does it; what it raises is what becomes of the tasklet."""
        self.at = 0
        try:
            work()
        except Skip:
            if self.task.kind == EVALUATE:
                self.skip()
        except BadResult as error:
            self.fail(t, packed, "bad-result", str(error))
        except Fail as error:
            self.fail(t, packed, error.kind, str(error) or "failed without a message", error.code, began)
        except (Exception, SystemExit) as error:  # pylint: disable=broad-except
            if self.worker.log_level == 0:
                traceback.print_exc()
            self.fail(t, packed, "error", last_line(error), began=began)

    def go_through(self, t, values, first):
        """Hands the values to the functions of the chain from this one on, and gives what comes out."""
        follows_end = self.follows_end and t + 1 == len(self.inboxes)
        for self.at in range(first, len(self.called)):
            self.worker.position.function(t, self.index, self.at, self.ended or follows_end)
            values = self.call(values, self.at + 1 == len(self.called))
            if self.ended:
                self.done = min(self.done, t + 1 if values else t)
                if not values:
                    return
        self.give_values(values)

    def call(self, values, is_last):
        """Returns the list of values that it gives."""
        given = []
        try:
            result = self.called[self.at](*values)
            if not is_last or self.piper.repeat or self.piper.n == 1:
                given = [result]
            else:
                given.extend(values_of(result))
        except End as end:
            self.ended = True
            given += end.values
        if not is_last and len(given) > 1:
            raise BadResult("gives several values, but the next function of the chain takes one")
        return given

    def give_values(self, values):
        piper = self.piper
        wanted = 1 if piper.repeat else piper.n
        if not piper.any and len(values) != wanted:
            fitting = f"'produce: {len(values)}' or " if values else ""
            raise BadResult(f"gives {len(values)} values, not {wanted}: expected {fitting}'produce: any'")
        items = [(VALUE, pack_result(value)) for value in values]
        if piper.repeat:
            items *= piper.n
        if sum(len(data) for _, data in items) > self.worker.max_item:
            raise BadResult(f"gives more than {self.worker.max_item} bytes")
        self.give(items)

    def give(self, items):
        self.items += items
        self.counts.append(len(items))
        self.given += len(items)

    def give_failure(self, failure):
        self.give([(FAILURE, failure)] * (1 if self.piper.any else self.piper.n))

    def give_gaps(self):
        self.give([(GAP, b"")] * self.piper.n)

    def skip(self):
        self.skipped += 1
        self.give_gaps()

    def fail(self, t, packed, kind, message, code=0, began=0):
        piper, task = self.piper, self.task
        function = None if kind == "incomplete" else piper.chain[min(self.at, len(piper.chain) - 1)]
        failure = {"piper": piper.name, "kind": kind, "message": message, "place": self.number(t),
                   "attempts": task.attempt, "hops": 0}
        if function is not None:
            failure["function"] = function.name
        if code:
            failure["code"] = code
        if sum(map(len, packed)) * max(1, piper.n) <= self.worker.max_item:
            failure["inbox"] = [unpack(data) for data in packed]
        failure = pack(failure)
        can_change = kind == "retry" or (kind == "error" and piper.retry_errors)
        if can_change and task.attempt < piper.attempts and task.kind == EVALUATE:
            return self.try_again(t, failure, began)
        if kind == "fatal":
            self.stop = f"piper '{piper.name}': {function.name}: {message}"
        elif piper.on_error == "stop":
            self.stop = f"piper '{piper.name}' failed at item {self.number(t)} and says on_error: stop: {message}"
        if self.stop is not None:
            self.done, self.ended = t + 1, False
        if piper.on_error == "skip":
            return self.skip()
        self.failed += 1
        return self.give_failure(failure)

    def try_again(self, t, failure, began):
        given = self.given
        self.ended = False
        self.retried += 1
        self.retry.append(t)
        if self.piper.serial:
            self.done = t + 1
        if self.piper.deadline is None:
            self.give_gaps()
        else:
            self.retry_elapsed.append(time.monotonic_ns() - began + (self.task.elapsed or 0))
            self.give_failure(failure)
        self.given = given

    def numbers(self, busy):
        settled = self.done if self.task.kind == EVALUATE else self.failed + self.skipped
        return [settled, self.given, self.failed, self.passed, self.skipped, self.retried, busy]


def values_of(result):
    """The values of a function that may give several; a generator runs meanwhile."""
    if result is None:
        return
    if isinstance(result, (str, bytes, dict)) or not hasattr(result, "__iter__"):
        raise BadResult(f"gives {type(result).__name__} where produce wants a list of values")
    yield from result


def first_inboxes(task, piper):
    """The inboxes of a task's first piper, flat."""
    if task.kind != EVALUATE:
        return []
    places = list(zip(*task.inputs))
    if len(places) != (task.n - 1) * piper.consume + task.last_places:
        raise Trouble("received a task without the places of its tasklets")
    flat = [item for place in places for item in place]
    size = piper.consume * piper.width
    return [flat[t * size : (t + 1) * size] for t in range(task.n)]


# The process.


def messages_in(frame):
    return unpack(frame[2:]) if frame[:2] == bytes((MAJOR, BUNDLE)) else [frame]


class Worker:
    def __init__(self, arguments):
        self.source = arguments.functions
        self.module = None
        self.groups = {}
        self.max_item = self.log_level = 0
        self.out_of_order = False  # it said ERROR: it waits for its end
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.IDENTITY, os.environb[b"PAPY_SLOT"])
        self.socket.connect(os.environ["PAPY_ENDPOINT"])
        self.plain = arguments.plain
        self.position = Messages(self.send) if arguments.plain else Page()
        self.memory = None if arguments.plain else shared_memory()

    def send(self, kind, *fields):
        self.socket.send(bytes((MAJOR, kind)) + pack(fields))

    def run(self):
        """Returns the exit status."""
        self.send(HELLO, MINOR, "foreign_worker.py 1.0", os.getpid(), not self.plain, self.memory is not None)
        poller = zmq.Poller()
        poller.register(self.socket, zmq.POLLIN)
        poller.register(CONTROL, zmq.POLLIN)
        while True:
            ready = dict(poller.poll())
            if CONTROL in ready:
                return 2  # the engine is gone
            while self.socket in ready:
                for message in messages_in(self.socket.recv()):
                    status = self.take(message)
                    if status is not None:
                        return status
                if not self.socket.poll(0):
                    break

    def take(self, message):
        """Returns the exit status when the process must end."""
        if message[:1] != bytes((MAJOR,)):
            print(f"error: the engine speaks protocol {message[0] if message else '?'}, this worker {MAJOR}", file=sys.stderr)
            return 1
        kind, fields = message[1], unpack(message[2:])
        if kind == CLOSE:
            self.send(BYE)
            self.socket.close(linger=1000)
            self.context.term()
            return 0
        if kind == REFUSED:
            print(f"error: the engine refuses this worker: {fields[0]}", file=sys.stderr)
            return 1
        if self.out_of_order:
            return None
        try:
            {WELCOME: self.welcome, OPEN: self.open, TASK: self.evaluate}[kind](fields)
        except Trouble as trouble:
            self.out_of_order = True
            self.send(ERROR, str(trouble))
        return None

    def welcome(self, fields):
        _, here.slot, _, base, self.max_item, self.log_level = fields[:6]
        try:
            self.module = load(self.source, pathlib.Path(base))
        except (Exception, SystemExit) as error:  # pylint: disable=broad-except
            traceback.print_exc()
            raise Trouble(f"cannot load {self.source}: {last_line(error)}") from error

    def open(self, fields):
        group, opening = fields[:2]
        pipers = []
        for each in opening["pipers"]:
            try:
                pipers.append(Piper(each, self.module))
            except Trouble as trouble:
                raise Trouble(f"piper '{each['name']}': {trouble}") from trouble
        self.groups[group] = pipers
        self.send(OPENED, group)

    def evaluate(self, fields):
        task = Task(fields, self.memory)
        if not self.position.begin(task):
            return self.send(RETURNED, task.id)
        if task.group not in self.groups:
            raise Trouble("received a task that this worker cannot do")
        pipers = self.groups[task.group]
        inboxes, done, ended, stop, stages, began = first_inboxes(task, pipers[0]), task.n, False, None, [], task.began
        for index, piper in enumerate(pipers):
            stage = Stage(self, task, index, piper, inboxes, ended)
            if task.kind == EVALUATE:
                stage.run()
            else:
                stage.flush()
            if stage.ended or stage.done < done:
                ended = stage.ended
            done, stop = stage.done, stop or stage.stop
            now = time.monotonic_ns()
            stages.append(stage.numbers(now - began))
            began, inboxes = now, [[item] for item in stage.items]
        state = None
        if pipers[0].serial and task.kind == EVALUATE:
            self.position.outside()
            state = pipers[0].saved(task)
        self.position.end()
        items = None
        if stage.items:
            frame = write_frame(stage.items)
            items = [self.memory.frame(frame, task.rooms) if self.memory else frame, 0, len(stage.items)]
        counts = stage.counts if stage.piper.any else []
        return self.send(RESULT, task.id, done, items, counts, stage.retry, stage.retry_elapsed, ended, stop, stages,
                         time.monotonic_ns() - task.began, state, False)


def load(source, base):
    """The module with the functions: a file, relative to `base`, or a module."""
    sys.modules["foreign_worker"] = sys.modules["__main__"]
    if "/" not in source and not source.endswith(".py"):
        sys.path.insert(0, str(base))
        return importlib.import_module(source)
    path = base / source
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plain", action="store_true",
                        help="use nothing but the socket: no page (say STARTED before each tasklet), no shared memory")
    parser.add_argument("functions", metavar="FILE_OR_MODULE", help="where the functions are")
    arguments = parser.parse_args()
    if "PAPY_ENDPOINT" not in os.environ or "PAPY_SLOT" not in os.environ:
        parser.error("papy starts this program: name it as the `command` of a pool of type process")
    sys.stdout.reconfigure(line_buffering=True)
    return Worker(arguments).run()


if __name__ == "__main__":
    sys.exit(main())
