#!/usr/bin/python3
"""Disk: one limit over /workspace, /tmp, /out and /dev/shm; assets and image cannot be written."""
from cases import case, main

LIMITS = {"disk_mb": 8, "memory_mb": 128}
ASSET = {"x": ("csv", b"a,b\n1,2\n")}

CASES = [
    case("fill", "DISK_FULL", "open('/workspace/x', 'wb').write(bytes(9 << 20))", limits=LIMITS,
         check=lambda r: r.detail["disk_mb"] == 8),
    case("fill in several places", "DISK_FULL", """
for d in ('/workspace', '/tmp', '/out', '/dev/shm'): open(d + '/x', 'wb').write(bytes(3 << 20))
""", limits=LIMITS),
    case("full but survived", None, """
import errno
try: open('/tmp/x', 'wb').write(bytes(9 << 20))
except OSError as e: assert e.errno == errno.ENOSPC
print('fine')
""", limits=LIMITS),
    case("full through mmap", "DISK_FULL", """
import mmap, os
fd = os.open('/tmp/x', os.O_RDWR | os.O_CREAT); os.ftruncate(fd, 64 << 20)
m = mmap.mmap(fd, 64 << 20)
for i in range(0, 64 << 20, 4096): m[i] = 1
""", limits=LIMITS),
    case("inodes", "DISK_FULL", "for i in range(100000): open('/tmp/%d' % i, 'w').close()", limits=LIMITS),
    case("a million files in /out", ("DISK_FULL", "TIMEOUT"), "for i in range(1000000): open('/out/f%d' % i, 'w').close()",
         limits={**LIMITS, "wall_s": 20}, check=lambda r: r.seconds < 25),
    case("huge sparse file", "OUTPUT_TOO_LARGE", "import os; os.truncate(os.open('/out/x', os.O_RDWR | os.O_CREAT), 1 << 40)",
         limits=LIMITS, check=lambda r: r.detail["cap"] == "output_mb" and not r.artifacts),
    case("sparse file outside /out", None, "import os; os.truncate(os.open('/tmp/x', os.O_RDWR | os.O_CREAT), 1 << 40)",
         limits=LIMITS),
    case("open but deleted file", "DISK_FULL", """
import os
fd = os.open('/tmp/x', os.O_RDWR | os.O_CREAT); os.unlink('/tmp/x')
while True: os.write(fd, bytes(1 << 20))
""", limits=LIMITS),
    case("fallocate", "DISK_FULL", "import os; os.posix_fallocate(os.open('/tmp/x', os.O_RDWR | os.O_CREAT), 0, 1 << 30)",
         limits=LIMITS),
    case("writing to an asset", "EXCEPTION", "open('/in/x.csv', 'a')", inputs=ASSET),
    case("writing to an asset by its other name", "EXCEPTION", "open('/data/asset-x.csv', 'r+')", inputs=ASSET),
    case("chmod of an asset", "EXCEPTION", "import os; os.chmod('/in/x.csv', 0o666)", inputs=ASSET),
    case("removing an asset", "EXCEPTION", "import os; os.unlink('/in/x.csv')", inputs=ASSET),
    case("writing through a read-only mapping", "EXCEPTION", """
import mmap, os
mmap.mmap(os.open('/in/x.csv', os.O_RDONLY), 8, prot=mmap.PROT_READ | mmap.PROT_WRITE)
""", inputs=ASSET, check=lambda r: r.outcome["error"]["type"] == "PermissionError"),
    case("reopening an asset through /proc", "EXCEPTION",
         "import os; fd = os.open('/in/x.csv', os.O_RDONLY); os.open('/proc/self/fd/%d' % fd, os.O_RDWR)", inputs=ASSET),
    case("programs on an asset", "EXCEPTION", "import os; os.execv('/in/x.file', ['x'])",
         inputs={"x": ("file", b"#!/usr/bin/python3\nprint(1)\n")}),
    case("writing to the image", "EXCEPTION", "open('/usr/lib/python3.11/os.py', 'a')"),
    case("writing to /", "EXCEPTION", "open('/x', 'w')"),
    case("writing to /etc, /dev, /run, /jail, /in and /data", None, """
for d in ('/etc', '/dev', '/run', '/jail', '/in', '/in/.data', '/data', '/proc', '/usr/bin'):
    try: open(d + '/x', 'w'); print('wrote', d)
    except OSError: pass
""", check=lambda r: r.out == ""),
    case("chmod of the workspace", None, """
import os
os.chmod('/workspace', 0); os.chmod('/out', 0)
"""),
    case("removing the folders of the job", "EXCEPTION", """
import os, shutil
open('/out/a.txt', 'w').write('kept')
for d in ('/out', '/artifacts', '/workspace/artifacts', '/tmp', '/workspace'):
    try: os.rmdir(d); print('removed', d)
    except OSError: pass
    try: os.rename(d, '/tmp/y'); print('renamed', d)
    except OSError: pass
raise SystemError
""", check=lambda r: r.out == "" and r.artifacts == {"a.txt": b"kept"}),
    case("the folders are one, and empty again", None, """
import os
print(os.listdir('/workspace'), os.listdir('/out'), os.listdir('/tmp'), os.listdir('/dev/shm'))
open('/out/1', 'w'); open('/artifacts/2', 'w'); open('/workspace/artifacts/3', 'w'); open('artifacts/4', 'w')
""", check=lambda r: r.out == "['artifacts'] [] [] []\n" and sorted(r.artifacts) == ["1", "2", "3", "4"]),
]

main(CASES)
