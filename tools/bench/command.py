"""What the commands of this folder share: words, building, the table of figures."""
import argparse
import contextlib
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import documents
import measure
import targets

ROOT = pathlib.Path(__file__).resolve().parents[2]


def built(arguments, packages):
    """The build folder, built."""
    if arguments.build:
        return pathlib.Path(arguments.build).resolve()
    folder = ROOT / "build" / "release"
    subprocess.run(
        ["bash", "-c", 'source "$0"; install_packages build bench "$@"; build release -DPAPY_BENCH=ON -- program bench',
         str(ROOT / "tools" / "lib.sh"), *packages],
        stdout=sys.stderr, check=True,
    )
    return folder


def parse(help_text, groups):
    parser = argparse.ArgumentParser(description=help_text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer items")
    parser.add_argument("--only", default=",".join(groups), help="groups of figures, by commas")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--rounds", type=int, default=5, help="samples of each command; the median counts")
    parser.add_argument("--build", help="a build folder with papy and the benchmarks")
    parser.add_argument("--keep", metavar="DIR", help="keep the workflows here")
    parser.add_argument("--verbose", action="store_true", help="print each sample")
    arguments = parser.parse_args()
    arguments.only = arguments.only.split(",")
    for name in arguments.only:
        if name not in groups:
            parser.error(f"there is no figure '{name}': expected {', '.join(groups)}")
    return arguments


@contextlib.contextmanager
def folder_for_workflows(keep):
    if keep:
        folder = pathlib.Path(keep).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    else:
        with tempfile.TemporaryDirectory(prefix="papy-bench-") as folder:
            yield pathlib.Path(folder)


def table(values, figures, runner, out):
    print(f"\n{'figure':<24}{'value':>10}  {'target':<16}{'':<8}what", file=out)
    for name, target in figures.items():
        if name not in values:
            continue
        bound = target.text()
        verdict = "" if not bound else "met" if target.met(values[name]) else "MISSED"
        print(f"{name:<24}{values[name]:>10.4g}  {bound:<16}{verdict:<8}{target.what}", file=out)
    print("\ncommands (each in a session of its own, alternating, medians)", file=out)
    for label, command in runner.commands.items():
        print(f"  {label}: {' '.join(command)}", file=out)
    if runner.others:
        mean = sum(runner.others) / len(runner.others)
        print(
            f"\n{measure.CORES} cores; other processes took {mean:.1%} of them on average, {max(runner.others):.1%} at"
            f" most, over {len(runner.others)} samples",
            file=out,
        )


def finite(values, figures):
    """The values in the order of the table; JSON knows no infinity, so a figure that was never reached is null."""
    return {name: values[name] if math.isfinite(values[name]) else None for name in figures if name in values}


def main(help_text, groups, figures, packages=()):
    """Measures the groups that the words name; the exit status. `packages`: groups of tools/packages that the peers need."""
    arguments = parse(help_text, groups)
    build = built(arguments, packages)
    runner = measure.Runner(build, arguments.verbose)
    values = {}
    with folder_for_workflows(arguments.keep) as folder:
        bench = targets.Bench(
            run=runner,
            documents=documents.Documents(folder, build / "bench" / "libbench.so"),
            papy=str(build / "bin" / "papy"),
            peer=str(build / "bench" / "bench_tbb"),
            memcpy=str(build / "bench" / "bench_memcpy"),
            work=str(build / "bench" / "bench_work"),
            rounds=arguments.rounds,
            quick=arguments.quick,
        )
        for name in arguments.only:
            print(f"measuring {name}", file=sys.stderr)
            try:
                values.update(groups[name](bench))
            except measure.Failed as failed:
                print(f"{name}: {failed}", file=sys.stderr)
                return 2
    table(values, figures, runner, sys.stderr if arguments.json else sys.stdout)
    if arguments.json:
        print(json.dumps(finite(values, figures), indent=1))
    missed = [name for name, value in values.items() if not figures[name].met(value)]
    return 1 if missed else 0

