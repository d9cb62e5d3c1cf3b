"""Why an article is in the next issue of a newsletter, or is not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from feeds.article import Article
from feeds.config import NewsletterSettings
from feeds.errors import ContentError, Fault, Place
from feeds.issue import Issue
from feeds.library import Library, chosen, speaks

_KEYS = ("tag", "author", "language", "source")


@dataclass(frozen=True)
class Verdict:
    """What becomes of one article in one newsletter's next issue."""

    newsletter: str
    article: Article
    reason: str
    """In a few words: “lead”, “carried by issue 6”, “not out before 2026-12-01” …"""
    included: bool = False

    def __str__(self) -> str:
        return f"{self.article.file or self.article.url}: {self.reason}"


@dataclass(frozen=True)
class Circumstances:
    """What an article's fate depends on."""

    newsletter: str
    settings: NewsletterSettings
    library: Library
    """Every article, also what is not out."""
    carried: Mapping[str, str]
    """Id of each article that an issue has carried, to how that issue is called."""
    now: datetime


def verdicts(made: Mapping[str, Issue], around: Circumstances) -> Iterator[Verdict]:
    """One for each article: first those that the variants carry, in their order, then the others."""
    roles: dict[str, str] = {}
    for issue in made.values():
        for article in issue.articles:
            roles.setdefault(article.id, "lead" if article is issue.lead else "item")
    ranks = {id: rank for rank, id in enumerate(roles)}
    for article in sorted(around.library.articles, key=lambda article: ranks.get(article.id, len(ranks))):
        reason = roles.get(article.id) or next(_obstacles(article, made, around))
        yield Verdict(around.newsletter, article, reason, article.id in roles)


def named(library: Library, wanted: str) -> Article:
    """The article with a file, an id or an address. Raises `ContentError` where there is none."""
    folder = f"{library.publication.content}/"
    for article in library.articles:
        if wanted in (article.id, article.url, article.file, article.file.removeprefix(folder)):
            return article
    raise ContentError(Fault(Place(wanted), "is no article's file, id or address here"))


def _obstacles(article: Article, made: Mapping[str, Issue], around: Circumstances) -> Iterator[str]:
    """What keeps an article out, the most lasting first; at last, that there is no room."""
    zone = ZoneInfo(around.library.publication.timezone)
    if article.id in around.carried:
        yield f"carried by {around.carried[article.id]}"
    if article.draft:
        yield "is a draft"
    if article.published > around.now:
        yield f"not out before {article.published.astimezone(zone):%Y-%m-%d %H:%M}"
    if article.expires and article.expires <= around.now:
        yield f"expired on {article.expires.astimezone(zone):%Y-%m-%d}"
    yield from _unselected(article, around)
    if _has_issue(article, made, around.settings):
        yield f"beyond the limit of {around.settings.items}; it waits for a later issue"
    yield f"waits: an issue needs {around.settings.least} new articles"


def _unselected(article: Article, around: Circumstances) -> Iterator[str]:
    settings = around.settings
    for key in _KEYS:
        only = settings.select.model_copy(update={other: () for other in _KEYS if other != key})
        if not any(chosen([article], only)):
            yield f"not selected: its {key} is not {_either(getattr(only, key))}"
    alone = Library(around.library.publication, (article,))
    if not any(alone.eligible(settings.model_copy(update={"since": None}))):
        yield f"not selected: its language is not {_either(settings.languages)}"
    if not any(alone.eligible(settings)):
        yield f"not selected: it is from before {settings.since}"


def _has_issue(article: Article, made: Mapping[str, Issue], settings: NewsletterSettings) -> bool:
    """Whether there is an issue for readers of this article."""
    languages = {key.partition(",")[0] for key in made}
    return bool(made) and (not settings.languages or any(speaks(article, language) for language in languages))


def _either(values: Collection[str]) -> str:
    return " or ".join(values)
