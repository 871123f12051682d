#!/usr/bin/python3
"""Streams: bounded, in order, clean; and words on the wrapper's socket prove nothing."""
from cases import case, main

LOG = {"log_kb": 16}
FORGE = """
import json, os, socket
s = socket.socket(fileno=os.dup(3))
def say(**m): s.send(json.dumps(m).encode())
"""

CASES = [
    case("flood of stdout", None, "for _ in range(2000): print('x' * 1023)", limits=LOG,
         check=lambda r: len(r.out) == 16384 and r.outcome["output_truncated"]),
    case("flood of both", None, """
import sys
for _ in range(2000): sys.stdout.write('o' * 1024); sys.stderr.write('e' * 1024)
""", limits=LOG, check=lambda r: len(r.out) == len(r.err) == 16384 and len(r.combined) <= 32768),
    case("a flood without end", "TIMEOUT", "import os\nwhile True: os.write(1, bytes(65536))", limits={**LOG, "wall_s": 1},
         check=lambda r: r.seconds < 5 and len(r.out) == 16384),
    case("one endless line", None, "import sys; sys.stdout.write('x' * 10_000_000)", limits=LOG,
         check=lambda r: r.out == "x" * 16384),
    case("exactly the cap", None, "import sys; sys.stdout.write('x' * 16384)", limits=LOG,
         check=lambda r: len(r.out) == 16384 and not r.outcome["output_truncated"]),
    case("binary", None, "import os; os.write(1, bytes(range(256)))",
         check=lambda r: r.stream("stdout") == bytes(range(256)) and "\0" not in r.combined and "\ufffd" in r.combined),
    case("a character split over writes", None, """
import os, time
for b in '€𝄞'.encode(): os.write(1, bytes([b])); time.sleep(0.01)
""", check=lambda r: r.combined == "€𝄞"),
    case("a character cut by the end", None, "import os; os.write(1, '€'.encode()[:2])",
         check=lambda r: r.combined == "\ufffd" and r.stream("stdout") == b"\xe2\x82"),
    case("two streams that cut each other's characters", None, """
import os, time
e = 'é'.encode()
os.write(1, e[:1]); time.sleep(0.02); os.write(2, e[:1]); time.sleep(0.02); os.write(1, e[1:]); time.sleep(0.02); os.write(2, e[1:])
""", check=lambda r: r.combined == "éé"),
    case("order of arrival", None, """
import os, time
for i in range(5): os.write(1 + i % 2, b'%d' % i); time.sleep(0.02)
""", check=lambda r: r.combined == "01234"),
    case("NaN in JSON on stdout", None, "import json; print(json.dumps(float('nan')))", check=lambda r: r.out == "NaN\n"),
    case("surrogates", "EXCEPTION", "print('\\ud800')", check=lambda r: r.outcome["error"]["type"] == "UnicodeEncodeError"),
    case("an exception that cannot be told in UTF-8", "EXCEPTION", "raise ValueError('\\ud800 \\x00 end')",
         check=lambda r: r.outcome["error"]["type"] == "ValueError"),
    case("an exception with a huge message", "EXCEPTION", "raise ValueError('\\U0001f600' * 1000000)",
         check=lambda r: r.outcome["error"]["line"] == 1 and len(r.outcome["error"]["message"]) <= 2048),
    case("closed stdio", None, "import os, sys; os.close(0); os.close(1); os.close(2)"),
    case("closed stdio and an exception", "EXCEPTION", "import os; os.close(1); os.close(2); raise ValueError",
         check=lambda r: r.outcome["error"]["line"] == 1),
    case("replaced stdio", None, "import sys; sys.stdout = sys.stderr = None"),
    case("a hook that raises", "EXCEPTION", "import sys\ndef h(*a): raise KeyError\nsys.excepthook = h\nraise ValueError",
         check=lambda r: r.outcome["error"]["type"] == "ValueError"),
    case("reading stdin", None, "import sys; print(repr(sys.stdin.read()))", check=lambda r: r.out == "''\n"),
    case("forged: success after a failure", "NONZERO_EXIT", FORGE + "say(t='done', state='completed')\nos._exit(3)",
         check=lambda r: r.outcome["exit_code"] == 3),
    case("forged: other reasons", "NONZERO_EXIT", FORGE + """
for t in ('setup', 'input', 'started', 'listener', 'oom', 'ready'): say(t=t, step='x', errno=1, variable='x', type='y')
os._exit(3)
"""),
    case("forged: an exception in a success", None, FORGE + "say(t='exception', type='X', message='', line=1)"),
    case("forged: an exception explains its own exit only", "EXCEPTION",
         FORGE + "say(t='exception', type='X', message='m', line=7)\nos._exit(1)",
         check=lambda r: r.outcome["error"] == {"type": "X", "line": 7, "message": "m"}),
    case("forged: not JSON", "NONZERO_EXIT", FORGE + r"""
for b in (b'{', b'\xff' * 100, b'[' * 5000, b'{"t":1}', b'{"t":"exception"}', b'null', b'x' * 60000): s.send(b)
os._exit(3)
"""),
    case("forged: a flood", ("TIMEOUT", "EXCEPTION"), FORGE + "while True: say(t='started')", limits={"wall_s": 1}),
    case("forged: descriptors", "NONZERO_EXIT", FORGE + """
try:
    for _ in range(50): socket.send_fds(s, [b'{"t":"listener"}'], [0] * 30)
except OSError: pass                # the kernel's own limit on descriptors in flight
os._exit(3)
"""),
    case("a closed socket", "NONZERO_EXIT", "import os; os.close(3); os._exit(3)"),
    case("no other descriptor is open", None, """
import os
print([fd for fd in range(1024) if os.path.lexists('/proc/self/fd/%d' % fd)])
""", check=lambda r: r.out == "[0, 1, 2, 3]\n"),
]

main(CASES)
