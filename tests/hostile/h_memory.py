#!/usr/bin/python3
"""Memory: every way to use more of it than asked for ends as OOM, and only the job dies."""
from cases import case, main

LIMITS = {"memory_mb": 64, "disk_mb": 64, "wall_s": 20}
TOUCH = "def touch(b):\n    for i in range(0, len(b), 4096): b[i] = 1\n"

CASES = [
    case("bomb", "OOM", "x = []\nwhile True: x.append(bytearray(1 << 20))", limits=LIMITS,
         check=lambda r: r.detail["memory_mb"] == 64),
    case("one big allocation", "OOM", "x = bytearray(1 << 30)", limits=LIMITS),
    case("in children", "OOM", """
import os
for _ in range(4):
    if os.fork() == 0:
        x = [bytearray(1 << 20) for _ in range(1000)]
        os._exit(0)
for _ in range(4): assert os.wait()[1] == 0
""", limits=LIMITS),
    case("in tmpfs", "DISK_FULL", """
with open('/tmp/x', 'wb') as f:
    while True: f.write(bytes(1 << 20))
""", limits=LIMITS),
    case("files of the job are not its memory", None, """
with open('/workspace/x', 'wb') as f:
    for _ in range(56): f.write(bytes(1 << 20))
x = bytearray(40 << 20)
for i in range(0, len(x), 4096): x[i] = 1
import time; time.sleep(0.2)
""", limits=LIMITS),
    case("in pipes", ("OOM", "EXCEPTION"), """
import os, fcntl
keep = []
while True:
    r, w = os.pipe(); keep += [r, w]
    os.set_blocking(w, False)
    try:
        while True: os.write(w, bytes(65536))
    except BlockingIOError: pass
""", limits=LIMITS),
    case("in sockets", ("OOM", "EXCEPTION"), """
import socket
keep = []
while True:
    a, b = socket.socketpair(); keep += [a, b]; a.setblocking(False)
    try:
        while True: a.send(bytes(65536))
    except BlockingIOError: pass
""", limits=LIMITS),
    case("in memfd", "OOM", """
import os
fd = os.memfd_create('x')
while True: os.write(fd, bytes(1 << 20))
""", limits=LIMITS),
    case("in shared anonymous memory", "OOM", TOUCH + """
import mmap
m = mmap.mmap(-1, 1 << 30); touch(m)
""", limits=LIMITS),
    case("in /dev/shm", "DISK_FULL", """
with open('/dev/shm/x', 'wb') as f:
    while True: f.write(bytes(1 << 20))
""", limits=LIMITS),
    case("copy-on-write of the zygote", None, """
import sys
for m in list(sys.modules.values()):            # writes to every object's reference count
    for k, v in list(vars(m).items()): x = [v] * 10
print(True)
""", limits=LIMITS, check=lambda r: r.out == "True\n"),
    case("locked memory", "EXCEPTION", """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
b = ctypes.create_string_buffer(32 << 20)
if libc.mlock(b, len(b)) != 0: raise OSError(ctypes.get_errno(), 'mlock')
""", limits=LIMITS),
    case("huge pages are refused or counted", ("OOM", "EXCEPTION"), """
import mmap
m = mmap.mmap(-1, 256 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000)
for i in range(0, len(m), 4096): m[i] = 1
""", limits=LIMITS),
    case("a request beyond the address space", "EXCEPTION", "x = bytearray(1 << 60)", limits=LIMITS,
         check=lambda r: r.outcome["error"]["type"] == "MemoryError"),
]

main(CASES)
