#!/usr/bin/python3
"""papy graph: every format can be read by what it is for."""
import json
import os
import shutil
import subprocess
import unittest
import xml.etree.ElementTree

from papy import Case, main

DOCUMENT = """version: 1
name: graph
pools:
  cpu: {type: thread, workers: 2}
inputs:
  numbers: {source: io.range, args: {to: 3}}
pipers:
  left:  {worker: core.ident, from: numbers, pool: cpu}
  right: {worker: core.ident, from: numbers}
  both:  {worker: core.zip, from: [left, right], pool: cpu}
outputs:
  out: {sink: core.discard, from: both}
"""
SVG = "{http://www.w3.org/2000/svg}"


class Graph(Case):
    def setUp(self):
        super().setUp()
        self.write("graph.yaml", DOCUMENT)

    def graph(self, *words, **options):
        status, out, err = self.papy("graph", "graph.yaml", *words, **options)
        self.assertEqual((status, err), (0, ""))
        return out

    def test_a_tree_is_what_it_prints_unless_told(self):
        self.assertEqual(self.graph(), """graph
numbers  io.range
├─ left  core.ident @cpu
│  ↓ both (1)  see below
└─ right  core.ident
   ↓ both (2)  core.zip @cpu
   ↓ > out  core.discard
pool cpu: 2 threads
""")

    def test_json_names_nodes_and_edges(self):
        graph = json.loads(self.graph("--format", "json"))
        self.assertEqual([node["name"] for node in graph["nodes"]], ["numbers", "left", "right", "both", "out"])
        self.assertEqual([(edge["from"], edge["to"]) for edge in graph["edges"]],
                         [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)])

    def test_our_own_svg_is_xml_and_the_same_each_time(self):
        text = self.graph("--format", "svg", "--layout", "papy")
        root = xml.etree.ElementTree.fromstring(text)
        self.assertEqual(root.tag, SVG + "svg")
        names = [each.text for each in root.iter(SVG + "text") if "name" in each.get("class").split()]
        self.assertEqual(sorted(names), ["both", "graph", "left", "numbers", "out", "right"])
        self.assertEqual(text, self.graph("--format", "svg", "--layout", "papy"))

    def test_without_graphviz_the_svg_is_ours(self):
        nothing = dict(self.environment, PATH="/nowhere")
        ours = self.graph("--format", "svg", "--layout", "papy")
        self.assertEqual(self.graph("--format", "svg", env=nothing), ours)
        self.check(["graph", "graph.yaml", "--format", "svg", "--layout", "graphviz"], 5, "",
                   "error: cannot start dot: No such file or directory (graphviz has it; --layout papy needs nothing)\n",
                   env=nothing)

    def test_a_dot_that_fails_is_as_good_as_none(self):
        bad = self.folder / "dot"
        bad.write_text("#!/bin/sh\ncat > /dev/null\nexit 3\n")
        os.chmod(bad, 0o755)
        path = dict(self.environment, PATH=f"{self.folder}:/usr/bin:/bin")
        self.assertEqual(self.graph("--format", "svg", env=path), self.graph("--format", "svg", "--layout", "papy"))

    @unittest.skipUnless(shutil.which("dot"), "graphviz is not installed")
    def test_graphviz_takes_our_dot(self):
        done = subprocess.run(["dot", "-Tjson"], input=self.graph("--format", "dot"), capture_output=True, text=True,
                              check=True)
        self.assertEqual(done.stderr, "")
        self.assertEqual(len(json.loads(done.stdout)["edges"]), 5)
        svg = self.graph("--format", "svg", "--layout", "graphviz")
        self.assertTrue(xml.etree.ElementTree.fromstring(svg).tag.endswith("svg"))

    def test_mermaid_is_a_flowchart(self):
        lines = self.graph("--format", "mermaid").splitlines()
        self.assertEqual(lines[0], "flowchart LR")
        self.assertIn('  n1 -->|"1"| n3', lines)

    def test_what_is_wrong_with_the_workflow_is_told(self):
        self.write("graph.yaml", DOCUMENT.replace("from: both", "from: bth"))
        status, out, err = self.papy("graph", "graph.yaml")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("'bth'", err)


if __name__ == "__main__":
    main()
