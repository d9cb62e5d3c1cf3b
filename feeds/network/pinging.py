"""Pinging: telling a WebSub hub which feeds have changed, once they are where everybody can read them.

Only topics whose bytes are others than at the last ping are told (W3C WebSub section 6), so that to
ping twice costs a hub nothing. What was told stands in the output's own folder, in `.feeds/pings.json`;
what failed does not, and is told the next time. Building never pings: what is built is not yet public.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from feeds.errors import Fault, FetchError, OutputError, Place
from feeds.publishing import OURS, replace_file

FILE_NAME = "pings.json"

Digests = Mapping[str, str]
"""A topic's address (its feed's rel=self) to the sha256 of its bytes."""
Post = Callable[[str, Mapping[str, str]], object]
"""Sends a form to an address. Raises `FetchError`."""


@dataclass(frozen=True)
class Ping:
    """What became of telling the hub of one topic."""

    topic: str
    faults: tuple[Fault, ...] = ()

    @property
    def arrived(self) -> bool:
        """Whether the hub has taken it."""
        return not self.faults


def tell(hub: str, files: Mapping[str, Path], output: Path, post: Post) -> tuple[Ping, ...]:
    """Tell a hub of each topic whose file has changed since it took the last ping, and remember.

    Raises `OutputError` where a file cannot be read, or the memory not written.
    """
    now, before = digests(files), remembered(output)
    pings = ping(hub, changed(now, before), post)
    remember(told(now, before, pings), output)
    return pings


def digests(files: Mapping[str, Path]) -> Digests:
    """The digest of each topic's file. Raises `OutputError` with every file that cannot be read."""
    found, faults = {}, []
    for topic, file in files.items():
        try:
            found[topic] = hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError as refusal:
            problem = f"cannot be read: {refusal.strerror}; run `feeds build` first"
            faults.append(Fault(Place(str(file)), problem))
    if faults:
        raise OutputError(faults)
    return found


def changed(now: Digests, remembered: Digests) -> tuple[str, ...]:
    """The topics that a hub does not know as they are now."""
    return tuple(topic for topic, digest in now.items() if remembered.get(topic) != digest)


def ping(hub: str, topics: Iterable[str], post: Post) -> tuple[Ping, ...]:
    """Tell a hub of each topic. What it refuses is in the results, and stops nothing."""
    return tuple(_ping(hub, topic, post) for topic in topics)


def told(now: Digests, remembered: Digests, pings: Iterable[Ping]) -> Digests:
    """What a hub knows after these pings; topics that are no more are forgotten."""
    arrived = {ping.topic for ping in pings if ping.arrived}
    return {
        topic: digest if topic in arrived else remembered[topic]
        for topic, digest in now.items()
        if topic in arrived or topic in remembered
    }


def remembered(output: Path) -> Digests:
    """What was told so far; nothing where the file is lost or spoilt, for a ping too many does no harm."""
    try:
        found = json.loads((output / OURS / FILE_NAME).read_text("utf-8"))
        return {str(topic): str(digest) for topic, digest in found.items()}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}


def remember(told: Digests, output: Path) -> None:
    """Keep what was told. Raises `OutputError` where the disk refuses."""
    text = json.dumps(dict(sorted(told.items())), indent=0, ensure_ascii=False) + "\n"
    replace_file(output / OURS / FILE_NAME, text.encode())


def _ping(hub: str, topic: str, post: Post) -> Ping:
    # The specification leaves the form open. hub.url is what PubSubHubbub 0.4 (section 7.1) has and
    # every hub takes; hub.topic is what some of the later ones ask for.
    try:
        post(hub, {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic})
    except FetchError as refusal:
        return Ping(topic, refusal.faults)
    return Ping(topic)
