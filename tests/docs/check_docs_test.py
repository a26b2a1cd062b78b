#!/usr/bin/python3
"""The reader of README examples finds what it should, and a wrong example turns it red."""
import pathlib
import tempfile
import unittest

import check_docs

PAGE = """# Page

```yaml
# yaml-language-server: $schema=x
version: 1
name: one
```

```yaml
pools: {}
```

  ```sh run exit=3
  exit 3
  ```

```sh
rm -rf never-run
```

````text
```yaml
version: 1
```
````
"""

FAKE_PAPY = """#!/bin/sh
# Stands in for papy: a document that says `wrong` has a finding.
grep -q wrong "$2" && { echo "error[wrong] $2:2:1"; exit 1; }
exit 0
"""


class Docs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.papy = self.root / "release" / "bin" / "papy"
        self.papy.parent.mkdir(parents=True)
        self.papy.write_text(FAKE_PAPY)
        self.papy.chmod(0o755)

    def check(self, text):
        page = self.root / "README.md"
        page.write_text(text)
        found, tried = check_docs.check([page], self.papy, self.root)
        return [line.replace(str(page), "README.md") for line in found], tried

    def test_documents_and_marked_commands_are_found_with_their_lines(self):
        found = [block for block in check_docs.blocks("p", PAGE) if block.is_document() or block.is_command()]
        self.assertEqual([(3, "yaml"), (13, "sh")], [(block.line, block.info[0]) for block in found])
        self.assertEqual("exit 3\n", found[1].text)

    def test_a_page_whose_examples_work_has_no_findings(self):
        self.assertEqual(([], 2), self.check(PAGE))

    def test_a_page_without_examples_has_no_findings(self):
        self.assertEqual(([], 0), self.check("# Nothing\n"))

    def test_a_document_with_a_finding_is_a_finding(self):
        found, _ = self.check("```yaml\nversion: 1\nwrong: 1\n```\n")
        self.assertEqual(["README.md:1: exit status 1, expected 0\nerror[wrong] example.yaml:2:1\n"], found)

    def test_a_document_that_should_have_a_finding_and_has_none_is_a_finding(self):
        found, _ = self.check("```yaml exit=1\nversion: 1\n```\n")
        self.assertEqual(["README.md:1: exit status 0, expected 1\n"], found)

    def test_a_command_that_fails_is_a_finding_with_its_output(self):
        found, _ = self.check("```sh run\necho before\nfalse\necho after\n```\n")
        self.assertEqual(["README.md:1: exit status 1, expected 0\nbefore\n"], found)

    def test_what_a_command_writes_does_not_fall_into_the_tree(self):
        found, _ = self.check("```sh run\nmkdir -p out && echo x > out/check-docs-was-here\n```\n")
        self.assertEqual([], found)
        self.assertFalse((check_docs.ROOT / "out" / "check-docs-was-here").exists())


if __name__ == "__main__":
    unittest.main()
