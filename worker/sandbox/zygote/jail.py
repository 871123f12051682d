"""darkroom-jail.so through ctypes; struct jail_entry of jail.c is mirrored here."""
import ctypes
import os


class _Limit(ctypes.Structure):
    _fields_ = [("resource", ctypes.c_int), ("value", ctypes.c_uint64)]


class _Entry(ctypes.Structure):
    _fields_ = [("report", ctypes.c_int), ("out", ctypes.c_int), ("err", ctypes.c_int),
                ("n_mounts", ctypes.c_int), ("mounts", ctypes.POINTER(ctypes.c_int)),
                ("targets", ctypes.POINTER(ctypes.c_char_p)),
                ("n_limits", ctypes.c_int), ("limits", ctypes.POINTER(_Limit)),
                ("filter", ctypes.c_void_p), ("filter_bytes", ctypes.c_int)]


class JailError(Exception):
    """A step of the set-up failed: .step names it, .errno says why."""

    def __init__(self, step, number):
        super().__init__("%s: %s" % (step, os.strerror(number)))
        self.step, self.errno = step, number


class Jail:
    def __init__(self, library, bpf):
        self._lib = ctypes.CDLL(library)
        self._file = os.open(library, os.O_RDONLY | os.O_CLOEXEC)
        self._lib.jail_where.restype = ctypes.c_char_p
        with open(bpf, "rb") as f:
            text = f.read()
        self._filter = ctypes.create_string_buffer(text, len(text))

    def _call(self, name, *args):
        rc = getattr(self._lib, name)(*args)
        if rc < 0:
            raise JailError(self._lib.jail_where().decode(), -rc)
        return rc

    def bind_life(self):
        self._call("jail_bind_life")

    def new_pid_ns(self, pid_ns):
        self._call("jail_new_pid_ns", pid_ns)

    def keeper_enter(self):
        self._call("jail_keeper_enter")

    def keeper_run(self, status):
        """Become the keeper; returns only by raising."""
        self._call("jail_keeper_run", self._file, status)

    def enter(self, report, out, err, mounts, limits):
        """mounts: [(descriptor, target)]; limits: [(resource, value)].  -> listener descriptor"""
        n, m = len(mounts), len(limits)
        entry = _Entry(report, out, err, n, (ctypes.c_int * n)(*(fd for fd, _ in mounts)),
                       (ctypes.c_char_p * n)(*(t.encode() for _, t in mounts)),
                       m, (_Limit * m)(*(_Limit(r, v) for r, v in limits)),
                       ctypes.addressof(self._filter), len(self._filter))
        return self._call("jail_enter", ctypes.byref(entry))
