"""Ledgers of all three kinds, each fresh, with a clock that a test can turn."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from feeds.delivery.ledger import Ledger, open_ledger
from feeds.delivery.memory import MemoryLedger
from tests.delivery import servers
from tests.delivery.examples import FakeClock

_numbers = itertools.count(1)
Kind = str
MakeWhere = Callable[[str], str]


@pytest.fixture
def clock() -> FakeClock:
    """Noon of a Sunday, until a test turns it."""
    return FakeClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, quick_folder: Path) -> str:
    """Where a fresh ledger can be opened, in each kind of database."""
    if request.param == "sqlite":
        return str(quick_folder / "ledger.db")
    return servers.fresh(request.getfixturevalue("server"), f"t{next(_numbers)}")


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, clock: FakeClock, quick_folder: Path) -> Iterator[Ledger]:
    """A fresh ledger of each kind."""
    made: Ledger
    if request.param == "memory":
        made = MemoryLedger(clock=clock)
    elif request.param == "sqlite":
        made = open_ledger(str(quick_folder / "ledger.db"), clock=clock)
    else:
        address = servers.fresh(request.getfixturevalue("server"), f"t{next(_numbers)}")
        made = open_ledger(address, clock=clock)
    yield made
    made.close()
