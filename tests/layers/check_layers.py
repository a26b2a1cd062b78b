#!/usr/bin/python3
"""Reads every direct #include below engine/ against the table of layers.

    tests/layers/check_layers.py            checks the tree; exit status 1 and a line for each finding
    tests/layers/check_layers.py DIR        checks another folder laid out like engine/

The table below is the one in engine/README.md, in a form that a program can read.
"""
import dataclasses
import pathlib
import re
import sys


@dataclasses.dataclass(frozen=True)
class Layer:
    """What the files of one folder may include, besides each other."""

    folders: frozenset = frozenset()  # of the engine
    libraries: frozenset = frozenset()  # third-party, by name in LIBRARIES
    clocks: bool = True  # may ask what time it is


def layer(folders="", libraries="", clocks=True):
    return Layer(frozenset(folders.split()), frozenset(libraries.split()), clocks)


LAYERS = {
    "include/papy": layer("", "msgpack"),
    "base": layer("", "fmt expected threads system"),
    "item": layer("base", "fmt expected json msgpack"),
    "workflow": layer("item base include/papy", "fmt expected json yaml files"),
    "plugin": layer("item base include/papy", "fmt expected json elf files system"),
    "flow": layer("workflow item base", "fmt expected", clocks=False),
    "pool": layer("flow plugin item base include/papy", "fmt expected zmq threads system"),
    "run": layer("flow item base", "fmt expected json files system"),
    "lint": layer("workflow item base", "fmt expected json files"),
    "draw": layer("workflow item base", "fmt expected json files"),
    "cli": layer(
        "pool run lint draw plugin flow workflow item base include/papy",
        "fmt expected json cli threads files system",
    ),
}

# The first pattern that matches an include names its library; an include that matches none is the standard library's.
LIBRARIES = [
    ("fmt", r"fmt/"),
    ("expected", r"tl/"),
    ("json", r"nlohmann/"),
    ("msgpack", r"msgpack(\.h|\.hpp|/)"),
    ("yaml", r"yaml-cpp/"),
    ("zmq", r"zmq"),
    ("cli", r"CLI/"),
    ("elf", r"(dlfcn|elf|link)\.h$"),
    ("threads", r"(thread|mutex|shared_mutex|condition_variable|future|stop_token|pthread\.h)$"),
    # Built on libstdc++'s atomic waiting, which loses wake-ups (GCC bug 98033): base/semaphore.h is there instead.
    ("may sleep for ever", r"(semaphore|latch|barrier)$"),
    ("files", r"(filesystem|fstream)$"),
    ("system", r"(sys|arpa|netinet|net|linux)/|(unistd|fcntl|poll|signal|csignal|time|ctime|errno|spawn|dirent)(\.h)?$"),
    ("unknown library", r".*/|.*\.hpp$"),
]
# Headers of the C library that ask the system nothing.
STANDARD = re.compile(r"(cerrno|errno\.h|(assert|stddef|stdint|stdlib|string|limits|math)\.h)$")

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
CLOCK = re.compile(r"\b(?:steady_clock|system_clock|high_resolution_clock)\b|\bclock_gettime\b|\btime\(")
SOURCES = {".h", ".hpp", ".cc", ".c"}


def library_of(header):
    if STANDARD.match(header):
        return None
    return next((name for name, pattern in LIBRARIES if re.match(pattern, header)), None)


def folder_of(path):
    """The layer of a root-relative path: include/papy/plugin.h -> include/papy, flow/inbox.h -> flow."""
    if path.startswith(("papy/", "include/papy/")):
        return "include/papy"
    return path.split("/", 1)[0] if "/" in path else None


def check_include(root, folder, quoted, bracketed):
    """Returns what is wrong with one include, or None."""
    rules = LAYERS[folder]
    target = folder_of(quoted or bracketed)
    if quoted is not None and target not in LAYERS:
        return f'"{quoted}" is not root-relative: expected "<folder>/<file>", the folder one of the layers'
    if target in LAYERS:
        if target != folder and target not in rules.folders:
            return f"{folder} may not include {target}"
        places = [root / "include" / (quoted or bracketed), root / (quoted or bracketed)]
        return None if any(place.is_file() for place in places) else f"there is no {quoted or bracketed}"
    library = library_of(bracketed)
    if library is None or library in rules.libraries:
        return None
    return f"{folder} may not include <{bracketed}> ({library})"


def without_comments(text):
    """Blanks comments out, and keeps the lines."""
    text = re.sub(r"/\*.*?\*/", lambda match: "\n" * match.group().count("\n"), text, flags=re.S)
    return re.sub(r"//[^\n]*", "", text)


def check_file(root, path):
    """Yields (line, message) for each finding in one file."""
    folder = folder_of(path.relative_to(root).as_posix())
    if folder not in LAYERS:
        yield 1, f"{folder or 'the root of engine/'} is not in the table of layers"
        return
    for number, line in enumerate(without_comments(path.read_text(encoding="utf-8")).splitlines(), start=1):
        match = INCLUDE.match(line)
        if match:
            message = check_include(root, folder, match.group(1), match.group(2))
            if message:
                yield number, message
        elif not LAYERS[folder].clocks and CLOCK.search(line):
            yield number, f"{folder} may not ask a clock: time is told"


def find_cycle(root):
    """Returns a cycle of headers that include each other as a list of paths, or None."""
    edges = {}
    for path in sources(root):
        name = path.relative_to(root).as_posix().removeprefix("include/")
        found = map(INCLUDE.match, without_comments(path.read_text(encoding="utf-8")).splitlines())
        edges[name] = [match.group(1) or match.group(2) for match in found if match]
    done = set()

    def visit(name, trail):
        if name in trail:
            return trail[trail.index(name) :] + [name]
        if name in done or name not in edges:
            return None
        for target in edges[name]:
            cycle = visit(target, trail + [name])
            if cycle:
                return cycle
        done.add(name)
        return None

    return next(filter(None, (visit(name, []) for name in sorted(edges))), None)


def sources(root):
    return sorted(path for path in root.rglob("*") if path.suffix in SOURCES)


def findings(root):
    """All findings below `root`, as text."""
    found = [
        f"{path.relative_to(root).as_posix()}:{line}: {message}"
        for path in sources(root)
        for line, message in check_file(root, path)
    ]
    cycle = find_cycle(root)
    return found + ([f"include cycle: {' -> '.join(cycle)}"] if cycle else [])


def main():
    default = pathlib.Path(__file__).resolve().parents[2] / "engine"
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    found = findings(root)
    print("\n".join(found) if found else f"{len(sources(root))} files keep to their layers")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
