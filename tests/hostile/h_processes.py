#!/usr/bin/python3
"""Processes: bombs meet the pids limit, nothing outlives the job, nobody reaches pid 1."""
from cases import case, main
from driver import SLOW

LIMITS = {"pids": 24, "wall_s": int(3 * SLOW)}

CASES = [
    case("fork bomb, linear", "PIDS_LIMIT", """
import os, time
while True:
    if os.fork() == 0: time.sleep(100)
""", limits=LIMITS, check=lambda r: r.detail["pids"] == 24),
    case("fork bomb, exponential", ("PIDS_LIMIT", "TIMEOUT"), "import os\nwhile True: os.fork()", limits=LIMITS),
    case("fork bomb that never gives up", "TIMEOUT", """
import os
while True:
    try: os.fork()
    except OSError: pass
""", limits=LIMITS, check=lambda r: r.seconds < 8 * SLOW),
    case("threads", "PIDS_LIMIT", """
import threading, time
for _ in range(100): threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
""", limits=LIMITS),
    case("zombies", "PIDS_LIMIT", """
import os
for _ in range(100):
    if os.fork() == 0: os._exit(0)
""", limits=LIMITS),
    case("left-over daemon", None, """
import os, time
if os.fork() == 0:
    time.sleep(100)
print('parent ends')
""", limits=LIMITS, check=lambda r: r.seconds < 2 * SLOW),
    case("setsid, double fork, ignoring every signal", None, """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for s in range(1, 65):
            try: signal.signal(s, signal.SIG_IGN)
            except (OSError, ValueError): pass
        os.close(0); os.close(1); os.close(2)
        while True: time.sleep(1)
    os._exit(0)
""", limits=LIMITS, check=lambda r: r.seconds < 2 * SLOW),
    case("ignoring TERM past the deadline", "TIMEOUT", """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True: pass
""", limits={"wall_s": 1}),
    case("stopping itself", "TIMEOUT", "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", limits={"wall_s": 1}),
    case("stopping its group", "TIMEOUT", "import os, signal\nif os.fork() == 0: os.killpg(0, signal.SIGSTOP)\nos.wait()",
         limits={"wall_s": 1}),
    case("killing pid 1", "EXCEPTION", "import os; os.kill(1, 9)",
         check=lambda r: r.outcome["error"]["type"] == "PermissionError"),
    case("killing everybody", None, """
import os
try: os.kill(-1, 9)
except (PermissionError, ProcessLookupError) as e: print(type(e).__name__)
"""),
    case("hanging at exit", "TIMEOUT", "import atexit, time; atexit.register(time.sleep, 100)", limits={"wall_s": 1}),
    case("a thread that does not end", "TIMEOUT", """
import threading, time
threading.Thread(target=time.sleep, args=(100,)).start()
""", limits={"wall_s": 1}),
    case("a C call that never returns", "TIMEOUT", "import ctypes; ctypes.CDLL(None).pause()", limits={"wall_s": 1}),
    case("a regular expression without end", "TIMEOUT", "import re; re.match('(a+)+$', 'a' * 64 + 'b')",
         limits={"wall_s": 1}),
    case("becoming another program", "NONZERO_EXIT", """
import os
os.execv('/usr/bin/python3', ['python3', '-c', 'import sys; sys.exit(7)'])
""", check=lambda r: r.outcome["exit_code"] == 7),
]

main(CASES)
