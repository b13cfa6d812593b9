"""Calls every number it was given: sockets on the host and beyond; standard library only.

The last argument names the calls to make. Answers with those that somebody picked up.
"""

import json
import os
import socket
import sys

PORT, DATAGRAMS, PATH, ABSTRACT = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
WANTED = sys.argv[5].split(",")


def stream(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as caller:
        caller.settimeout(1)
        caller.connect(address)
        caller.sendall(b"hello")


def datagram(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
        caller.connect(address)
        caller.send(b"hello")
        caller.settimeout(0.3)
        # Our own loopback takes a datagram for nobody and says so at the next call.
        caller.recv(10)


CALLS = {
    "tcp": lambda: stream(socket.AF_INET, ("127.0.0.1", PORT)),
    "tcp6": lambda: stream(socket.AF_INET6, ("::1", PORT)),
    "udp": lambda: datagram(("127.0.0.1", DATAGRAMS)),
    "dns": lambda: datagram(("8.8.8.8", 53)),
    "metadata": lambda: stream(socket.AF_INET, ("169.254.169.254", 80)),
    "outside": lambda: stream(socket.AF_INET, ("192.0.2.1", 443)),
    "unix": lambda: stream(socket.AF_UNIX, PATH),
    "abstract": lambda: stream(socket.AF_UNIX, "\0" + ABSTRACT),
    "lookup": lambda: socket.getaddrinfo("example.com", 443),
}

answered = []
for name in WANTED:
    try:
        CALLS[name]()
    except OSError:
        continue
    answered.append(name)

# What honest tests do must go on working: a server and a client on the loopback inside.
with socket.create_server(("localhost", 0)) as server:
    stream(socket.AF_INET, ("localhost", server.getsockname()[1]))
    answered.append("own loopback")

with os.fdopen(int(os.environ["GOLDSEAM_REPORT_FD"]), "w") as report:
    json.dump(answered, report)
