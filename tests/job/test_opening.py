"""Where a project's ledger is, and what is said where it cannot be had."""

from __future__ import annotations

import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import text

from feeds.delivery.ledger.sql import SqlLedger
from feeds.errors import DeliveryError
from feeds.job.opening import opened
from tests.delivery.examples import person


def refusal(folder: Path, where: str = "") -> str:
    """What is said where the ledger cannot be opened: one line."""
    with pytest.raises(DeliveryError) as refused, opened(folder, {"FEEDS_LEDGER": where}):
        raise AssertionError("it was opened")
    assert str(refused.value).count("\n") == 0
    return str(refused.value)


def test_a_ledger_is_made_where_only_its_owner_reads_and_git_does_not_look(tmp_path: Path) -> None:
    with opened(tmp_path, {}) as ledger:
        ledger.add("weekly", person("a@example.org"))
        home = tmp_path / ".feeds"
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert stat.S_IMODE((home / "ledger.db").stat().st_mode) == 0o600
        assert (home / ".gitignore").read_text() == "*\n"
    with opened(str(tmp_path), {"FEEDS_LEDGER": " "}) as ledger:
        assert ledger.find("weekly", "a@example.org")
    with opened(tmp_path / "elsewhere", {"FEEDS_LEDGER": str(home / "ledger.db")}) as ledger:
        assert ledger.find("weekly", "a@example.org")
    assert not (tmp_path / "elsewhere").exists()


def test_what_the_owner_wrote_in_gitignore_stays(tmp_path: Path) -> None:
    (tmp_path / ".feeds").mkdir()
    (tmp_path / ".feeds/.gitignore").write_text("mine")
    with opened(tmp_path, {}):
        assert (tmp_path / ".feeds/.gitignore").read_text() == "mine"


def test_it_is_closed_whatever_happens(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), opened(tmp_path, {}) as ledger:
        ledger.add("weekly", person("a@example.org"))
        raise ZeroDivisionError
    assert not (tmp_path / ".feeds/ledger.db-wal").exists()


def test_G08_a_folder_in_the_files_place_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".feeds/ledger.db").mkdir(parents=True)
    assert refusal(tmp_path) == f"{tmp_path}/.feeds/ledger.db: cannot be opened: Is a directory"
    other = tmp_path / "b"
    other.mkdir()
    (other / ".feeds").write_text("a file")
    assert refusal(other) == f"{other}/.feeds/ledger.db: cannot be opened: File exists"


@pytest.mark.parametrize("content", [b"no ledger", b"%PDF-1.7", b"SQLite", b"\0" * 5000])
def test_a_file_that_is_no_ledger_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.db"
    file.write_bytes(content)
    assert refusal(tmp_path, str(file)) == f"{file}: is no ledger; name another file"
    assert file.read_bytes() == content


@pytest.mark.parametrize("where", ["mysql://u:secret@localhost/db", "https://secret.example.org/x"])
def test_what_is_neither_a_file_nor_postgresql_is_refused(tmp_path: Path, where: str) -> None:
    assert refusal(tmp_path, where) == (
        "FEEDS_LEDGER: names neither a file nor postgresql://user@host/database"
    )
    assert not list(tmp_path.iterdir())


def test_S12_a_newer_schema_is_refused_by_name(tmp_path: Path) -> None:
    with opened(tmp_path, {}) as ledger:
        assert isinstance(ledger, SqlLedger)
        with ledger.database.writing("test") as unit:
            unit.connection.execute(text("INSERT INTO schema_version VALUES (99, 0)"))
    told = refusal(tmp_path)
    assert told.startswith(f"{tmp_path}/.feeds/ledger.db: has schema 99, and this version of feeds knows")


def test_a_postgresql_that_is_not_there_is_one_line_without_its_password(tmp_path: Path) -> None:
    told = refusal(tmp_path, "postgresql://reader:secret@127.0.0.1:1/feeds")
    assert told.startswith("FEEDS_LEDGER: does not answer")
    assert "secret" not in told and "reader" not in told
    told = refusal(tmp_path, "postgresql://reader:secret@example.org:port/feeds")
    assert told == "FEEDS_LEDGER: has no good address; write postgresql://user@host/database"


def test_a_server_that_is_no_postgresql_is_one_line(tmp_path: Path) -> None:
    """It takes the connection, and says something else."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(100)
                    connection.sendall(b"220 mail.example.org ESMTP\r\n")

        Thread(target=answer, daemon=True).start()
        told = refusal(tmp_path, f"postgresql://reader@127.0.0.1:{server.getsockname()[1]}/feeds")
    assert told.startswith("FEEDS_LEDGER: does not answer")


NOBODY = 65534


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may do everything, so it is somebody else for a while."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize(("folder", "file"), [(0o555, None), (0o000, None), (0o755, 0o000), (0o755, 0o444)])
def test_G08_what_may_not_be_written_is_one_line(folder: int, file: int | None) -> None:
    with tempfile.TemporaryDirectory(prefix="feeds-") as made:
        root = Path(made)
        root.chmod(0o755)
        home = root / ".feeds"
        home.mkdir()
        if file is not None:
            (home / "ledger.db").touch()
            (home / "ledger.db").chmod(file)
        home.chmod(folder)
        with as_nobody():
            told = refusal(root)
        home.chmod(0o755)
    assert told == f"{home}/ledger.db: cannot be opened: Permission denied"
