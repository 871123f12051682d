"""The script's side: from a waiting fork to a stranger's code running as __main__.

What is reported over the job socket, a SEQPACKET socket, one JSON object a packet:
    {"t":"setup","step","errno"}            the jail could not be entered
    {"t":"listener"} + [descriptor]         the jail is closed
    {"t":"input","variable","kind","type"}  an input cannot be bound
    {"t":"started"}                         the script's first line is next
    {"t":"exception","type","line","message","errno","tasks","traceback"}
A script can forge the last kind: darkroom-sandbox lets it explain an exit status of
1 and nothing else.
"""
import ast
import csv
import io
import json
import linecache
import os
import pathlib
import random
import socket
import sys
import traceback
import types

FILE = "computation.py"
EXCEPTION_STATUS = 1
SETUP_STATUS = 125
INPUT_STATUS = 124
PACKET_MAX = 65536
MESSAGE_MAX = 2000              # characters
TRACEBACK_MAX = 7000            # characters, of at most six bytes each in the packet


def report(sock, t, fds=(), **members):
    socket.send_fds(sock, [json.dumps({"t": t, **members}, ensure_ascii=False).encode()], fds)


def setup_failed(sock, e):
    """Never returns; darkroom-sandbox answers with SANDBOX_FAILED."""
    try:
        report(sock, "setup", step=getattr(e, "step", type(e).__name__), errno=getattr(e, "errno", None) or 0)
    finally:
        os._exit(SETUP_STATUS)


# ---- inputs ------------------------------------------------------------------
def _table(sep):
    def load(path):
        if "pandas" in sys.modules:
            return sys.modules["pandas"].read_csv(path, sep=sep)
        with open(path, encoding="utf-8", newline="") as f:
            return list(csv.DictReader(f, delimiter=sep, strict=True))
    return load


def _jsonl(path):
    if "pandas" in sys.modules:
        return sys.modules["pandas"].read_json(path, lines=True)
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def _parquet(path):
    import pandas
    return pandas.read_parquet(path)


def _npy(path):
    import numpy
    return numpy.load(path, mmap_mode="r", allow_pickle=False)


LOADERS = {"csv": _table(","), "tsv": _table("\t"), "jsonl": _jsonl, "parquet": _parquet, "npy": _npy,
           "tar": pathlib.Path, "file": pathlib.Path}


def warm():
    """What the first job would otherwise import or compile."""
    import atexit, runpy, threading                     # noqa: F401, E401
    compile(ast.parse("x = 1"), FILE, "exec")
    linecache.checkcache()


def bind(sock, context):
    """-> the script's globals that come from the job."""
    names = {"params": context["params"]}
    for i in context["inputs"]:
        try:
            names[i["name"]] = LOADERS[i["kind"]](i["path"])
        except Exception as e:
            report(sock, "input", variable=i["name"], kind=i["kind"], type=type(e).__name__)
            os._exit(INPUT_STATUS)
    return names


# ---- a clean process -----------------------------------------------------------
def reseed():
    """No two jobs of one zygote share the state of a random generator."""
    random.seed()
    if "numpy" in sys.modules:
        numpy = sys.modules["numpy"]
        numpy.random.seed(numpy.frombuffer(os.urandom(64), dtype=numpy.uint32))
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(int.from_bytes(os.urandom(8), "little") >> 1)


def environment(cpus):
    os.environ.clear()
    os.environ.update(HOME="/workspace", TMPDIR="/tmp", TZ="UTC", LANG="C.UTF-8", PYTHONHASHSEED="0",
                      OMP_NUM_THREADS=str(cpus))
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(cpus)


def open_streams():
    sys.stdin = os.fdopen(0, "r", closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr


def main_module(names):
    m = types.ModuleType("__main__")
    m.__dict__.update(names)
    m.__dict__.update(__builtins__=__builtins__, __file__=FILE)
    sys.modules["__main__"] = m
    sys.argv = [FILE]
    sys.path[0] = "/workspace"
    for name in ("job", "jail"):
        sys.modules.pop(name, None)
    return m


def rehearse():
    """Touch, before a job is there, the pages that running one will write to."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    order = json.loads(json.dumps({"limits": [[1, 2]], "targets": ["/x"], "cpus": 1}))
    m = types.ModuleType("__main__")
    m.__dict__.update(order, __builtins__=__builtins__)
    try:
        exec(compile(b"import sys, os, json\nfor i in range(10): print(i, file=out)\nraise ValueError\n", FILE, "exec"),
             {**m.__dict__, "out": stream})
    except ValueError as e:
        traceback.format_exception(e)
    stream.flush()


# ---- the script ------------------------------------------------------------------
def save_model(names):
    """compute.script(7): a model left in the globals leaves as model_weights.pth."""
    model, path = names.get("model"), "/out/model_weights.pth"
    if "torch" in sys.modules and hasattr(model, "state_dict") and not os.path.lexists(path):
        sys.modules["torch"].save(model.state_dict(), path)


def line_of(e):
    """The deepest line of the script itself that the exception passed, or None."""
    line = e.lineno if isinstance(e, SyntaxError) and e.filename == FILE else None
    for frame, lineno in traceback.walk_tb(e.__traceback__):
        if frame.f_code.co_filename == FILE:
            line = lineno
    return line


def name_of(cls):
    return cls.__qualname__ if cls.__module__ in ("builtins", "__main__") else cls.__module__ + "." + cls.__qualname__


def clean(text):
    """Fit for a JSON string: no lone surrogates, no NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def tasks():
    """How many threads the job has, in all its processes: hosts without a pids controller cannot tell."""
    n = 0
    try:
        for pid in filter(str.isdigit, os.listdir("/proc")):
            n += os.stat("/proc/%s/task" % pid).st_nlink - 2
    except OSError:
        pass                                            # one has just ended, or there is no descriptor left
    return n


def explain(sock, e):
    """Say what the uncaught exception was, on stderr and to the sandbox."""
    tb = e.__traceback__
    while tb is not None and tb.tb_frame.f_code.co_filename != FILE:
        tb = tb.tb_next                                 # our own frames
    e = e.with_traceback(tb)
    try:
        message = str(e)
    except Exception:
        message = ""
    text = "".join(traceback.format_exception(type(e), e, tb))
    errno = getattr(e, "errno", None) if isinstance(e, OSError) else None
    report(sock, "exception", type=clean(name_of(type(e))[:60]), line=line_of(e), message=clean(message[:MESSAGE_MAX]),
           errno=errno if isinstance(errno, int) else None, tasks=tasks(),
           traceback=clean(text[-TRACEBACK_MAX:]))
    sys.excepthook(type(e), e, tb)


def exit_status(e):
    """What `python3 computation.py` would exit with."""
    if e.code is None:
        return 0
    if isinstance(e.code, int):
        return e.code & 0xFF
    print(e.code, file=sys.stderr)
    return 1


def run(sock, source, names):
    """-> exit status"""
    linecache.cache[FILE] = (len(source), None, source.decode("utf-8", "replace").splitlines(True), FILE)
    m = main_module(names)
    try:
        code = compile(source, FILE, "exec", dont_inherit=True)
        try:
            exec(code, m.__dict__)
        except SystemExit as e:
            status = exit_status(e)
            if status != 0:
                return status
        save_model(m.__dict__)
        return 0
    except BaseException as e:
        explain(sock, e)
        return EXCEPTION_STATUS


def finish():
    """What the interpreter does at its end, without tearing the copy down."""
    import atexit
    import threading
    threading._shutdown()
    atexit._run_exitfuncs()


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass                                        # the script closed or replaced it


def wait_and_run(jail, sock):
    """In the fork: wait for a job, close the jail, run.  Never returns."""
    try:
        reseed()                                        # this process serves one job: now is early enough
        rehearse()
        sock.send(b"waiting")
        packet, fds, _, _ = socket.recv_fds(sock, PACKET_MAX, 32)
        if not packet:
            os._exit(0)                                 # never needed
        order = json.loads(packet)
        out, err, script = fds[:3]
        with os.fdopen(script, "rb") as f:
            source = f.read()
        listener = jail.enter(sock.fileno(), out, err, list(zip(fds[3:], order["targets"])), order["limits"])
        sock.detach()
        sock = socket.socket(fileno=3)
        report(sock, "listener", [listener])
        os.close(listener)
    except BaseException as e:
        setup_failed(sock, e)
    open_streams()
    environment(order["cpus"])
    with open("/in/job.json", encoding="utf-8") as f:
        names = bind(sock, json.load(f))
    report(sock, "started")
    status = EXCEPTION_STATUS
    try:
        status = run(sock, source, names)
        finish()
    except BaseException:
        traceback.print_exc()
        status = status or EXCEPTION_STATUS
    finally:
        flush()
        os._exit(status)
