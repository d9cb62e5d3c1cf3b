"""A socket to serve from, or in one line why there can be none."""

from __future__ import annotations

import os
import socket

from feeds.errors import Fault, OutputError, Place

LOOPBACK = "127.0.0.1"
WAITING = 512
"""Connections that may wait to be taken."""


def listener(host: str, port: int, *, command: str, named: str, advice: str) -> socket.socket:
    """A socket that listens; port 0 is any that is free.

    Raises `OutputError`, which says for the command that is `named` where it cannot listen, and what to do.
    """
    # By name, or asyncio does not see that it is TCP, and answers wait 40 ms for Nagle's algorithm.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it would let another program listen at the same port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(WAITING)
    except OSError as refusal:
        made.close()
        problem = f"cannot listen on {named}: {refusal.strerror}; {advice}"
        raise OutputError(Fault(Place(command), problem)) from None
    return made
