#!/usr/bin/python3
"""Files out: only regular files with one link and a good name leave, and nothing is followed."""
from cases import case, main


def notes(*pairs):
    return lambda r: all(why in r.notes.get(name, "") for name, why in pairs) and not r.artifacts


CASES = [
    case("symbolic link to a file of the image", None, "import os; os.symlink('/etc/passwd', '/out/x')",
         check=notes(("x", "a link"))),
    case("symbolic link to a folder", None, "import os; os.symlink('/usr', '/out/x')", check=notes(("x", "a link"))),
    case("symbolic link to the host's files", None, """
import os
os.symlink('../../../../../../../../etc/shadow', '/out/x'); os.symlink('/proc/self/environ', '/out/y')
""", check=notes(("x", "a link"), ("y", "a link"))),
    case("folder swapped for a link at the end", None, """
import os
os.mkdir('/out/d'); open('/out/d/x', 'w').write('1'); os.rename('/out/d', '/out/.e'); os.symlink('/etc', '/out/d')
""", check=notes(("d", "a link"))),
    case("hard link", None, "import os; open('/out/a', 'w').write('1'); os.link('/out/a', '/out/b')",
         check=notes(("a", "hard link"), ("b", "hard link"))),
    case("hard link kept outside", None, "import os; open('/workspace/a', 'w').write('1'); os.link('/workspace/a', '/workspace/b')"),
    case("hard link to an asset", "EXCEPTION", "import os; os.link('/in/x.csv', '/out/x')", inputs={"x": ("csv", b"a\n1\n")}),
    case("fifo", None, "import os; os.mkfifo('/out/x')", check=notes(("x", "not a regular"))),
    case("device", "EXCEPTION", "import os, stat; os.mknod('/out/x', 0o666 | stat.S_IFCHR, os.makedev(1, 3))"),
    case("socket", None, "import socket; s = socket.socket(socket.AF_UNIX); s.bind('/out/x')",
         check=notes(("x", "not a regular"))),
    case("more files than allowed", "OUTPUT_TOO_LARGE", "for i in range(9): open('/out/f%d' % i, 'w').write('x')",
         limits={"artifacts": 8}, check=lambda r: r.detail["cap"] == "artifacts" and len(r.artifacts) == 8),
    case("ten thousand files", "OUTPUT_TOO_LARGE", "for i in range(10000): open('/out/f%d' % i, 'w').close()",
         limits={"artifacts": 64}, check=lambda r: r.seconds < 10 and r.notes.get("*") == "and more"),
    case("more bytes than allowed", "OUTPUT_TOO_LARGE", "open('/out/x', 'wb').write(bytes((1 << 20) + 1))",
         limits={"output_mb": 1}, check=lambda r: r.detail["cap"] == "output_mb" and not r.artifacts),
    case("exactly as many bytes", None, "open('/out/x', 'wb').write(bytes(1 << 20))", limits={"output_mb": 1},
         check=lambda r: len(r.artifacts["x"]) == 1 << 20),
    case("four levels", None, "import os; os.makedirs('/out/a/b/c'); open('/out/a/b/c/f', 'w').write('1')",
         check=lambda r: r.artifacts == {"a/b/c/f": b"1"}),
    case("five levels", None, "import os; os.makedirs('/out/a/b/c/d'); open('/out/a/b/c/d/f', 'w').write('1')",
         check=notes(("a/b/c/d", "too deep"))),
    case("a very deep tree", None, """
import os
os.chdir('/out')
for i in range(2000): os.mkdir('d'); os.chdir('d')
""", limits={"disk_mb": 64}, check=lambda r: r.seconds < 10),
    case("bad names", None, r"""
for n in (b'..x', b'.hidden', b'a\nb', b'a\x01b', b'\xff\xfe', b'a b', 'Ä'.encode(), b'-ok-', b'a"b', b'a\\b', b'x' * 200):
    open(b'/out/' + n, 'w').write('1')
""", check=lambda r: list(r.artifacts) == ["-ok-"] and len(r.notes) >= 8 and all(n.isprintable() for n in r.notes)),
    case("a folder with a bad name", None, "import os; os.mkdir('/out/.d'); open('/out/.d/x', 'w').write('1')",
         check=notes((".d", "not allowed"))),
    case("long names", None, "open('/out/' + 'x' * 128, 'w').write('1'); open('/out/' + 'y' * 129, 'w').write('1')",
         check=lambda r: list(r.artifacts) == ["x" * 128]),
    case("mode 0", None, "import os; open('/out/x', 'w').write('1'); os.chmod('/out/x', 0)",
         check=lambda r: r.artifacts == {"x": b"1"}),
    case("set-uid and sticky bits", None, "import os; open('/out/x', 'w').write('1'); os.chmod('/out/x', 0o6777)",
         check=lambda r: r.artifacts == {"x": b"1"}),
    case("written on by a process that is left", None, """
import os, time
f = open('/out/x', 'w'); f.write('1' * 100); f.flush()
if os.fork() == 0:
    while True: f.write('2' * 4096); f.flush(); f.truncate(100)
time.sleep(0.05)
""", limits={"disk_mb": 64}, check=lambda r: len(r.artifacts["x"]) >= 100),
    case("left after a failure", "EXCEPTION", "open('/out/x', 'w').write('1'); raise ValueError('no')",
         check=lambda r: r.artifacts == {"x": b"1"} and r.outcome["state"] == "failed"),
    case("byte for byte", None, "open('/out/x', 'wb').write(bytes(range(256)) * 1000)",
         check=lambda r: r.artifacts == {"x": bytes(range(256)) * 1000}),
    case("only declared outputs leave", None, "for n in ('a.csv', 'b.csv', 'c.txt'): open('/out/' + n, 'w').write(n)",
         outputs=["*.csv"], check=lambda r: sorted(r.artifacts) == ["a.csv", "b.csv"] and "declared" in r.notes["c.txt"]),
    case("a declared output is missing", "OUTPUT_MISSING", "open('/out/Result.csv', 'w').write('1')",
         outputs=["result.csv"], check=lambda r: r.detail == {"name": "result.csv", "near": "Result.csv"}),
    case("a declared output is a link", "OUTPUT_MISSING", "import os; os.symlink('/etc/passwd', '/out/x')", outputs=["x"]),
    case("a pattern does not cross folders", "OUTPUT_MISSING", "import os; os.mkdir('/out/d'); open('/out/d/x.csv', 'w')",
         outputs=["*.csv"]),
    case("too many files, but not declared ones", None, "for i in range(50): open('/out/f%d' % i, 'w')\nopen('/out/r', 'w')",
         limits={"artifacts": 2}, outputs=["r"], check=lambda r: list(r.artifacts) == ["r"]),
]

main(CASES)
