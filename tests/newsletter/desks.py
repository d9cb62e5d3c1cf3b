"""A newsletter's desk over articles made by hand, and issues frozen from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from feeds.article import Article
from feeds.config import NewsletterSettings, PublicationSettings, Sender
from feeds.library import Library, newest_first
from feeds.newsletter.desk import Desk
from feeds.newsletter.frozen import Frozen
from tests.newsletter.examples import make_story

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PUBLICATION = PublicationSettings(title="Example news", url="https://example.org/")


def make_settings(**fields: Any) -> NewsletterSettings:
    return NewsletterSettings.model_validate(
        {"sender": Sender(name="Example news", email="news@example.org"), **fields}
    )


def make_desk(articles: Iterable[Article], issues: Sequence[Frozen] = (), **fields: Any) -> Desk:
    """The desk of the newsletter weekly; `fields` are its settings."""
    library = Library(PUBLICATION, newest_first(articles))
    return Desk(name="weekly", settings=make_settings(**fields), library=library, issues=issues, now=NOW)


def approved(desk: Desk) -> Desk:
    """The desk after its next issue was drafted and approved."""
    drafted = replace(desk, issues=(*desk.issues, desk.draft().issue))
    return replace(drafted, issues=(*desk.issues, drafted.approve(by="Ann")))


def story(number: int, *tags: str, **fields: Any) -> Article:
    """The article of a number, the higher the older, with tags."""
    return make_story(number, **{"file": f"content/{number}.md", "tags": tags, **fields})


def numbers(articles: Iterable[Article]) -> list[int]:
    """The articles by the numbers of their titles."""
    return [int(article.title.removeprefix("Story ")) for article in articles]
