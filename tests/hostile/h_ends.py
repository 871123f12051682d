#!/usr/bin/python3
"""Ends: every way a script can end has its reason code, and the words of the hint are there."""
from cases import case, main


def error(kind, line):
    return lambda r: r.outcome["error"]["type"] == kind and r.outcome["error"]["line"] == line


def exited(code):
    return lambda r: r.outcome["exit_code"] == code and r.outcome["signal"] is None


def signalled(number):
    return lambda r: r.outcome["signal"] == number and r.outcome["exit_code"] is None


WHERE = "import os; print(os.stat('/dev').st_mtime_ns)"         # made with the container
SEEN = []


def same_container(r):
    SEEN.append(r.out)
    return len(set(SEEN)) == 1


def other_container(r):
    SEEN.append(r.out)
    return SEEN.count(r.out) == 1


CASES = [
    case("falls off the end", None, "x = 1", check=exited(0)),
    case("an empty script", None, ""),
    case("exit 0", None, "import sys; sys.exit(0)", check=exited(0)),
    case("exit without a status", None, "raise SystemExit"),
    case("exit 1", "NONZERO_EXIT", "import sys; sys.exit(1)", check=exited(1)),
    case("exit 255", "NONZERO_EXIT", "import os; os._exit(255)", check=exited(255)),
    case("exit 256", None, "import sys; sys.exit(256)", check=exited(0)),
    case("exit -1", "NONZERO_EXIT", "import sys; sys.exit(-1)", check=exited(255)),
    case("exit with a text", "NONZERO_EXIT", "import sys; sys.exit('sorry')", check=lambda r: r.err == "sorry\n" and exited(1)(r)),
    case("the statuses of the wrapper are nothing special", "NONZERO_EXIT", "import os; os._exit(125)", check=exited(125)),
    case("neither is that of a bad input", "NONZERO_EXIT", "import os; os._exit(124)", check=exited(124)),
    case("an uncaught exception", "EXCEPTION", "x = 1\ndef f():\n    return [][x]\nf()", check=error("IndexError", 3)),
    case("an exception in a library", "EXCEPTION", "import json\n\njson.loads('{')", check=error("json.decoder.JSONDecodeError", 3)),
    case("an exception of its own", "EXCEPTION", "class E(Exception): pass\nraise E('why')",
         check=lambda r: error("E", 2)(r) and r.outcome["error"]["message"] == "why"),
    case("an exception with a cause", "EXCEPTION", "try: 1 / 0\nexcept Exception as e: raise KeyError('k') from e",
         check=lambda r: error("KeyError", 2)(r) and "ZeroDivisionError" in r.stream("traceback").decode()),
    case("an exception that cannot be printed", "EXCEPTION", "class E(Exception):\n def __str__(self): raise SystemError\nraise E",
         check=error("E", 3)),
    case("an exception group", "EXCEPTION", "raise ExceptionGroup('g', [ValueError(1), KeyError(2)])", check=error("ExceptionGroup", 1)),
    case("the wrapper is not in the traceback", "EXCEPTION", "raise ValueError", check=lambda r: "job.py" not in r.err and
         'File "computation.py", line 1, in <module>' in r.err),
    case("a syntax error", "EXCEPTION", "x = 1\nif:\n", check=error("SyntaxError", 2)),
    case("bad indentation", "EXCEPTION", "def f():\nx = 1", check=error("IndentationError", 2)),
    case("not UTF-8", "EXCEPTION", b"x = '\xff'", check=lambda r: r.outcome["error"]["type"] == "SyntaxError"),
    case("a NUL in the source", "EXCEPTION", b"x = 1\0", check=lambda r: r.outcome["error"]["type"] in ("ValueError", "SyntaxError")),
    case("an import error", "EXCEPTION", "import no_such_thing", check=error("ModuleNotFoundError", 1)),
    case("recursion", "EXCEPTION", "def f(): f()\nf()", check=error("RecursionError", 1)),
    case("recursion in C", ("SIGNALLED", "EXCEPTION"), "import sys\nsys.setrecursionlimit(10**9)\ndef f(): repr(f()) \nx = []\n"
         "for _ in range(10**6): x = [x]\nrepr(x)", limits={"memory_mb": 512, "wall_s": 60}),
    case("KeyboardInterrupt", "EXCEPTION", "raise KeyboardInterrupt", check=error("KeyboardInterrupt", 1)),
    case("an assertion", "EXCEPTION", "assert False, 'no'", check=error("AssertionError", 1)),
    case("an exception at exit does not matter", None, "import atexit; atexit.register(lambda: 1 / 0)"),
    case("an exception in a thread does not matter", None, "import threading; t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()"),
    case("a signal to itself", "SIGNALLED", "import os; os.kill(os.getpid(), 15)", check=signalled(15)),
    case("SIGKILL to itself", "SIGNALLED", "import os; os.kill(os.getpid(), 9)", check=signalled(9)),
    case("a segmentation fault", "SIGNALLED", "import ctypes; ctypes.string_at(0)", check=signalled(11)),
    case("abort", "SIGNALLED", "import os; os.abort()", check=signalled(6)),
    case("an illegal instruction", "SIGNALLED", "import os, signal; os.kill(os.getpid(), signal.SIGILL)", check=signalled(4)),
    case("SIGSYS by hand is no denied call", "SIGNALLED", "import os; os.kill(os.getpid(), 31)", check=signalled(31)),
    case("an alarm", "SIGNALLED", "import signal, time; signal.alarm(1); time.sleep(5)", check=signalled(14)),
    case("OOM in a C extension", "OOM", "import hashlib; x = hashlib.pbkdf2_hmac; b'x' * (1 << 30)", limits={"memory_mb": 64},
         check=lambda r: r.detail["memory_mb"] == 64),
    case("timeout in Python", "TIMEOUT", "while True: pass", limits={"wall_s": 1}, check=lambda r: r.detail["wall_s"] == 1
         and 0.9 < r.seconds < 3),
    case("timeout asleep", "TIMEOUT", "import time; time.sleep(100)", limits={"wall_s": 1}),
    case("timeout in big integers", "TIMEOUT", "x = 3 ** (10 ** 9)", limits={"wall_s": 1, "memory_mb": 1024}),
    case("timeout in native code", "TIMEOUT", "import hashlib; hashlib.pbkdf2_hmac('sha256', b'x', b'y', 10 ** 9)", limits={"wall_s": 1}),
    case("output of a script that times out is kept", "TIMEOUT",
         "open('/out/x', 'w').write('1')\nprint('so far', flush=True)\nwhile True: pass", limits={"wall_s": 1},
         check=lambda r: r.out == "so far\n" and r.artifacts == {"x": b"1"}),
    case("unflushed output is not lost", None, "import sys; sys.stdout.write('no newline')", check=lambda r: r.out == "no newline"),
    case("output of atexit", None, "import atexit; atexit.register(print, 'bye')", check=lambda r: r.out == "bye\n"),
    case("a bad csv", "INPUT_UNREADABLE", "print(1)", inputs={"x": ("csv", b'a\n"' + b"\xff" * 10)},
         check=lambda r: r.detail == {"variable": "x", "kind": "csv"} and r.out == ""),
    case("a bad jsonl", "INPUT_UNREADABLE", "print(1)", inputs={"x": ("jsonl", b'{"a":1}\n{"a":\n')},
         check=lambda r: r.outcome["error"]["type"] == "JSONDecodeError" and not r.outcome["started"]),
    case("a bad tar", "INPUT_UNREADABLE", "print(1)", inputs={"x": ("tar", b"no tar at all" * 100)},
         check=lambda r: r.detail == {"variable": "x", "kind": "tar"}),
    case("an input of another image", "INPUT_UNREADABLE", "print(1)", inputs={"x": ("npy", b"\x93NUMPY")}),
    case("inputs as they should be", None, """
import pathlib
assert c == [{'a': '1', 'b': 'x'}] and t == [{'a': '1', 'b': 'x'}] and j == [{'a': 1}, {'a': 2}]
assert isinstance(f, pathlib.Path) and f.read_bytes() == b'\\x00raw' and str(f) == '/in/f.file'
assert params == {'k': [1, 2.5, None]}
""", inputs={"c": ("csv", b"a,b\n1,x\n"), "t": ("tsv", b"a\tb\n1\tx\n"), "j": ("jsonl", b'{"a":1}\n\n{"a":2}\n'),
             "f": ("file", b"\0raw")}, params={"k": [1, 2.5, None]}),
    case("an input named params", None, "print(params)", inputs={"params": ("csv", b"a\n1\n")}, params={"k": 1},
         check=lambda r: r.out == "[{'a': '1'}]\n"),
    case("isolation zygote: one container", None, WHERE, check=same_container),
    case("isolation zygote, again", None, WHERE, check=same_container),
    case("isolation job: a container of its own", None, WHERE, isolation="job", check=other_container),
    case("isolation job, again", None, WHERE, isolation="job", check=other_container),
    case("after that, one that is not that", None, WHERE, check=other_container),
]

main(CASES)
