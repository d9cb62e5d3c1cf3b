"""An issue: the articles that one mail of a newsletter carries, in the order in which it shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Literal

from feeds.article import Article
from feeds.config import Sender


@dataclass(frozen=True, kw_only=True)
class Issue:
    """What one issue of a newsletter carries: a lead story, further items, and who sends it."""

    newsletter: str
    title: str
    subject: str
    """A pattern with {title}, {lead}, {date} and {number}."""
    language: str
    timezone: str
    lead: Article
    items: tuple[Article, ...]
    """The further articles, group by group and newest first, without the lead."""
    home: str
    news: str
    """The page with all news."""
    sender: Sender
    unsubscribe: str
    web: str
    """Where this issue can be read on the web."""
    template: str
    accent: str
    number: int | None = None
    """Which one it is, from 1 on; None for a mere look at what would be in it."""
    dated: datetime | None = None
    """Its day, where it is not that of its newest article: that of all variants together."""
    introduction: str = ""
    """What the editor says before all else, as safe HTML."""
    group: Literal["tag", "language"] | None = None
    """What the items are grouped by."""
    topics: tuple[str, ...] = ()
    """The tags that make a group, in their order; if there are none, each item's first tag."""
    reply_to: str | None = None
    imprint: str | None = None
    logo: str | None = None

    @property
    def articles(self) -> tuple[Article, ...]:
        """The lead and the items, in the order in which they are shown."""
        return (self.lead, *self.items)

    @property
    def date(self) -> datetime:
        """The day of the newest article: content's own date, never the clock's."""
        return self.dated or max(article.published for article in self.articles)

    @property
    def groups(self) -> tuple[tuple[str, tuple[Article, ...]], ...]:
        """The items under their headings: a tag or language, or nothing for what is left."""
        parts = groupby(self.items, lambda article: heading(article, self).casefold())
        together = (tuple(articles) for _, articles in parts)
        return tuple((heading(articles[0], self), articles) for articles in together)

    def arranged(self, lead: Article, others: Sequence[Article]) -> Issue:
        """The same issue with other articles: `others` group by group, and as they come within a group.

        Groups stand in the order of the topics, or of their first item; what has none is last. Of
        languages the issue's own is first.
        """
        headings = [heading(article, self).casefold() for article in others]
        first = self.topics if self.group == "tag" else (self.language.partition("-")[0],)
        known = (name.casefold() for name in first)
        order = {name: rank for rank, name in enumerate(dict.fromkeys([*known, *filter(None, headings), ""]))}
        ranked = sorted(zip(headings, others, strict=True), key=lambda pair: order[pair[0]])
        return replace(self, lead=lead, items=tuple(article for _, article in ranked))


def heading(article: Article, issue: Issue) -> str:
    """What an item stands under: a tag, a language, or nothing."""
    if issue.group == "language":
        return article.language.partition("-")[0]
    if issue.group == "tag":
        own = {tag.casefold() for tag in article.tags}
        known = issue.topics or article.tags[:1]
        return next((topic for topic in known if topic.casefold() in own), "")
    return ""


def page(name: str, number: int | None, suffix: str) -> str:
    """Where an issue stands on the web, below the publication's url."""
    return f"newsletters/{name}/{'next' if number is None else f'{number:04}'}{suffix}.html"
