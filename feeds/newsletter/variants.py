"""Variants: one issue as the readers of each language and each set of topics get it.

Two readers who get the same articles in the same language get the same variant, and each variant is
made once. With 6 topics there are 64 sets to choose, and most weeks a handful of variants.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from feeds import config
from feeds.article import Article
from feeds.config import NewsletterSettings
from feeds.errors import Fault, Place, SettingsError
from feeds.issue import Issue
from feeds.library import Library, holding

MOST = 200
"""Variants of one issue. Each takes about 12 ms and 100 KB; beyond it topics are hardly what is meant."""


def variants(
    name: str,
    settings: NewsletterSettings,
    library: Library,
    carried: Collection[str] = (),
    *,
    number: int | None = None,
) -> dict[str, Issue]:
    """The next issue by the key of each variant; empty where no language has enough to tell.

    A key is a language (all articles in it), or the language and topics: `en,space,trade`. Ask
    `library.at(now)` first. Raises `SettingsError` beyond `MOST` variants.
    """
    made: dict[str, Issue] = {}
    for language in settings.languages or (None,):
        if whole := library.issue(name, settings, carried, number=number, language=language):
            made |= _narrowed(whole, language or whole.language, settings, made)
    newest = max((issue.date for issue in made.values()), default=None)
    return {key: replace(issue, dated=newest) for key, issue in made.items()}


def concerned(article: Article, topics: Sequence[str]) -> tuple[str, ...]:
    """Those of the topics that an article is about."""
    own = {tag.casefold() for tag in article.tags}
    return tuple(topic for topic in topics if topic.casefold() in own)


def _narrowed(
    whole: Issue, language: str, settings: NewsletterSettings, before: Mapping[str, Issue]
) -> dict[str, Issue]:
    """The whole issue, and what is left of it for each set of topics that makes a difference."""
    sets = _sets(whole, settings.topics)
    if len(sets) + len(before) > MOST:
        place = Place(config.FILE_NAME, field=f"newsletter.{whole.newsletter}.topics")
        problem = f"make more than {MOST} variants of issue {whole.number}; name fewer topics, or fewer items"
        raise SettingsError(Fault(place, problem))
    return {
        ",".join((language, *topics)): _part(whole, ids) if topics else whole for ids, topics in sets.items()
    }


def _sets(whole: Issue, topics: Sequence[str]) -> dict[frozenset[str], tuple[str, ...]]:
    """The articles (by id) of each variant, with the fewest topics that choose them; all: none."""
    everything = frozenset(article.id for article in whole.articles)
    found: dict[frozenset[str], tuple[str, ...]] = {frozenset(): ()}
    for topic in topics:
        about = frozenset(article.id for article in whole.articles if concerned(article, (topic,)))
        for ids, chosen in list(found.items()):
            found.setdefault(ids | about, (*chosen, topic))
        if len(found) > MOST + 2:
            break  # too many already, and each further topic may double them
    return {everything: ()} | {ids: chosen for ids, chosen in found.items() if ids and ids != everything}


def _part(whole: Issue, ids: Collection[str]) -> Issue:
    kept = [article for article in whole.articles if article.id in ids]
    return holding(whole, kept, whole.lead if whole.lead.id in ids else None)
