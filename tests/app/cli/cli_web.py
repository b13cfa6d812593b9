"""A real HTTP server on a free loopback port, whose answers a test chooses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says to one path."""

    body: bytes = b""
    status: int = 200
    times: int = 1
    """The body is sent so often, as long as anybody listens."""
    promised: int | None = None
    """The length that is announced; without one the end of the connection is the end of the body."""


@dataclass(slots=True)
class Web:
    """Paths and their answers; any other path is a 404."""

    url: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    sent: int = 0
    """Bytes of bodies that somebody took."""

    def put(self, path: str, answer: Answer) -> str:
        """Answer a path from now on; return its address."""
        self.answers[path] = answer
        return self.url + path


@contextmanager
def serving() -> Iterator[Web]:
    """Serve as long as the context lives."""
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = web.answers.get(self.path, Answer(b"<h1>not here</h1>", status=404))
            self.send_response(answer.status, "\x1b[31mred")
            if answer.promised is not None:
                self.send_header("Content-Length", str(answer.promised))
            self.end_headers()
            try:
                for _ in range(answer.times):
                    self.wfile.write(answer.body)
                    web.sent += len(answer.body)
            except ConnectionError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Leave the test's output alone."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        web.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()
