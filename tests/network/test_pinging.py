"""Telling a hub: what changed and nothing else, again where it failed, and never a private address."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from feeds.errors import Fault, FetchError, OutputError, Place
from feeds.network.fetching import post
from feeds.network.pinging import changed, digests, ping, remember, remembered, tell, told

HUB = "https://hub.example.net/"
ATOM, RSS = "https://news.example.org/atom.xml", "https://news.example.org/rss.xml"


class Hub:
    """A hub that takes every topic but those it is said to refuse."""

    def __init__(self, *refused: str) -> None:
        self.refused = set(refused)
        self.heard: list[str] = []

    def __call__(self, address: str, fields: Mapping[str, str]) -> None:
        assert address == HUB
        topic = fields["hub.url"]
        assert fields == {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}
        self.heard.append(topic)
        if topic in self.refused:
            raise FetchError(Fault(Place(HUB), "answers 500 Internal Server Error"))


def run(output: Path, hub: Hub, files: Mapping[str, Path]) -> list[str]:
    """What `feeds publish-ping` does; the faults."""
    return [str(fault) for one in tell(HUB, files, output, hub) for fault in one.faults]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Two topics and their files."""
    made = {ATOM: tmp_path / "atom.xml", RSS: tmp_path / "rss.xml"}
    for file in made.values():
        file.write_text("1")
    return made


def test_only_what_changed_is_told(tmp_path: Path, files: dict[str, Path]) -> None:
    hub = Hub()
    assert run(tmp_path, hub, files) == []
    assert hub.heard == [ATOM, RSS]
    run(tmp_path, hub, files)
    assert hub.heard == [ATOM, RSS]
    files[RSS].write_text("2")
    run(tmp_path, hub, files)
    assert hub.heard == [ATOM, RSS, RSS]


def test_what_failed_is_told_the_next_time(tmp_path: Path, files: dict[str, Path]) -> None:
    hub = Hub(ATOM)
    assert run(tmp_path, hub, files) == [f"{HUB}: answers 500 Internal Server Error"]
    assert hub.heard == [ATOM, RSS]
    hub.refused.clear()
    run(tmp_path, hub, files)
    run(tmp_path, hub, files)
    assert hub.heard == [ATOM, RSS, ATOM]


def test_an_old_ping_counts_until_a_new_one_arrives() -> None:
    before = {ATOM: "1", RSS: "1"}
    now = {ATOM: "2", RSS: "1"}
    assert changed(now, before) == (ATOM,)
    assert told(now, before, ping(HUB, [ATOM], Hub(ATOM))) == before
    assert told(now, before, ping(HUB, [ATOM], Hub())) == now


def test_topics_that_are_no_more_are_forgotten() -> None:
    assert told({ATOM: "1"}, {ATOM: "1", RSS: "1"}, ()) == {ATOM: "1"}


@pytest.mark.parametrize("spoilt", ["", "{", "[]", "1", '{"a": ', "\x00", "[" * 100_000])
def test_a_spoilt_memory_is_none(tmp_path: Path, files: dict[str, Path], spoilt: str) -> None:
    memory = tmp_path / ".feeds" / "pings.json"
    memory.parent.mkdir()
    memory.write_text(spoilt)
    hub = Hub()
    assert run(tmp_path, hub, files) == []
    assert hub.heard == [ATOM, RSS]
    assert remembered(tmp_path) == digests(files)


def test_the_memory_is_one_line_a_topic_and_sorted(tmp_path: Path) -> None:
    remember({RSS: "2", ATOM: "1"}, tmp_path)
    assert (tmp_path / ".feeds/pings.json").read_text() == f'{{\n"{ATOM}": "1",\n"{RSS}": "2"\n}}\n'


def test_what_is_not_built_is_not_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as refusal:
        digests({ATOM: tmp_path / "atom.xml", RSS: tmp_path / "rss.xml"})
    assert [str(fault) for fault in refusal.value.faults] == [
        f"{tmp_path}/atom.xml: cannot be read: No such file or directory; run `feeds build` first",
        f"{tmp_path}/rss.xml: cannot be read: No such file or directory; run `feeds build` first",
    ]


@pytest.mark.parametrize(
    "hub", ["http://127.0.0.1:9/", "http://[::1]/", "http://169.254.169.254/", "file:///x"]
)
def test_F15_a_private_hub_is_refused(hub: str) -> None:
    [refused] = ping(hub, [ATOM], post)
    assert not refused.arrived
    assert [fault.where.file for fault in refused.faults] == [hub]


def test_another_error_is_no_result() -> None:
    def broken(address: str, fields: Mapping[str, str]) -> None:
        raise KeyError(address)

    with pytest.raises(KeyError):
        ping(HUB, [ATOM], broken)
