"""The package is Python 3.9 and the standard library."""
import ast
import glob
import os
import sys
import unittest

import darkroom

EXTRAS = {"cryptography", "opentelemetry"}


def trees():
    for path in sorted(glob.glob(os.path.join(os.path.dirname(darkroom.__file__), "*.py"))):
        with open(path, encoding="utf-8") as f:
            yield os.path.basename(path), ast.parse(f.read(), path, feature_version=(3, 9))


class Language(unittest.TestCase):
    def test_syntax_of_3_9(self):
        self.assertGreater(len(list(trees())), 10)

    @unittest.skipIf(sys.version_info < (3, 10), "sys.stdlib_module_names is of 3.10")
    def test_imports(self):
        strangers = set()
        for name, tree in trees():
            for node in ast.walk(tree):
                modules = [a.name for a in node.names] if isinstance(node, ast.Import) else \
                    [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
                strangers |= {(name, m) for m in modules if m.split(".")[0] not in sys.stdlib_module_names | EXTRAS}
        self.assertEqual(strangers, set())

    def test_no_union_types_outside_annotations(self):
        # X | None is evaluated in signatures, and is of 3.10
        for name, tree in trees():
            for node in ast.walk(tree):
                if isinstance(node, (ast.FunctionDef, ast.AnnAssign)):
                    hints = [node.annotation] if isinstance(node, ast.AnnAssign) else \
                        [a.annotation for a in node.args.args + node.args.kwonlyargs if a.annotation] + [r for r in [node.returns] if r]
                    self.assertFalse([h for h in hints for x in ast.walk(h) if isinstance(x, ast.BinOp)], name)


if __name__ == "__main__":
    unittest.main()
