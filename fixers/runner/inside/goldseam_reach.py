"""What a test reaches for outside its own process: hosts, ports, sockets of services.

An audit hook sees every attempt, whoever makes it and whoever swallows the error; a
simulated connection makes none. It only looks.
"""

import sys

CAP = 20


class Reach:
    """Notes where the running test wants to go, and whether anything here may serve it."""

    def __init__(self):
        self.places = []
        self.serves = False
        sys.addaudithook(self.heard)

    def begin(self):
        self.places = []

    def end(self):
        return {"reached": self.places, "serves": self.serves} if self.places else {}

    def heard(self, event, arguments):
        if event in ("socket.bind", "subprocess.Popen", "os.fork", "os.posix_spawn"):
            self.serves = True
        elif event in ("socket.connect", "socket.getaddrinfo"):
            try:
                self.note(event, arguments)
            except Exception:  # noqa: BLE001 - a hook that raises would end the test
                return

    def note(self, event, arguments):
        if event == "socket.connect":
            address = arguments[1]
            if isinstance(address, (bytes, str)):
                place = "unix:" + (address.decode("utf-8", "replace") if isinstance(address, bytes) else address)
            else:
                place = "%s:%s" % (address[0], address[1])
        else:
            host = arguments[0]
            host = host.decode("utf-8", "replace") if isinstance(host, bytes) else host
            if not host or arguments[1] is None:
                return
            place = "%s:%s" % (host, arguments[1])
        if place not in self.places and len(self.places) < CAP:
            self.places.append(place[:200])
