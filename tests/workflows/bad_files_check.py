#!/usr/bin/python3
"""Files that cannot be read or written, through the real program: the message, the exit status, nothing half-written.

    tests/workflows/bad_files_check.py PAPY PLUGINS
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

from checking import Papy, same
from leftovers import Watch

READS = pathlib.Path("/usr/share/doc/bowtie2/examples/reads/reads_1.fq.gz")
COPY = """version: 1
name: copy
params: {in: {type: path, required: true}, out: {type: path, required: true}}
pools: {cpu: {type: POOL_TYPE, workers: 2}}
inputs: {reads: {source: fastx.read, args: {path: "${params.in}"}}}
pipers: {same: {worker: core.ident, from: reads, pool: cpu}}
outputs: {copy: {sink: io.write_jsonl, from: same, args: {path: "${params.out}"}}}
"""
NUMBERS = """version: 1
name: numbers
pools: {cpu: {type: POOL_TYPE, workers: 2}}
inputs: {numbers: {source: io.range}}
pipers: {same: {worker: core.ident, from: numbers, pool: cpu}}
outputs: {there: {sink: io.stdout, from: same}}
"""


class Scene:
    """A folder with a workflow in it, where one run after the other goes wrong."""

    def __init__(self, papy, folder):
        self.papy, self.folder = papy, folder

    def run(self, what, exit_status, message, source, out="out.jsonl", content=None):
        """`content` of the output afterwards; None: there is none. What was written before a run
        failed stays in its .part."""
        out = self.folder / out
        with Watch(self.folder, part_files="allowed") as watch:
            environment = watch.environment | {"PAPY_PLUGIN_PATH": self.papy.plugins}
            command = [self.papy.executable, "run", "copy.yaml", "--set", f"in={source}", "--set", f"out={out}"]
            done = subprocess.run(command, env=environment, cwd=self.folder, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=120)
        assert done.returncode == exit_status, f"{what}: exit status {done.returncode}, not {exit_status}: {done.stderr}"
        assert message in done.stderr, f"{what}: expected '{message}' in\n{done.stderr}"
        same(f"{what}: standard output", done.stdout, "")
        part = out.with_name(out.name + ".part")
        if part.exists():
            assert exit_status == 5, f"{what}: left {part.name}"
            assert f"' keeps its provisional name {part}\n" in done.stderr, f"{what}: {done.stderr}"
            part.unlink()
        if content is None:
            left = [path.name for path in out.parent.glob("out*")] if out.parent.is_dir() else []
            assert left == [], f"{what}: left {left}"
        elif out.is_file():
            same(f"{what}: output", out.read_text(), content)
            out.unlink()
        print(f"{what}: exit status {exit_status}, {message}")

    def file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path


def check_inputs(scene):
    scene.run("no input", 5, "cannot read '/nowhere.fq': no such file or directory", "/nowhere.fq")
    scene.run("a folder", 5, "it is a directory", scene.folder)
    cut = scene.file("cut.fq.gz", READS.read_bytes()[:100000])
    scene.run("truncated gzip", 5, f"'{cut}' is cut off: it ends in the middle of its gzip data", cut)
    damaged = scene.file("damaged.fq.gz", READS.read_bytes()[:-6] + b"xxxxxx")
    scene.run("damaged gzip", 5, f"'{damaged}' is damaged: its gzip data cannot be read (incorrect data check)", damaged)
    table = scene.file("table.csv", b"name,n\nx,1\n")
    scene.run("no reads", 5, f"{table}:1: expected FASTA or FASTQ", table)
    bad = scene.file("bad.fq", b"@a\nACGT\n+\nIII\n@b\nA\n+\nI\n")
    scene.run("a malformed record", 1, f"{bad}:4: the quality has 3 characters, the sequence 4", bad,
              content='{"name":"b","sequence":"A","quality":"I"}\n')
    short = scene.file("short.fq", b"@b\nA\n+\nI\n@c\nA\n+\n")
    scene.run("a record that is cut off", 1, f"{short}:7: the file ends within a record", short,
              content='{"name":"b","sequence":"A","quality":"I"}\n')


def check_outputs(scene):
    folder = scene.folder
    scene.run("no output directory", 5, f"the directory '{folder}/none' does not exist", READS, out="none/out.jsonl")
    scene.run("a full device", 5, "cannot write '/dev/full': no space left on device", READS, out="/dev/full", content="")
    (folder / "out.jsonl").write_text("of an earlier run")
    scene.run("an earlier output stays", 5, "no such file", "/nowhere.fq", content="of an earlier run")


def check_full_disk(scene):
    """Only where a file system may be mounted."""
    disk = scene.folder / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "papy-test", disk], capture_output=True).returncode:
        print("a full disk: not tried, mounting is not allowed here")
        return
    try:
        scene.run("a full disk", 5, f"cannot write '{disk}/out.jsonl': no space left on device", READS,
                  out="disk/out.jsonl")
    finally:
        subprocess.run(["umount", disk], check=True)


def check_closed_output(scene):
    """papy run numbers.yaml | head -1, of an endless source."""
    with Watch(scene.folder) as watch:
        environment = watch.environment | {"PAPY_PLUGIN_PATH": scene.papy.plugins}
        with subprocess.Popen([scene.papy.executable, "run", "numbers.yaml"], env=environment, cwd=scene.folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as papy:
            same("first line", papy.stdout.readline(), b"0\n")
            papy.stdout.close()
            said = papy.stderr.read().decode()
            status = papy.wait(timeout=120)
    same("exit status with a closed output", status, 141)
    assert "Traceback" not in said and "terminate" not in said, said
    print("closed output: exit status 141")


def check(papy, pool_type):
    print(f"on a pool of type {pool_type}:")
    name = tempfile.mkdtemp(prefix="papy-bad-")
    try:
        scene = Scene(papy, pathlib.Path(name))
        scene.file("copy.yaml", COPY.replace("POOL_TYPE", pool_type).encode())
        scene.file("numbers.yaml", NUMBERS.replace("POOL_TYPE", pool_type).encode())
        check_inputs(scene)
        check_outputs(scene)
        check_full_disk(scene)
        check_closed_output(scene)
    finally:
        shutil.rmtree(name)


def main():
    papy = Papy(sys.argv[1:])
    for pool_type in ("thread", "process"):
        check(papy, pool_type)


if __name__ == "__main__":
    main()
