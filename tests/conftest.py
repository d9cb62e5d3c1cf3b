"""A project in a temporary folder, and articles without one, for all tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from feeds.article import Article, Person
from feeds.publication import Collected, Publication, load

# These machines are shared and noisy: how long an example takes says nothing. FEEDS_EXAMPLES asks for more.
settings.register_profile("untimed", deadline=None, max_examples=int(os.environ.get("FEEDS_EXAMPLES", "50")))
settings.load_profile("untimed")

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

SETTINGS = """\
[publication]
title = "Example news"
url = "https://example.org/"

[feed.news]

[newsletter.weekly]
sender = { name = "Example news", email = "news@example.org" }
"""


@dataclass(frozen=True)
class Project:
    """A folder with a feeds.toml, to be written to as an editor would."""

    root: Path

    def write(self, path: str, content: str | bytes) -> Path:
        """Write one file below the project's folder."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def article(self, name: str = "a.md", head: str = "", body: str = "Text.\n") -> Path:
        """Write one article that is all right but for what `head` adds."""
        fields = "" if "title:" in head else "title: A title\n"
        fields += "" if "published:" in head else "published: 2026-11-01\n"
        return self.write(f"content/{name}", f"---\n{fields}{head}\n---\n{body}")

    def load(self) -> Publication:
        """The project, opened."""
        return load(self.root)

    def collect(self, now: datetime = NOW) -> Collected:
        """All of its articles and faults."""
        return self.load().collect(now)

    def faults(self) -> list[str]:
        """Each fault as a person sees it."""
        return [str(fault) for fault in sorted(self.collect().faults)]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project: settings, and no article yet."""
    made = Project(tmp_path / "project")
    made.write("feeds.toml", SETTINGS)
    (made.root / "content").mkdir()
    return made


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL, started when first asked for; each test makes a schema of its own."""
    from tests.delivery import servers

    with servers.postgresql() as address:
        yield address


@pytest.fixture
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is one: these tests kill processes, and never the machine."""
    shared = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="feeds-", dir=shared if shared.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


ArticleMaker = Callable[..., Article]


@pytest.fixture
def article() -> ArticleMaker:
    """Makes an article with whatever fields a test cares about."""
    return make_article


def make_article(**fields: Any) -> Article:
    """An article with a default for whatever is not given."""
    moment = datetime(2026, 11, 1, 9, tzinfo=UTC)
    published = fields.get("published", moment)
    given: dict[str, Any] = {
        "id": "tag:example.org,2026-11-01:/a/",
        "url": "https://example.org/a/",
        "title": "A title",
        "published": published,
        "updated": published,
        "language": "en",
        "authors": (Person(name="The newsroom"),),
        "body": "Text.",
        "base": "https://example.org/a.md",
        "file": "content/a.md",
        **fields,
    }
    return Article(**given)
