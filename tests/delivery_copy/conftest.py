"""Places of both kinds: a file in memory, and a schema of a PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.delivery import servers

Fresh = Callable[[str], str]
_numbers = itertools.count(1)


@pytest.fixture
def fresh(server: str, quick_folder: Path) -> Fresh:
    """Makes a place of a kind where nothing is yet."""

    def make(kind: str) -> str:
        number = next(_numbers)
        if kind == "sqlite":
            return f"sqlite:{quick_folder / f'ledger{number}.db'}"
        return servers.fresh(server, f"copy{number}")

    return make
