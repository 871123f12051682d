#!/usr/bin/python3
"""Privilege: what nobody calls by accident ends the job and is named; the rest is refused."""
from cases import case, main

CALL = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
NS = {"mnt": 0x20000, "uts": 0x4000000, "ipc": 0x8000000, "user": 0x10000000, "pid": 0x20000000, "net": 0x40000000,
      "cgroup": 0x2000000}


def denied(name, code, syscall):
    return case(name, "SYSCALL_DENIED", CALL + code, check=lambda r: r.detail["syscall"] == syscall)


CASES = [denied("unshare " + n, "libc.unshare(%d)" % flag, "unshare") for n, flag in NS.items()]
CASES += [denied("clone into a new %s namespace" % n, "libc.syscall(56, %d, 0, 0, 0, 0)" % (flag | 17), "clone")
          for n, flag in NS.items()]
CASES += [
    denied("setns", "libc.setns(0, 0)", "setns"),
    denied("mount", "libc.mount(b'x', b'/tmp', b'tmpfs', 0, None)", "mount"),
    denied("remount", "libc.mount(None, b'/', None, 32 | 4096, None)", "mount"),
    denied("umount", "libc.umount2(b'/in', 2)", "umount2"),
    denied("pivot_root", "libc.syscall(155, b'/tmp', b'/tmp')", "pivot_root"),
    denied("chroot", "os.chroot('/tmp')", "chroot"),
    denied("fsopen", "libc.syscall(430, b'tmpfs', 0)", "fsopen"),
    denied("open_tree", "libc.syscall(428, -100, b'/', 1)", "open_tree"),
    denied("mount_setattr", "libc.syscall(442, -100, b'/in', 0, 0, 0)", "mount_setattr"),
    denied("ptrace", "libc.ptrace(16, 1, 0, 0)", "ptrace"),
    denied("process_vm_readv", "libc.process_vm_readv(1, 0, 0, 0, 0, 0)", "process_vm_readv"),
    denied("process_vm_writev", "libc.process_vm_writev(1, 0, 0, 0, 0, 0)", "process_vm_writev"),
    denied("pidfd_getfd", "libc.syscall(438, 3, 0, 0)", "pidfd_getfd"),
    denied("keyctl", "libc.syscall(250, 0, -3, 0)", "keyctl"),
    denied("add_key", "libc.syscall(248, b'user', b'x', b'x', 1, -3)", "add_key"),
    denied("bpf", "libc.syscall(321, 0, 0, 0)", "bpf"),
    denied("perf", "libc.syscall(298, 0, 0, -1, -1, 0)", "perf_event_open"),
    denied("userfaultfd", "libc.syscall(323, 0)", "userfaultfd"),
    denied("init_module", "libc.syscall(175, 0, 0, 0)", "init_module"),
    denied("finit_module", "libc.syscall(313, 3, b'', 0)", "finit_module"),
    denied("kexec_load", "libc.syscall(246, 0, 0, 0, 0)", "kexec_load"),
    denied("reboot", "libc.reboot(0)", "reboot"),
    denied("sethostname", "libc.sethostname(b'x', 1)", "sethostname"),
    denied("settimeofday", "libc.syscall(164, 0, 0)", "settimeofday"),
    denied("swapon", "libc.swapon(b'/tmp/x', 0)", "swapon"),
    denied("iopl", "libc.iopl(3)", "iopl"),
    denied("syslog", "libc.klogctl(3, None, 0)", "syslog"),
    denied("seccomp", "libc.syscall(317, 1, 0, 0)", "seccomp"),
    denied("from a thread", "import threading\nt = threading.Thread(target=lambda: libc.unshare(0x20000)); t.start(); t.join()",
           "unshare"),
    denied("from a child that the script survives", """
pid = os.fork()
if pid == 0: libc.unshare(0x10000000)
os.waitpid(pid, 0)""", "unshare"),
    denied("from another program",
           "os.execv('/usr/bin/python3', ['python3', '-c', 'import os; os.chroot(\"/\")'])", "chroot"),
    case("clone3 is not known", None, CALL + "print(libc.syscall(435, 0, 0), ctypes.get_errno())", check=lambda r: r.out == "-1 38\n"),
    case("a foreign system call table", ("SIGNALLED", "NONZERO_EXIT"), CALL + "r = libc.syscall(0x40000000 | 39); os._exit(3 if r == -1 else 0)"),
    case("32-bit calls", ("SIGNALLED", "EXCEPTION"), CALL + """
import mmap
m = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40)
m.write(b'\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3')
f = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))
f()
raise SystemError('int 0x80 works')
""", check=lambda r: "works" not in r.err),
    case("setuid", "EXCEPTION", "import os; os.setuid(0)"),
    case("set-uid programs", None, """
import os, stat
found = []
for d, ds, fs in os.walk('/'):
    if d == '/proc': ds[:] = []
    found += [f for f in fs if os.lstat(os.path.join(d, f)).st_mode & 0o6000]
print(found)
""", check=lambda r: r.out == "[]\n"),
    case("a set-uid program of its own", None, """
import os, shutil, subprocess
shutil.copy('/usr/bin/python3', '/workspace/p'); os.chmod('/workspace/p', 0o6755)
print(subprocess.run(['/workspace/p', '-c', 'import os; print(os.geteuid(), os.getuid())'], capture_output=True, text=True).stdout)
""", check=lambda r: r.out.strip() == "1000 1000"),
    case("capabilities", None, """
s = open('/proc/self/status').read()
print([l.split()[1] for l in s.splitlines() if l.startswith('Cap')], 'NoNewPrivs:\\t1' in s, 'Seccomp:\\t2' in s)
""", check=lambda r: r.out == "%s True True\n" % (["0" * 16] * 5)),
    case("writable programs are the job's own business", None, """
import shutil, subprocess
shutil.copy('/usr/bin/python3', '/tmp/p')
print(subprocess.run(['/tmp/p', '-c', 'print(1)'], capture_output=True, text=True).stdout)
"""),
    case("personality", "EXCEPTION", CALL + "if libc.personality(0x40000) == -1: raise OSError(ctypes.get_errno(), 'personality')"),
    case("device nodes", "EXCEPTION", "import os, stat; os.mknod('/workspace/d', 0o600 | stat.S_IFBLK, os.makedev(259, 0))"),
    case("uid_map, setgroups, oom_score, core pattern, cgroup files", None, """
import os
for f in ('/proc/self/uid_map', '/proc/self/gid_map', '/proc/self/setgroups', '/proc/sys/kernel/core_pattern',
          '/sys/fs/cgroup/release_agent', '/sys/kernel/uevent_helper'):
    try: os.write(os.open(f, os.O_WRONLY), b'0 0 1'); print('wrote', f)
    except OSError: pass
""", check=lambda r: r.out == ""),
    case("cgroup names", None, "print(open('/proc/self/cgroup').read())",
         check=lambda r: all(line.split(":")[2] == "/" or "darkroom" not in line for line in r.out.splitlines() if line)),
    case("a lower oom_score_adj", "EXCEPTION", "import os; os.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-1000')"),
    case("core limit", "EXCEPTION", "import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))"),
    case("raising limits", "EXCEPTION", "import resource; resource.setrlimit(resource.RLIMIT_NPROC, (10000, 10000))"),
    case("real-time priority", "EXCEPTION", "import os; os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))"),
    case("negative nice", "EXCEPTION", "import os; os.nice(-5)"),
    case("terminal tricks", "EXCEPTION", "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSTI, b'x')"),
    case("dumpable, ptracer and other prctl", None, CALL + "print([libc.prctl(n, 1, 0, 0, 0) for n in (4, 8, 23, 24, 26, 28, 35)])",
         check=lambda r: set(eval(r.out)) <= {-1, 1, 0} and eval(r.out)[0] == -1),
]

main(CASES)
