"""A loop that forks a child per request and sends back what each child answers."""

import json
import mmap
import os
import resource
import selectors
import signal
import time

GROWTH = 768 << 20
"""Bytes of memory by which a child may outgrow its parent; what needs more has no end, and is slow to find out."""
_OUT_OF_TIME = (signal.SIGPROF, signal.SIGVTALRM, signal.SIGXCPU)


class Loop:
    """Starts a child per request, at most `jobs` at once, and reaps them in any order."""

    def __init__(self, answers, runner, jobs, requests, rest):
        self.answers, self.runner, self.jobs, self.requests = answers, runner, jobs, requests
        self.buffer, self.queue, self.open = rest, [], True
        self.children = {}
        self.selector = selectors.DefaultSelector()

    def run(self):
        self.selector.register(self.requests, selectors.EVENT_READ)
        self._split()
        while self.open or self.queue or self.children:
            while self.queue and len(self.children) < self.jobs:
                self._start(self.queue.pop(0))
            for key, _ in self.selector.select(self._patience()):
                if key.fd == self.requests:
                    self._read()
                else:
                    self._collect(key.fd)
            self._kill_late()

    def _read(self):
        piece = os.read(self.requests, 1 << 16)
        if not piece:
            self.open = False
            self.selector.unregister(self.requests)
            return
        self.buffer += piece
        self._split()

    def _split(self):
        *lines, self.buffer = self.buffer.split(b"\n")
        self.queue.extend(json.loads(line.decode("utf-8")) for line in lines if line)

    def _patience(self):
        if not self.children:
            return None
        return max(0.0, min(_end(child) for child in self.children.values()) - time.monotonic())

    def _start(self, request):
        reading, writing = os.pipe()
        board = mmap.mmap(-1, len(request["variants"])) if request["kind"] == "batch" else None
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            self._be_child(request, writing, board)
        os.close(writing)
        self.selector.register(reading, selectors.EVENT_READ)
        now = time.monotonic()
        self.children[reading] = {
            "pid": pid,
            "n": request["n"],
            "deadline": now + request["wall"],
            "quiet": request.get("quiet"),
            "silent_until": now + request.get("quiet", request["wall"]),
            "board": board,
            "seen": b"",
            "data": b"",
        }

    def _be_child(self, request, writing, board):
        try:
            os.setpgid(0, 0)
            quiet = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(quiet, descriptor)
            cpu = int(request["wall"]) + 1
            resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
            if "sources" not in request:  # what is imported afresh needs room for all of it
                _bound_memory()
            if request.get("cpu"):
                # The default action kills, so no `except BaseException` in the repository can outlive it.
                signal.signal(signal.SIGPROF, signal.SIG_DFL)
                signal.setitimer(signal.ITIMER_PROF, request["cpu"])
            answer = self.runner.child(request, board)
        except BaseException as error:  # noqa: BLE001 - the child must answer whatever the repository's code raised
            answer = {"status": "crash", "signature": "%s: %s" % (type(error).__name__, str(error)[:200])}
            if board is not None and read_board(board):
                answer = {"status": "screened", "statuses": [*read_board(board), "crash"]}
        _write(writing, answer)
        os._exit(0)

    def _collect(self, reading):
        child = self.children[reading]
        piece = os.read(reading, 1 << 16)
        if piece:
            child["data"] += piece
            return
        self._finish(reading, "")

    def _kill_late(self):
        now = time.monotonic()
        for reading in [fd for fd, child in self.children.items() if _end(child) <= now]:
            if not self._came_on(self.children[reading], now):
                self._finish(reading, "timeout")

    @staticmethod
    def _came_on(child, now):
        """Say whether a screen has judged variants since it was last looked at, and may go on."""
        if child["board"] is None or child["deadline"] <= now:
            return False
        before, child["seen"] = child["seen"], child["board"][:]
        child["silent_until"] = now + child["quiet"]
        return before != child["seen"]

    def _finish(self, reading, trouble):
        child = self.children.pop(reading)
        self.selector.unregister(reading)
        os.close(reading)
        for kill in (os.killpg, os.kill):
            try:
                kill(child["pid"], signal.SIGKILL)
            except OSError:  # no such group yet, or gone already
                continue
        _, code, used = os.wait4(child["pid"], 0)
        if os.WIFSIGNALED(code) and os.WTERMSIG(code) in _OUT_OF_TIME:
            trouble = "timeout"
        answer = _answer(child["data"], child["board"], trouble or "crash")
        answer["cpu"] = round(used.ru_utime + used.ru_stime, 4)
        self.answers.send(event="answer", n=child["n"], **answer)


def _bound_memory():
    with open("/proc/self/statm", encoding="ascii") as stream:
        limit = int(stream.read().split()[0]) * resource.getpagesize() + GROWTH
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limit if most < 0 else min(limit, most), most))


def _end(child):
    return min(child["deadline"], child["silent_until"])


def _write(descriptor, fields):
    data = (json.dumps(fields) + "\n").encode("utf-8", "backslashreplace")
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _answer(data, board, trouble):
    """Read what a child wrote; where it died over a screen, the board says how far it came."""
    line = data.partition(b"\n")[0]
    if line:
        return json.loads(line.decode("utf-8"))
    if board is not None:
        return {"status": "screened", "statuses": [*read_board(board), trouble]}
    return {"status": trouble, "signature": "timeout" if trouble == "timeout" else "the process of the tests died"}


STATUSES = ("", "fail", "breaks", "pass", "timeout", "unsupported", "further")
"""What a byte of a board stands for; 0 is a variant that was not judged yet."""


def read_board(board):
    """Return the statuses up to the first variant that was not judged."""
    return [STATUSES[byte] for byte in board[:].split(b"\0", 1)[0]]
