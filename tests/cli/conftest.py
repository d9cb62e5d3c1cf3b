"""The command line within the test's own process: what it printed, said and gave back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from feeds.cli import main
from tests.conftest import SETTINGS, Project


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    status: int
    out: str
    talk: str


Feeds = Callable[..., Ran]


@pytest.fixture
def newsroom(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with one newsletter, and nothing in the environment that leads elsewhere."""
    for variable in ("FEEDS_LEDGER", "FEEDS_KEY", "FEEDS_DKIM_RSA", "FEEDS_DKIM_ED25519"):
        monkeypatch.delenv(variable, raising=False)
    return project


@pytest.fixture
def feeds(newsroom: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Feeds:
    """Runs a command in the project; whatever it does, stderr names nobody whom the operator did not."""

    def run(*arguments: str | Path, stdin: bytes = b"") -> Ran:
        given = [str(argument) for argument in arguments]
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        monkeypatch.chdir(newsroom.root)
        try:
            status = main(given)
        except SystemExit as usage:
            status = int(usage.code or 0)
        out, talk = capsys.readouterr()
        for address in re.findall(r"[\w.+-]+@[\w.-]+", talk):
            assert any(address in argument for argument in given), talk
        return Ran(status, out, talk)

    return run


TWO = (
    SETTINGS
    + """
[newsletter.daily]
sender = { name = "Example news", email = "daily@mail.example.org" }
topics = ["space", "Trade"]
languages = ["en", "fr"]
"""
)


@pytest.fixture
def two(newsroom: Project) -> Project:
    """The project with a second newsletter, whose readers may choose."""
    newsroom.write("feeds.toml", TWO)
    return newsroom
