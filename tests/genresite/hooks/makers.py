"""Webhooks without asking the network, and a receiver on this machine."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from genresite.hooks.models import Webhook
from genresite.sealed import seal

SECRET = "whsec_of-the-tests"


def make_webhook(owner, url: str = "https://example.org/hook", *events: str) -> Webhook:
    events = events or ("batch.finished", "feedback.settled", "model.promoted")
    return Webhook.objects.create(
        owner=owner, url=url, events=list(events), secret=seal(SECRET.encode(), purpose="webhook")
    )


class Receiver(BaseHTTPRequestHandler):
    status = 200
    got: list = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).got.append((self.path, dict(self.headers), body))
        self.send_response(self.status)
        if self.status == 302:
            self.send_header("Location", f"http://{self.headers['Host']}/elsewhere")
        self.end_headers()

    def log_message(self, *_args) -> None:
        pass


@contextmanager
def receiver(status: int = 200):
    """A program that takes events at an address of this machine."""
    handler = type("Receiver", (Receiver,), {"status": status, "got": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    handler.address = f"http://localhost:{server.server_port}/hook?key=1"
    try:
        yield handler
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
