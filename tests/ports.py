"""Ports for servers that have to be told theirs before they listen.

They lie below those that systems hand out by themselves (Linux from 32768 on), or somebody else could
be given one between the question and the answer; and each process of tests begins at a place of its own.
"""

from __future__ import annotations

import itertools
import os
import socket

_numbers = itertools.cycle(range(20_000, 30_000))
_ours = itertools.islice(_numbers, os.getpid() * 97 % 10_000, None)


def free_port() -> int:
    """A port of this machine at which nobody listens, and that nobody is given by chance."""
    return next(port for port in _ours if _is_free(port))


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
