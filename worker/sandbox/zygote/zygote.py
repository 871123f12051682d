"""The zygote: pid 1 of a sandbox container.

Imports the image's preload list once, then forks on request a keeper (pid 1 of a
job's own pid namespace) and, below it, the process that will become the script.
It speaks with darkroom-sandbox over descriptor 3, a SEQPACKET socket, and never
sees a script, an input or an output: those go to the forked process directly.

    hello -> ready {"preload_ms","threads"}      ping -> pong
    spawn -> spawned + [pidfd of the keeper, job socket, status pipe]
"""
import gc
import importlib
import json
import os
import signal
import socket
import sys
import time

import job
from jail import Jail

CONTROL_FD = 3


def preload(names):
    """Import, then let libraries do their lazy start-up here rather than in every job."""
    for name in names:
        importlib.import_module(name)
    if "torch" in sys.modules:
        torch = sys.modules["torch"]
        torch.set_num_threads(1)
        torch.randn(2, 2) @ torch.randn(2, 2)
    if "numpy" in sys.modules:
        numpy = sys.modules["numpy"]
        numpy.linalg.inv(numpy.eye(3))
    if "pandas" in sys.modules:
        import io
        pandas = sys.modules["pandas"]
        pandas.read_csv(io.StringIO("a,b\n1,x\n2,y\n")).groupby("b").sum()
    job.warm()


def keeper(jail, sock, status):
    """In the first fork; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    jail.keeper_enter()
    pid = os.fork()
    if pid == 0:
        job.wait_and_run(jail, sock)
    jail.keeper_run(status)


def spawn(jail, control, pid_ns):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)   # packets name the process that sent them
    status_r, status_w = os.pipe()
    jail.new_pid_ns(pid_ns)
    pid = os.fork()
    if pid == 0:
        try:
            ours.close()
            keeper(jail, theirs, status_w)
        except BaseException as e:
            job.setup_failed(theirs, e)
    pidfd = os.pidfd_open(pid)
    socket.send_fds(control, [b"spawned"], [pidfd, ours.fileno(), status_r])
    for fd in (pidfd, status_r, status_w):
        os.close(fd)
    ours.close()
    theirs.close()


def main():
    t0 = time.monotonic()
    control = socket.socket(fileno=CONTROL_FD)
    os.set_inheritable(CONTROL_FD, False)
    jail = Jail("/jail/darkroom-jail.so", "/jail/filter.bpf")
    preload(sys.argv[1:])
    pid_ns = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)       # the kernel reaps keepers
    gc.collect()
    gc.freeze()
    ready = json.dumps({"preload_ms": round((time.monotonic() - t0) * 1000),
                        "threads": len(os.listdir("/proc/self/task"))}).encode()
    while True:
        request = control.recv(64)
        if request == b"spawn":
            spawn(jail, control, pid_ns)
        elif request == b"ping":
            control.send(b"pong")
        elif request == b"hello":
            jail.bind_life()
            control.send(ready)
        elif not request:
            os._exit(0)


main()
