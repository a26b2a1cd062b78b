#!/usr/bin/python3
"""Compares every figure of workflows/paired-reads.yaml with a calculation of its own over the same reads.

    tests/workflows/paired_reads_check.py PAPY PLUGINS
"""
import collections
import gzip
import itertools
import pathlib
import re
import sys
import tempfile

from checking import Papy, json_lines, same, same_on_other_pools

WORKFLOW = "paired-reads.yaml"
READS = pathlib.Path("/usr/share/doc/bowtie2/examples/reads")
DEFAULTS = {"r1": READS / "reads_1.fq.gz", "r2": READS / "reads_2.fq.gz", "min_quality": 10, "min_length": 40}


def reads_of(path):
    """(name, sequence, scores) of each record."""
    data = path.read_bytes()
    lines = (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode("ascii").split("\n")
    for header, sequence, _, quality in zip(*[iter(lines)] * 4):
        yield header[1:].split()[0], sequence, [ord(c) - 33 for c in quality]


def trimmed_length(scores, threshold):
    """How many bases stay when the 3' end is cut where the sum of threshold minus score is greatest (as BWA does)."""
    if threshold == 0:
        return len(scores)
    sums = itertools.accumulate((threshold - score for score in reversed(scores)), initial=0)
    within = list(itertools.takewhile(lambda total: total >= 0, sums))
    return len(scores) - within.index(max(within))


def share_of_gc(sequence):
    known = len(re.findall("[ACGT]", sequence))
    return len(re.findall("[GC]", sequence)) / known if known else None


def row_side(sequence, scores):
    return {
        "sequence": sequence,
        "quality": "".join(chr(score + 33) for score in scores),
        "length": len(sequence),
        "gc": share_of_gc(sequence),
        "mean_quality": sum(scores) / len(scores) if scores else None,
    }


def summary_side(sides):
    """The figures of one side of all pairs that were kept."""
    all_bases = "".join(sequence for sequence, _ in sides)
    all_scores = [score for _, scores in sides for score in scores]
    by_cycle = [[score for score in cycle if score is not None]
                for cycle in itertools.zip_longest(*(scores for _, scores in sides))]
    bins = [0] * 20
    for sequence, _ in sides:
        known = [base in "GC" for base in sequence if base in "ACGT"]
        if known:
            bins[min(19, 20 * sum(known) // len(known))] += 1
    return {
        "bases": len(all_bases),
        "mean_length": len(all_bases) / len(sides) if sides else None,
        "gc": share_of_gc(all_bases),
        "mean_quality": sum(all_scores) / len(all_scores) if all_scores else None,
        "quality_by_cycle": [sum(cycle) / len(cycle) for cycle in by_cycle],
        "lengths": [list(each) for each in sorted(collections.Counter(len(s) for s, _ in sides).items())],
        "gc_histogram": bins,
    }


def expected_of(settings):
    """The rows and the summary."""
    pairs_read, rows, sides = 0, [], ([], [])
    for first, second in zip(reads_of(settings["r1"]), reads_of(settings["r2"])):
        assert first[0] == second[0], "the reads are not in pairs"
        pairs_read += 1
        cut = []
        for _, sequence, scores in (first, second):
            length = trimmed_length(scores, settings["min_quality"])
            cut.append((sequence[:length], scores[:length]))
        if min(len(sequence) for sequence, _ in cut) < settings["min_length"]:
            continue
        rows.append({"name": first[0], "first": row_side(*cut[0]), "second": row_side(*cut[1])})
        for side, one in zip(sides, cut):
            side.append(one)
    summary = {"pairs_read": pairs_read, "pairs_kept": len(rows)}
    return rows, summary | {"first": summary_side(sides[0]), "second": summary_side(sides[1])}


def check(papy, what, **changed):
    settings = DEFAULTS | changed
    found, _ = papy.run(WORKFLOW, ["pairs", "summary"], settings)
    rows, summary = expected_of(settings)
    same(f"{what}: pairs", json_lines(found["pairs"]), rows)
    same(f"{what}: summary", json_lines(found["summary"]), [summary])
    print(f"{what}: {summary['pairs_kept']} of {summary['pairs_read']} pairs, every figure is the same")
    return found


def check_mismatch(papy, folder, pool_type):
    """A pair that is none fails, is counted, and the others come through."""
    (folder / "1.fq").write_text("".join(f"@{name}/1\nACGT\n+\nIIII\n" for name in "abc"))
    (folder / "2.fq").write_text("".join(f"@{name}/2\nACGT\n+\nIIII\n" for name in "axc"))
    settings = DEFAULTS | {"r1": folder / "1.fq", "r2": folder / "2.fq", "min_length": 1,
                           "pool_type": pool_type}
    found, said = papy.run(WORKFLOW, ["pairs", "summary"], settings, exit_status=1)
    same("names of pairs", [row["name"] for row in json_lines(found["pairs"])], ["a", "c"])
    summary = json_lines(found["summary"])
    same("pairs read beside one that failed", [each["pairs_read"] for each in summary], [2])
    assert "the reads 'b/1' and 'x/2' are no pair: their names differ" in said, said
    print(f"names that differ, pool of type {pool_type}: one failure, two pairs")
    return found


def main():
    papy = Papy(sys.argv[1:])
    same_on_other_pools(papy, WORKFLOW, DEFAULTS, check(papy, "defaults"))
    check(papy, "strict", min_quality=25, min_length=100)
    check(papy, "untouched", min_quality=0, min_length=0)
    check(papy, "nothing kept", min_length=100000)
    with tempfile.TemporaryDirectory(prefix="papy-reads-") as name:
        folder = pathlib.Path(name)
        (folder / "empty.fq").write_text("")
        check(papy, "empty files", r1=folder / "empty.fq", r2=folder / "empty.fq")
        check(papy, "empty files in processes", r1=folder / "empty.fq", r2=folder / "empty.fq", pool_type="process")
        (folder / "one.fq").write_text("@r\nACGTN\n+\nIIII#\n")
        (folder / "two.fq.gz").write_bytes(gzip.compress(b"@r\nGGGNN\n+\nIIIII\n"))
        check(papy, "one pair", r1=folder / "one.fq", r2=folder / "two.fq.gz", min_length=1)
        one, other = (check_mismatch(papy, folder, pool_type) for pool_type in ("thread", "process"))
        assert one == other, "other bytes with worker processes"


if __name__ == "__main__":
    main()
