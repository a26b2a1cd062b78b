#!/usr/bin/python3
"""Runs papy so that whatever it leaves behind is found: processes, sockets, shared memory, `.part` files.

    from leftovers import Watch

    with Watch(folder) as watch:
        subprocess.run([papy, "run", document], env=watch.environment, cwd=folder)
    # AssertionError here, naming each leftover, unless nothing is left

Every process that inherits `watch.environment` carries a mark by which it is found again, whoever its parent is by
now; temporary files go to a folder of the watch's own. So tests may run side by side. As a command:

    tests/support/leftovers.py [--folder DIR] COMMAND [ARGUMENT...]

runs the command, keeps its exit status, and turns a status of 0 into 99 when something is left.
"""
import os
import pathlib
import select
import signal
import stat
import subprocess
import sys
import tempfile
import time
import uuid

MARK = "PAPY_TEST_MARK"
GRACE_S = 5.0  # how long processes may take to end after the command did
EXEC_S = 0.5  # how long to look for the environment of a process that shows none
SHARED_MEMORY = pathlib.Path("/dev/shm")
TEMPORARY_VARIABLES = ("TMPDIR", "XDG_RUNTIME_DIR")


def processes_with(mark):
    """The ids of all living processes that carry the mark, zombies and ourselves left out."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        if wanted in environment_of(entry).split(b"\0"):
            found.append(int(entry.name))
    return found


def environment_of(process):
    """The environment of a process, a folder in /proc; empty when it ended meanwhile, or is not ours to read."""
    until = time.monotonic() + EXEC_S
    while True:
        try:
            environment = (process / "environ").read_bytes()
            if environment or not os.readlink(process / "exe") or time.monotonic() > until:
                return environment
        except OSError:
            return b""
        time.sleep(0.001)  # in the midst of an exec it has a program, and no environment yet


def command_of(pid):
    try:
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    except OSError:
        return "?"
    return " ".join(word.decode(errors="replace") for word in words)


def wait_for_end(pids, seconds):
    """Waits until these processes have ended; returns those that have not."""
    poller, descriptors = select.poll(), {}
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        descriptors[descriptor] = pid
        poller.register(descriptor, select.POLLIN)
    while descriptors:
        ready = poller.poll(seconds * 1000)
        if not ready:
            break
        for descriptor, _ in ready:
            poller.unregister(descriptor)
            os.close(descriptor)
            del descriptors[descriptor]
    for descriptor in descriptors:
        os.close(descriptor)
    return sorted(descriptors.values())


def in_use(path):
    """True when a living process has this file open or mapped: then it is not a leftover, but another test's."""
    name = str(path)
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if any(line.endswith(name) for line in (entry / "maps").read_text().splitlines()):
                return True
            if any(os.readlink(link) == name for link in (entry / "fd").iterdir()):
                return True
        except OSError:
            continue
    return False


def shared_memory():
    return set(SHARED_MEMORY.iterdir()) if SHARED_MEMORY.is_dir() else set()


def kinds_of_leftover(folder):
    """Yields a line for each socket and each `.part` file below the folder."""
    for path in sorted(pathlib.Path(folder).rglob("*")):
        try:
            mode = path.lstat().st_mode
        except OSError:
            continue
        if stat.S_ISSOCK(mode):
            yield f"socket {path}"
        elif stat.S_ISFIFO(mode):
            yield f"pipe {path}"
        elif path.name.endswith(".part"):
            yield f"unfinished file {path}"


class Watch:
    """Looks for leftovers of what runs with its `environment`; `folder` is where that writes."""

    def __init__(self, folder=None, part_files="forbidden"):
        """part_files: "allowed" for a run that is killed on purpose, to be resumed."""
        self.folder = folder
        self.part_files = part_files
        self.mark = uuid.uuid4().hex
        self.temporary = tempfile.TemporaryDirectory(prefix="papy-test-")
        self.environment = dict(os.environ, **{MARK: self.mark})
        self.environment.update({name: self.temporary.name for name in TEMPORARY_VARIABLES})
        self.shared_before = shared_memory()

    def leftovers(self):
        """Waits a little for processes to end; returns a line for each thing that is left."""
        pids = wait_for_end(processes_with(self.mark), GRACE_S)
        found = [f"process {pid}: {command_of(pid)}" for pid in pids]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for folder in filter(None, (self.temporary.name, self.folder)):
            found += kinds_of_leftover(folder)
        found += [f"temporary file {path}" for path in sorted(pathlib.Path(self.temporary.name).iterdir())]
        found += [f"shared memory {path}" for path in sorted(shared_memory() - self.shared_before) if not in_use(path)]
        if self.part_files == "allowed":
            found = [line for line in found if not line.startswith("unfinished file")]
        return found

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        found = self.leftovers()
        self.temporary.cleanup()
        if found and error is None:
            raise AssertionError("left behind:\n" + "\n".join(found))


def main():
    arguments = sys.argv[1:]
    folder = None
    if arguments[:1] == ["--folder"] and len(arguments) > 1:
        folder, arguments = arguments[1], arguments[2:]
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    watch = Watch(folder)
    status = subprocess.run(arguments, env=watch.environment, check=False).returncode
    found = watch.leftovers()
    watch.temporary.cleanup()
    for line in found:
        print(f"left behind: {line}", file=sys.stderr)
    return 99 if found and status == 0 else status


if __name__ == "__main__":
    sys.exit(main())
