"""Work in a process of its own gives what it gives here, whatever becomes of the process."""

from __future__ import annotations

import os
import signal
import threading
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.hands import away, hands, shares

HERE = os.getpid()


def squares(numbers: range) -> list[int]:
    """Some work that says whose it was."""
    return [os.getpid() != HERE, *(number**2 for number in numbers)]


def only_here(how: str) -> str:
    """Some work that no other process ends well."""
    if os.getpid() != HERE:
        if how == "is killed":
            os.kill(os.getpid(), signal.SIGKILL)
        raise MemoryError
    return how


def test_each_work_has_a_process_and_gives_its_outcome_in_order() -> None:
    works = [partial(squares, range(number)) for number in (2, 3)]
    with away(works) as outcomes:
        assert list(outcomes) == [[True, 0, 1], [True, 0, 1, 4]]


@pytest.mark.parametrize("how", ["is killed", "raises"])
def test_what_a_process_cannot_hand_over_is_done_here(how: str) -> None:
    with away([partial(only_here, how)]) as outcomes:
        assert list(outcomes) == [how]


def test_what_is_wrong_with_the_work_is_raised_where_it_is_waited_for() -> None:
    with away([partial(int, "x")]) as outcomes, pytest.raises(ValueError, match="invalid literal"):
        next(outcomes)


def children() -> set[str]:
    """The processes that we have begun and not ended."""
    return {
        child
        for task in Path("/proc/self/task").iterdir()
        for child in (task / "children").read_text().split()
    }


def test_nothing_is_left_behind_where_nobody_waits() -> None:
    before = children()
    with pytest.raises(KeyError), away([partial(threading.Event().wait, 60)]):
        assert len(children() - before) == 1
        raise KeyError
    assert children() == before


def test_where_no_process_is_to_be_had_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refused)
    with away([partial(squares, range(2))]) as outcomes:
        assert list(outcomes) == [[False, 0, 1]]


def test_beside_other_threads_nothing_is_forked() -> None:
    still = threading.Event()
    thread = threading.Thread(target=still.wait)
    thread.start()
    assert hands() == 1
    still.set()
    thread.join()


@given(st.lists(st.integers()), st.integers(1, 9))
def test_shares_are_the_whole_in_order_and_nearly_equal(whole: list[int], number: int) -> None:
    parts = shares(whole, number)
    assert [one for part in parts for one in part] == whole
    assert len(parts) == number
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
