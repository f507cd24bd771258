"""`python -I -S forked.py ADDRESS WORD…` is `bmad WORD…`, forked by the server there; see `forking.py`."""

import json
import os
import socket
import sys

HEAD = 16
"""The digits of a number that is sent."""


def asked(address: str, wanted: object, streams: list[int]) -> socket.socket:
    """A connection that says the number of the process first, and how it ended in the end."""
    server = socket.socket(socket.AF_UNIX)
    server.connect(address)
    words = json.dumps(wanted).encode()
    socket.send_fds(server, [b"%*d" % (HEAD, len(words))], streams)
    server.sendall(words)
    return server


if __name__ == "__main__":
    with asked(sys.argv[1], [sys.argv[2:], os.getcwd(), dict(os.environ), {}], [0, 1, 2]) as connection:  # noqa: PTH109
        connection.recv(HEAD, socket.MSG_WAITALL)
        status = int(connection.recv(HEAD))
    sys.exit(status if status >= 0 else 128 - status)
