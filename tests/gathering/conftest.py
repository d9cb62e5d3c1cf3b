"""A project with sources, and a web that holds what a test puts there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from feeds.errors import Fault, FetchError, Place
from feeds.gathering import Gathered, Wish, gather
from feeds.network.fetching import Fetched
from tests.conftest import NOW, SETTINGS, Project


@dataclass
class Web:
    """What stands at each address; what stands nowhere cannot be fetched."""

    pages: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, bool]] = field(default_factory=list)
    """Each address that was asked, and whether it might be private."""
    etags: bool = False

    def __call__(
        self, address: str, *, private: bool = False, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        self.asked.append((address, private))
        if address not in self.pages:
            raise FetchError(Fault(Place(address), "answers 404 Not Found"))
        content = self.pages[address].encode()
        etag = f'"{hash(content)}"' if self.etags else ""
        unchanged = bool(etag) and (headers or {}).get("if-none-match") == etag
        return Fetched(address, b"" if unchanged else content, "", etag, unchanged=unchanged)


@dataclass
class Sources:
    """A project, its sources, and the web that they are in."""

    project: Project
    web: Web = field(default_factory=Web)
    environment: dict[str, str] = field(default_factory=dict)

    def settings(self, text: str, newsletter: bool = False) -> Sources:
        """Write feeds.toml with these sources; a newsletter takes its time in each build."""
        start = SETTINGS if newsletter else SETTINGS.partition("[newsletter")[0]
        self.project.write("feeds.toml", start + text)
        return self

    def fetch(self, *names: str, now: datetime = NOW, keep_going: bool = False) -> list[Gathered]:
        """Ask the sources."""
        wish = Wish(now, self.web, self.environment, keep_going)
        settings = self.project.load().settings
        return list(gather(self.project.root, settings, names, wish, lambda done, total: None))

    def said(self, *names: str, **wishes: Any) -> list[str]:
        """Ask the sources, and give what is wrong, as a person sees it."""
        return [str(fault) for one in self.fetch(*names, **wishes) for fault in one.faults]

    def titles(self) -> list[str]:
        """What a build has, newest first; nothing must be wrong."""
        collected = self.project.collect()
        assert collected.faults == ()
        return [article.title for article in collected.library.articles]

    def build(self, now: datetime = NOW) -> None:
        """Build."""
        self.project.load().build(now)

    def output(self, path: str = "news/atom.xml") -> str:
        """A file that was built."""
        return (self.project.root / "public" / path).read_text("utf-8")

    def kept(self, name: str = "them") -> str:
        """What was fetched of a source."""
        return (self.project.root / f"fetched/{name}.jsonl").read_text("utf-8")


@pytest.fixture
def sources(project: Project) -> Sources:
    """A project without articles of its own."""
    return Sources(project)


def entry(id: str, title: str = "A title", day: int = 1, body: str = "Text.", more: str = "") -> str:
    """An entry of an Atom feed."""
    return (
        f"<entry><id>{id}</id><title>{title}</title><link href='https://them.example.org/{day}/{id[-3:]}'/>"
        f"<updated>2026-10-{day:02}T10:00:00Z</updated>"
        f"<content type='html'>&lt;p&gt;{body}&lt;/p&gt;</content>{more}</entry>"
    )


def atom(*entries: str, title: str = "Their news") -> str:
    """An Atom feed."""
    return (
        f"<feed xmlns='http://www.w3.org/2005/Atom'><id>tag:them.example.org,2026:feed</id>"
        f"<title>{title}</title><updated>2026-10-31T10:00:00Z</updated>"
        f"<link href='https://them.example.org/'/>{''.join(entries)}</feed>"
    )


def opml(*addresses: str) -> str:
    """A list of feeds."""
    lines = "".join(f"<outline type='rss' text='x' xmlUrl='{address}'/>" for address in addresses)
    return f"<opml version='2.0'><head><title>x</title></head><body>{lines}</body></opml>"
