#!/usr/bin/python3
"""pauses.py FILE...: calls of sleep in tests that do not say why.

What waits for something to happen asks until() of harness.py.  A sleep that is itself what the test needs (a peer that is slow,
the moment of a kill, the gap between two questions) says so at the end of its line: `# pause: why`.
Scripts of jobs, which are strings here, are not code of the test.
"""
import ast
import re
import sys

SAYS_WHY = re.compile(r"# pause: \S")


def called(node):
    """The last word of what is called."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def main():
    for path in sys.argv[1:]:
        with open(path) as f:
            text = f.read()
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text, path)):
            if isinstance(node, ast.Call) and called(node) == "sleep" and not SAYS_WHY.search(lines[node.end_lineno - 1]):
                print("%s:%d: a sleep that does not say why: until() of tests/harness.py, or # pause: why" % (path, node.lineno))


if __name__ == "__main__":
    main()
