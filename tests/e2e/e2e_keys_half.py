#!/usr/bin/python3
"""darkroom-keys after a kill: each state of a folder that a call can leave behind is made here, and the next call
goes on from it.  No node: only files."""
import base64
import os
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
from harness import BUILD, Tap  # noqa: E402

TOOL = os.path.join(BUILD, "darkroom-keys")


class Folder:
    def __init__(self, path):
        self.path = path
        self.must("init")
        self.must("next")

    def at(self, file):
        return os.path.join(self.path, file)

    def run(self, command, *more):
        p = subprocess.run([TOOL, command, self.path, *more], capture_output=True, text=True, timeout=30)
        return p.returncode, p.stderr

    def must(self, command, *more):
        code, err = self.run(command, *more)
        if code != 0:
            raise AssertionError("%s: %d %s" % (command, code, err))

    def names(self):
        """Of the keys in force and other, as list tells them."""
        out = subprocess.run([TOOL, "list", self.path], capture_output=True, text=True, check=True, timeout=30).stdout
        return [line.split()[0] for line in out.splitlines()]

    def read(self, file):
        with open(self.at(file), "rb") as f:
            return f.read()

    def write(self, file, data):
        with open(self.at(file), "wb") as f:
            f.write(data)

    def exchange(self):
        """What use does first; a kill may come behind it."""
        for a, b in (("node.key", "x"), ("node-other.key", "node.key"), ("x", "node-other.key")):
            os.rename(self.at(a), self.at(b))


def dropped_by_half(t, f):
    """The secret half went, the public one stayed; then the other way round."""
    public = f.read("node-other.pub")
    os.unlink(f.at("node-other.key"))
    t.is_(f.run("next"), (0, ""), "next, where only the public half of the last other key is left")
    t.ok(f.read("node-other.pub") != public and len(f.names()) == 2, "makes a key and the public half of it")
    public = f.read("node-other.pub")
    os.unlink(f.at("node-other.pub"))
    t.is_((f.run("next"), f.read("node-other.pub")), ((0, ""), public), "where only the secret half is left, that stays and has its public one again")


def used_by_half(t, f):
    """The secret halves have changed places, the public ones have not."""
    old, new = f.names()
    publics = {old: f.read("node.pub"), new: f.read("node-other.pub")}
    f.exchange()
    t.is_(f.run("init"), (0, ""), "init, as an upgrade says it")
    t.is_((f.names(), f.read("node.pub"), f.read("node-other.pub")), ([new, old], publics[new], publics[old]), "ends the change")
    f.exchange()
    t.is_(f.run("next"), (0, ""), "next")
    t.is_((f.run("init"), f.names(), f.read("node.pub"), f.read("node-other.pub")), ((0, ""), [old, new], publics[old], publics[new]), "and init behind it, too")
    f.exchange()
    f.write("node.pub", publics[new])
    t.is_((f.run("use", new), f.read("node.pub"), f.read("node-other.pub")), ((0, ""), publics[new], publics[old]), "use, with one public half done")


def foreign(t, f):
    """A public half that is of neither key is nobody's half change."""
    public = f.read("node.pub")
    f.write("node.pub", base64.b64encode(bytes([9]) + bytes(31)) + b"\n")
    code, err = f.run("init")
    t.ok(code == 100 and "is not the public half" in err, "init, where node.pub is of no key here: refused (%s)" % err.strip())
    f.write("node.pub", public)
    t.is_(f.run("init"), (0, ""), "put right, it is well")


t = Tap()
where = tempfile.mkdtemp(prefix="keys-half-")
try:
    folder = Folder(os.path.join(where, "keys"))
    for part in (dropped_by_half, used_by_half, foreign):
        with t.case(part.__name__):
            part(t, folder)
finally:
    shutil.rmtree(where)
t.done()
