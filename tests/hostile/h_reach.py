#!/usr/bin/python3
"""Reaching out: no network of any kind, no host, no other process, no unleased asset."""
from cases import case, main

REFUSED = lambda r: r.outcome["error"]["type"] in ("PermissionError", "OSError")
TRY = """
import socket
def try_all(*calls):
    for name, fn in calls:
        try: print(name, 'WORKS', fn())
        except (OSError, AttributeError) as e: pass
"""

CASES = [
    case("TCP", "EXCEPTION", "import socket; socket.create_connection(('127.0.0.1', 5432), 2)", check=REFUSED),
    case("TCP over IPv6", "EXCEPTION", "import socket; socket.socket(socket.AF_INET6, socket.SOCK_STREAM)", check=REFUSED),
    case("UDP", "EXCEPTION", "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 53))",
         check=REFUSED),
    case("every other family", None, TRY + """
for family in range(0, 64):
    if family == socket.AF_UNIX: continue
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try_all(('socket %d %d' % (family, kind), lambda: socket.socket(family, kind)))
        try_all(('pair %d %d' % (family, kind), lambda: socket.socketpair(family, kind)))
""", check=lambda r: r.out == ""),
    case("family in the upper half of the register", "NONZERO_EXIT", """
import ctypes, os, platform
libc = ctypes.CDLL(None)
fd = libc.syscall(41, ctypes.c_ulong((1 << 32) | 2), 1, 0)
os._exit(3 if fd == -1 else 0)
"""),
    case("DNS", "EXCEPTION", "import socket; socket.getaddrinfo('example.org', 80)"),
    case("abstract unix sockets of the host", None, """
import socket
for name in ('darkroom-uids-1828716544', '/org/freedesktop/systemd1/notify', 'x'):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try: s.connect('\\0' + name); print('connected', name)
    except OSError: pass
""", check=lambda r: r.out == ""),
    case("unix sockets by path", None, """
import os, stat
found = []
for d, ds, fs in os.walk('/'):
    if d == '/proc': ds[:] = []
    for f in fs:
        try:
            if stat.S_ISSOCK(os.lstat(os.path.join(d, f)).st_mode): found.append(f)
        except OSError: pass
print(found)
""", check=lambda r: r.out == "[]\n"),
    case("own unix sockets work", None, "import socket; a, b = socket.socketpair(); a.send(b'x'); print(b.recv(1))",
         check=lambda r: r.out == "b'x'\n"),
    case("io_uring", None, """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print(libc.syscall(425, 8, ctypes.create_string_buffer(256)), ctypes.get_errno())
""", check=lambda r: r.out == "-1 38\n"),
    case("the host's /proc", None, """
import os
print(sorted(p for p in os.listdir('/proc') if p.isdigit()), os.path.exists('/proc/sys'), os.path.exists('/proc/cpuinfo'),
      os.path.exists('/proc/kcore'), os.path.exists('/proc/meminfo'), os.path.exists('/proc/sysrq-trigger'))
""", check=lambda r: r.out == "['2'] False False False False False\n"),
    case("/sys", None, "import os; print(os.path.exists('/sys'))", check=lambda r: r.out == "False\n"),
    case("pid 1", None, """
import os
for f in ('environ', 'mem', 'maps', 'cmdline', 'root', 'cwd', 'fd', 'ns/mnt', 'status'):
    try: os.open('/proc/1/' + f, os.O_RDONLY); print('opened', f)
    except OSError: pass
""", check=lambda r: r.out == ""),
    case("/proc/1/mem for writing", "EXCEPTION", "open('/proc/1/mem', 'r+b')"),
    case("environment", None, "import os; print(sorted(os.environ))",
         check=lambda r: r.out == "['HOME', 'LANG', 'OMP_NUM_THREADS', 'PYTHONHASHSEED', 'TMPDIR', 'TZ']\n"),
    case("environment that was", None, "print(open('/proc/self/environ').read().count('DARKROOM'))",
         check=lambda r: r.out == "0\n"),
    case("arguments and names", None, """
import os, socket, sys, platform
print(socket.gethostname(), sys.argv, __name__, __file__, os.getcwd(), os.getpid(), os.getuid(), os.getgid(), os.getgroups())
""", check=lambda r: r.out == "darkroom ['computation.py'] __main__ computation.py /workspace 2 1000 1000 []\n"),
    case("mounts", None, """
for line in open('/proc/self/mountinfo'): print(line.split()[4])
""", inputs={"x": ("csv", b"a\n1\n")}, check=lambda r: set(r.out.split()) <= {
        "/", "/proc", "/dev", "/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/random", "/dev/urandom", "/dev/shm",
        "/tmp", "/jail", "/workspace", "/workspace/artifacts", "/out", "/artifacts", "/in", "/in/x.csv"}),
    case("the mount table does not say where the image lies", None,
         "print([l for l in open('/proc/self/mountinfo') if l.split()[4] == '/'])", check=lambda r: "rootfs" not in r.out),
    case("unleased assets", None, """
import os
print(sorted(os.listdir('/in')), sorted(os.listdir('/data')))
""", inputs={"x": ("csv", b"a\n1\n", "mine")}, check=lambda r: r.out == "['.data', 'job.json', 'x.csv'] ['mine.csv']\n"),
    case("above the asset", "EXCEPTION", "open('/in/../../../../etc/shadow')", inputs={"x": ("csv", b"a\n1\n")}),
    case("open by handle", "SYSCALL_DENIED", "import ctypes; ctypes.CDLL(None).open_by_handle_at(3, None, 0)",
         check=lambda r: r.detail["syscall"] == "open_by_handle_at"),
    case("devices", None, """
import os
print(sorted(os.listdir('/dev')))
""", check=lambda r: set(eval(r.out)) <= {"core", "fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin",
                                          "stdout", "tty", "urandom", "zero", "console", "mqueue"}),
    case("the wrapper's files", None, "import os; print(os.listdir('/jail'))", check=lambda r: r.out == "[]\n"),
]

main(CASES)
