#!/usr/bin/python3
"""Compares every figure of workflows/word-frequencies.yaml with a calculation of its own over the same texts.

    tests/workflows/word_frequencies_check.py PAPY PLUGINS
"""
import collections
import pathlib
import re
import sys
import tempfile

from checking import Papy, json_lines, same, same_on_other_pools

WORKFLOW = "word-frequencies.yaml"
LICENCES = pathlib.Path("/usr/share/common-licenses")
WORD = re.compile(rb"[A-Za-z\x80-\xff]+")


def expected_of(folder, top):
    texts = [path.read_bytes() for path in folder.iterdir() if path.is_file() and not path.is_symlink()]
    words = [word.lower() for text in texts for word in WORD.findall(text)]
    frequent = sorted(collections.Counter(words).items(), key=lambda each: (-each[1], each[0]))
    lengths = collections.Counter(len(word) for word in words)
    return {
        "files": len(texts),
        "words": len(words),
        "mean_length": sum(map(len, words)) / len(words) if words else None,
        "longest": max(map(len, words), default=None),
        "top": [[word.decode(), n] for word, n in frequent[:top]],
        "lengths": [list(each) for each in sorted(lengths.items())],
    }


def check(papy, what, folder=LICENCES, top=25, **settings):
    found, _ = papy.run(WORKFLOW, ["report"], {"texts": folder / "*", "top": top} | settings)
    expected = expected_of(folder, top)
    same(what, json_lines(found["report"]), [expected])
    print(f"{what}: {expected['words']} words of {expected['files']} files, every figure is the same")
    return found


def main():
    papy = Papy(sys.argv[1:])
    same_on_other_pools(papy, WORKFLOW, {}, check(papy, "licences"))
    check(papy, "many top words", top=100000)
    with tempfile.TemporaryDirectory(prefix="papy-texts-") as name:
        folder = pathlib.Path(name)
        (folder / "empty").write_text("")
        check(papy, "no word", folder)
        (folder / "text").write_text("Caf\u00e9 d\u00e9j\u00e0-vu, it's 1st.\r\nCAF\u00c9\n")
        check(papy, "one text", folder)
        check(papy, "one text in processes", folder, pool_type="process")


if __name__ == "__main__":
    main()
