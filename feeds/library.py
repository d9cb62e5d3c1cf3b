"""The library: every article, newest first, and the ways to choose from it.

Choosing is pure: the same articles, settings and `now` give the same `Feed` and the same `Issue`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import product
from operator import attrgetter
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from feeds.article import Article, Person
from feeds.config import OURS, FeedSettings, NewsletterSettings, PublicationSettings, Selection
from feeds.issue import Issue as Issue  # noqa: PLC0414 - it belongs here too
from feeds.issue import page
from feeds.podcast import Podcast

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was updated: content knows no better, and the clock is not asked."""


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What one feed shows, whatever it is written as. Addresses are absolute."""

    name: str
    title: str
    description: str
    language: str
    home: str
    """The web page that the feed belongs to."""
    authors: tuple[Person, ...]
    entries: tuple[Article, ...]
    full: bool
    """Whether the whole text goes out, or the summary only."""
    files: Mapping[str, str]
    """Format to the path of its file below the publication's url."""
    base: str
    id: str | None = None
    """An IRI that never changes (RFC 4287 section 4.2.6); where there is none, the live address."""
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Relation to other documents of this feed (RFC 5005), to the path of their file in each format."""
    archive: bool = False
    """Whether this is a page of the archive, and not the live document."""
    sealed: bool = False
    """Whether it is a page that never changes any more."""
    podcast: Podcast | None = None
    """What it says of itself as a podcast; its image is absolute."""
    hub: str | None = None
    """A WebSub hub, which tells subscribers at once."""
    withdrawn: tuple[tuple[str, datetime], ...] = ()
    """Ids of entries that were withdrawn, and when (RFC 6721)."""
    rights: str | None = None
    icon: str | None = None
    logo: str | None = None

    def but(self, **changes: Any) -> Feed:
        """The feed with something changed."""
        return replace(self, **changes)

    @property
    def updated(self) -> datetime:
        """When the newest change among the entries was made."""
        return max((entry.updated for entry in self.entries), default=EPOCH)

    def address(self, format: str) -> str:
        """Where the feed stands in one format."""
        return urljoin(self.base, self.files[format])

    def linked(self, format: str) -> Iterator[tuple[str, str]]:
        """The other documents of this feed in one format: each relation with its address."""
        return ((rel, urljoin(self.base, files[format])) for rel, files in self.links.items())


@dataclass(frozen=True)
class Library:
    """Every article of a publication, newest first."""

    publication: PublicationSettings
    articles: tuple[Article, ...]

    @cached_property
    def by_tag(self) -> Mapping[str, Sequence[Article]]:
        """The articles of each tag, however it is spelled, newest first."""
        found: dict[str, list[Article]] = {}
        for article in self.articles:
            for tag in article.topics:
                found.setdefault(tag, []).append(article)
        return found

    def at(self, now: datetime) -> Library:
        """What is to be seen at `now`: no drafts, nothing of the future, nothing expired.

        A translation that is not out itself is not spoken of.
        """
        out = tuple([article for article in self.articles if article.is_out(now)])
        if len(out) == len(self.articles):
            return Library(self.publication, out)
        hidden = {article.url for article in self.articles} - {article.url for article in out}
        return Library(self.publication, tuple(_without(article, hidden) for article in out))

    def next_due(self, now: datetime) -> Article | None:
        """The article that will come out next, if one is scheduled."""
        due = [article for article in self.articles if article.published > now and not article.draft]
        return min(due, key=lambda article: article.published, default=None)

    def turns(self, now: datetime) -> datetime | None:
        """When something comes out or expires next, if anything does."""
        moments = (one for article in self.articles for one in (article.published, article.expires))
        return min((moment for moment in moments if moment and moment > now), default=None)

    def feed(self, name: str, settings: FeedSettings) -> Feed:
        """The feed `[feed.NAME]` of these articles; ask `at(now)` first."""
        return self._feed(name, settings, tuple(self._fitting(settings)))

    def feeds(self, name: str, settings: FeedSettings) -> Iterator[tuple[Feed, tuple[Article, ...]]]:
        """The feeds that `[feed.NAME]` stands for, and all the articles of each, beyond its limit too.

        That is one feed, or with `each` one for every tag, author, language or combination there is.
        """
        for values, articles in _groups(self._fitting(settings), settings.each):
            yield self._feed(name, settings, articles, values), articles

    def _fitting(self, settings: FeedSettings) -> Sequence[Article]:
        """What a feed takes; a podcast takes what can be heard or seen."""
        tag = _only(settings.select.tag)
        found: Iterable[Article] = self.by_tag.get(tag.casefold(), ()) if tag else self.articles
        if settings.select != Selection(tag=settings.select.tag) or len(settings.select.tag) > 1:
            found = chosen(found, settings.select)
        return tuple([one for one in found if one.recording] if settings.podcast else found)

    def _feed(
        self,
        name: str,
        settings: FeedSettings,
        articles: Sequence[Article],
        values: Mapping[str, str] = MappingProxyType({}),
    ) -> Feed:
        publication = self.publication
        folder = "/".join(map(_path_part, values.values()))
        return Feed(
            name=f"{name}/{folder}" if folder else name,
            title=" · ".join([settings.title or publication.title, *values.values()]),
            description=settings.description or publication.description or publication.title,
            language=settings.language
            or values.get("language")
            or _only(settings.select.language)
            or publication.language,
            home=publication.news or publication.url,
            authors=publication.authors or (Person(name=publication.title),),
            entries=tuple(articles[: settings.limit]),
            full=settings.content == "full",
            files={form: _file(name, folder, form, path) for form, path in settings.formats.items()},
            base=publication.url,
            id=f"{settings.id}/{folder}" if settings.id and folder else settings.id,
            podcast=settings.podcast and _placed(settings.podcast, publication.url),
            hub=publication.hub,
            rights=publication.rights,
            icon=_absolute(publication.url, publication.icon),
            logo=_absolute(publication.url, publication.logo),
        )

    def issue(
        self,
        name: str,
        settings: NewsletterSettings,
        carried: Collection[str] = (),
        *,
        number: int | None = None,
        language: str | None = None,
    ) -> Issue | None:
        """The next issue of `[newsletter.NAME]`, or None if there is not enough to tell.

        `carried` holds the ids of articles that earlier issues have carried; `language` is one of the
        newsletter's, for readers of that one. What the editor names leads, else the newest article
        with an image, else the newest.
        """
        fresh = [article for article in self.eligible(settings, language) if article.id not in carried]
        if len(fresh) < settings.least:
            return None
        wanted = self._wanted(fresh, name, settings)
        others = (article for article in fresh if article is not wanted)
        articles = [*([wanted] if wanted else []), *others][: settings.items]
        issue = self._issue(name, settings, articles[0], number, language)
        return holding(issue, articles, wanted)

    def eligible(self, settings: NewsletterSettings, language: str | None = None) -> Iterator[Article]:
        """The articles that a newsletter may ever carry, in one of its languages or in all of them."""
        tongues = (language,) if language else settings.languages
        zone = ZoneInfo(self.publication.timezone)
        return (
            article
            for article in chosen(self.articles, settings.select)
            if (not tongues or any(speaks(article, tongue) for tongue in tongues))
            and (settings.since is None or article.published.astimezone(zone).date() >= settings.since)
        )

    def _wanted(self, fresh: Iterable[Article], name: str, settings: NewsletterSettings) -> Article | None:
        """The article that the editor wants to lead: by file in the settings, or by its own word."""
        file = settings.lead and f"{self.publication.content}/{settings.lead}"
        willing = [article for article in fresh if article.file == file or {name, "*"} & set(article.lead)]
        return next((article for article in willing if article.file == file), next(iter(willing), None))

    def _issue(
        self,
        name: str,
        settings: NewsletterSettings,
        lead: Article,
        number: int | None,
        language: str | None,
    ) -> Issue:
        publication = self.publication
        return Issue(
            newsletter=name,
            title=settings.title or publication.title,
            subject=settings.subject,
            language=settings.speech(language) or publication.language,
            timezone=publication.timezone,
            lead=lead,
            items=(),
            home=publication.url,
            news=publication.news or publication.url,
            sender=settings.sender,
            unsubscribe=settings.unsubscribe or urljoin(publication.url, "unsubscribe"),
            web=urljoin(publication.url, page(name, number, settings.suffix(language))),
            template=settings.template,
            accent=publication.accent,
            number=number,
            group=settings.group,
            topics=settings.topics or settings.select.tag,
            reply_to=settings.reply_to,
            imprint=settings.imprint,
            logo=_absolute(publication.url, publication.logo),
        )


FILES = {"atom": "atom.xml", "rss": "rss.xml", "json": "feed.json"}
"""What a feed's file is called where the settings do not say."""


def _file(name: str, folder: str, form: str, path: str) -> str:
    """Where a feed's file stands; one of many has a folder of its own beside the file's name."""
    wanted = PurePosixPath(path or f"{name}/{FILES.get(form, form)}")
    return str(wanted.parent / folder / wanted.name)


def _groups(
    articles: Iterable[Article], each: Sequence[str]
) -> list[tuple[Mapping[str, str], tuple[Article, ...]]]:
    """The articles by what they have of each trait; spellings that differ in case only are one."""
    if not each:
        return [({}, tuple(articles))]
    groups: dict[tuple[str, ...], tuple[Mapping[str, str], list[Article]]] = {}
    for article in articles:
        for values in product(*(_TRAITS[trait](article) for trait in each)):
            key = tuple(value.casefold() for value in values)
            group = groups.setdefault(key, (dict(zip(each, values, strict=True)), []))
            group[1].append(article)
    return [(values, tuple(group)) for _, (values, group) in sorted(groups.items(), key=lambda item: item[0])]


_TRAITS: Mapping[str, Callable[[Article], Iterable[str]]] = {
    "tag": lambda article: article.tags,
    "author": lambda article: dict.fromkeys(author.name for author in article.authors),
    "language": lambda article: (article.language,),
}


def _path_part(value: str) -> str:
    """A tag or name as part of a path: Ground segment becomes ground-segment."""
    plain = unicodedata.normalize("NFKC", value).casefold()
    return re.sub(r"[^\w.]+", "-", plain).strip("-.") or "-"


def holding(issue: Issue, articles: Collection[Article], lead: Article | None = None) -> Issue:
    """An issue with these articles; without a lead, the newest with an image leads, else the newest."""
    newest = newest_first(articles)
    first = lead or next((article for article in newest if article.image), newest[0])
    return issue.arranged(first, [article for article in newest if article is not first])


def chosen(articles: Iterable[Article], selection: Selection) -> Iterator[Article]:
    """The articles that a selection takes: any value within a key, all keys together."""
    tags = {tag.casefold() for tag in selection.tag}
    authors = {author.casefold() for author in selection.author}
    return (
        article
        for article in articles
        if (not tags or not tags.isdisjoint(article.topics))
        and (not authors or any(author.name.casefold() in authors for author in article.authors))
        and (not selection.language or any(speaks(article, tongue) for tongue in selection.language))
        and (not selection.source or (article.origin.name if article.origin else OURS) in selection.source)
    )


def speaks(article: Article, language: str) -> bool:
    """Whether an article is in a language: en takes en-GB too (RFC 4647 section 3.3.1)."""
    return article.language == language or article.language.startswith(language + "-")


def newest_first(articles: Iterable[Article]) -> tuple[Article, ...]:
    """Articles by publication, newest first; equal moments by id, so that the order is one."""
    return tuple(sorted(sorted(articles, key=_id), key=_published, reverse=True))


_id, _published = attrgetter("id"), attrgetter("published")


def _without(article: Article, hidden: Collection[str]) -> Article:
    seen = tuple(version for version in article.translations if version.url not in hidden)
    return article if seen == article.translations else article.but(translations=seen)


def _placed(podcast: Podcast, base: str) -> Podcast:
    return podcast.model_copy(update={"image": urljoin(base, podcast.image)})


def _only(values: tuple[str, ...]) -> str | None:
    return values[0] if len(values) == 1 else None


def _absolute(base: str, reference: str | None) -> str | None:
    return urljoin(base, reference) if reference else None
