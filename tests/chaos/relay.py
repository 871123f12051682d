"""Relay: stands between nginx and the front, and breaks what passes through it."""
import contextlib
import os
import select
import socket
import threading


class Relay:
    def __init__(self, path, target):
        self.path, self.target = path, target
        self.lock, self.pairs, self.bite = threading.Lock(), {}, None
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        os.chmod(path, 0o666)
        self.listener.listen(512)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            with contextlib.suppress(OSError):
                a, _ = self.listener.accept()
                threading.Thread(target=self.carry, args=(a,), daemon=True).start()

    def carry(self, a):
        b = socket.socket(socket.AF_UNIX)
        try:
            b.connect(self.target)
            with self.lock:
                self.pairs[a] = b
            self.pump(a, b)
        except OSError:
            pass                # the front is away: nginx sees a connection that ends
        finally:
            with self.lock:
                self.pairs.pop(a, None)
            a.close()
            b.close()

    def pump(self, a, b):
        """Both ways, until either ends or an answer is bitten off."""
        while True:
            for s in select.select([a, b], [], [])[0]:
                data = s.recv(1 << 16)
                if not data:
                    return
                if s is a:
                    b.sendall(data)
                    continue
                with self.lock:
                    left, self.bite = self.bite, None
                if left is not None:
                    a.sendall(data[:left])
                    return
                a.sendall(data)

    def cut(self):
        """Every connection that is open now; how many."""
        with self.lock:
            for a, b in self.pairs.items():
                for s in (a, b):
                    with contextlib.suppress(OSError):
                        s.shutdown(socket.SHUT_RDWR)
            return len(self.pairs)

    def cut_next(self, after):
        """The next answer, after that many bytes."""
        with self.lock:
            self.bite = after
