"""The HTTP side that the simulators of outside services share: a port on the loopback that can go away and come back."""
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class SimServer:
    """A server; handle(http) answers a POST, GET or PUT.  port 0 takes a free one at the first start and keeps it."""
    port, server, context = 0, None, None      # context: of TLS

    def handle(self, http):
        raise NotImplementedError

    def start(self):
        sim = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                sim.handle(self)

            do_GET = do_PUT = do_POST

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_):
                """A client that hangs up is no error of ours."""

        self.server = Server(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        if self.context:
            self.server.socket = self.context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self):
        """An outage: the port is closed."""
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return ("https://localhost:%d" if self.context else "http://127.0.0.1:%d") % self.port
