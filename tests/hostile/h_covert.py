#!/usr/bin/python3
"""Covert: what one job leaves behind anywhere is not found by the next of the same container."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import need_root  # noqa: E402
from driver import Sandbox, Tap  # noqa: E402

MARK = "canary-5f1d"
LIMITS = {"memory_mb": 512, "disk_mb": 32}

# (where, what the first job does, what the second prints; it must be the same as in a fresh container)
PAIRS = [
    ("files", "for d in ('/workspace','/tmp','/dev/shm','/out'): open(d + '/m', 'w').write('%s')" % MARK,
     "import os\nfor d in ('/workspace','/tmp','/dev/shm','/out'): print(sorted(os.listdir(d)))"),
    ("modules and builtins", "import builtins, json, sys; builtins.mark = json.mark = sys.mark = 1; sys.modules['mark'] = json",
     "import builtins, json, sys; print(hasattr(builtins, 'mark'), hasattr(json, 'mark'), 'mark' in sys.modules)"),
    ("changed code of the library", "import json; json.dumps = lambda o: '%s'" % MARK, "import json; print(json.dumps(1))"),
    ("environment, umask, folder, nice, limits",
     "import os, resource; os.environ['M'] = '1'; os.umask(0o777); os.chdir('/tmp'); os.nice(5);"
     " resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))",
     "import os, resource; print('M' in os.environ, os.umask(0), os.getcwd(), os.nice(0), resource.getrlimit(resource.RLIMIT_NOFILE))"),
    ("signal handlers and masks",
     "import signal; signal.signal(signal.SIGUSR1, signal.SIG_IGN); signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])",
     "import signal; print(signal.getsignal(signal.SIGUSR1), signal.pthread_sigmask(signal.SIG_BLOCK, []))"),
    ("SysV shared memory, semaphores, queues", """
import ctypes
libc = ctypes.CDLL(None)
print(libc.shmget(77, 4096, 0o1666), libc.semget(77, 1, 0o1666), libc.msgget(77, 0o1666))
""", """
import ctypes
libc = ctypes.CDLL(None)
print(libc.shmget(77, 4096, 0), libc.semget(77, 1, 0), libc.msgget(77, 0))
"""),
    ("POSIX shared memory", "from multiprocessing import shared_memory as m; m.SharedMemory('mark', True, 64)",
     "import os; print(os.listdir('/dev/shm'))"),
    ("locks on the inodes of an asset", """
import fcntl
f = open('/in/x.csv'); fcntl.flock(f, fcntl.LOCK_EX); fcntl.lockf(open('/usr/bin/python3', 'rb'), fcntl.LOCK_SH)
""", "import fcntl; fcntl.flock(open('/in/x.csv'), fcntl.LOCK_EX | fcntl.LOCK_NB); print('free')"),
    ("processes", "import os, time\nif os.fork() == 0: time.sleep(100)",
     "import os; print(sorted(p for p in os.listdir('/proc') if p.isdigit()))"),
    ("abstract sockets", """
import os, socket, time
s = socket.socket(socket.AF_UNIX); s.bind('\\0mark'); s.listen()
if os.fork() == 0: time.sleep(100)
""", """
import socket
s = socket.socket(socket.AF_UNIX)
try: s.connect('\\0mark'); print('found')
except ConnectionRefusedError: print('gone')
"""),
    ("memory", "x = ['%s' * 1000 for _ in range(1000)]" % MARK, """
n = 0
for line in open('/proc/self/maps'):
    a, perms = line.split()[0].split('-'), line.split()[1]
    if 'r' not in perms or line.rstrip().endswith(('[vvar]', '[vsyscall]', '[vvar_vclock]')): continue
    lo, hi = (int(v, 16) for v in a)
    try:
        with open('/proc/self/mem', 'rb', 0) as f:
            f.seek(lo); n += f.read(hi - lo).count(b'-'.join([b'canary', b'5f1d' * 1 + b'canary']))
    except OSError: pass
print(n)
"""),
    ("memory that the kernel hands out", "x = bytearray(b'%s' * 1000000)" % MARK, """
import mmap
m = mmap.mmap(-1, 64 << 20); print(m.read().count(b'5f1d'))
"""),
]

RANDOM = """
import random, os, uuid, tempfile
print(random.random(), random.getrandbits(128), uuid.uuid4(), os.urandom(8).hex(), os.path.basename(tempfile.mktemp()))
"""
RANDOM_DATA = """
import numpy, random
print(random.random(), numpy.random.random(), numpy.random.default_rng().random())
"""


def main():
    need_root()
    t = Tap()
    asset = {"x": ("csv", b"a\n1\n")}
    with Sandbox() as fresh:
        clean = [fresh.run(look, limits=LIMITS, inputs=asset).out for _, _, look in PAIRS]
    with Sandbox() as s:
        for (where, leave, look), want in zip(PAIRS, clean):
            with t.case(where):
                first = s.run(leave, limits=LIMITS, inputs=asset)
                if not t.ok(first.reason is None, where + ": left by the first job"):
                    t.diag(repr(first))
                second = s.run(look, limits=LIMITS, inputs=asset)
                t.ok(second.reason is None and second.out != "", where + ": looked for by the second")
                t.is_(second.out, want, where + ": not found")
        seen = [s.run(RANDOM).out.split() for _ in range(8)]
        for i, what in enumerate(("random.random", "random.getrandbits", "uuid4", "urandom", "tempfile")):
            t.is_(len({row[i] for row in seen}), 8, "no two jobs share " + what)
    with Sandbox("data") as s:
        seen = [s.run(RANDOM_DATA, limits={"memory_mb": 512}).out.split() for _ in range(4)]
        for i, what in enumerate(("random", "numpy.random", "numpy's default generator")):
            t.is_(len({row[i] for row in seen}), 4, "with numpy loaded, no two jobs share " + what)
    t.done()


main()
