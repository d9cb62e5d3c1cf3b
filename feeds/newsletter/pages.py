"""Issues on the web: each approved one as a page, the archive of all of them, and a feed of them.

A page is the mail less what is personal. What a template marks with the class `personal` is cut out,
and every other link to unsubscribe; in its place stand the ways to the archive and to other languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape, unescape
from itertools import groupby
from pathlib import Path
from urllib.parse import urljoin

from feeds import colours, identity, templating
from feeds.article import Article, Person
from feeds.config import PublicationSettings
from feeds.library import Feed
from feeds.newsletter.frozen import Carried, Frozen, Rendered
from feeds.newsletter.plural import counted
from feeds.publishing import Document
from feeds.wording import Wording, direction, wording

NEWEST = 50
"""How many issues their feed shows."""

# A comment, or a tag with its attributes; the engine writes all values in double quotes.
_TAG = re.compile(
    r'<!--.*?-->|<(?P<closing>/?)(?P<name>[a-z][a-z0-9]*)(?P<rest>(?:[^">]|"[^"]*")*)>', re.DOTALL
)
_AS_MAIL = re.compile(
    r'(<div(?:[^">]|"[^"]*")*?) aria-roledescription="email"((?:[^">]|"[^"]*")*?) role="article"'
)
_ATTRIBUTE = re.compile(r'\b(class|href)="([^"]*)"')


@dataclass(frozen=True)
class Page:
    """One approved issue in one language."""

    issue: Frozen
    key: str
    """The variant with everything in that language."""
    words: Wording

    @property
    def variant(self) -> Rendered:
        """What it says."""
        return self.issue.variants[self.key]

    @property
    def language(self) -> str:
        """What its language calls itself."""
        name = wording(self.variant.language).language_name(self.variant.language)
        return name[:1].upper() + name[1:]

    @property
    def sent(self) -> datetime:
        """When it was approved: its day in the archive and in the feed."""
        assert self.issue.approved
        return self.issue.approved.at.astimezone(self.words.zone)

    @property
    def day(self) -> str:
        """The same for machines, as 2026-11-19."""
        return f"{self.sent:%Y-%m-%d}"

    @property
    def articles(self) -> tuple[Carried, ...]:
        """What it carries, in the order in which it shows them."""
        known = {one.id: one for one in self.issue.articles}
        return tuple(known[id] for id in self.variant.articles)


@dataclass(frozen=True)
class Shelf:
    """A newsletter's approved issues as the web shows them, the newest first."""

    newsletter: str
    title: str
    language: str
    publication: PublicationSettings
    issues: tuple[tuple[Page, ...], ...]
    """Each in its languages, the newsletter's own first."""
    templates: Path | None

    @property
    def home(self) -> str:
        """Where the archive stands."""
        return urljoin(self.publication.url, f"newsletters/{self.newsletter}/")

    @property
    def feed(self) -> str:
        """Where the feed of the issues stands."""
        return urljoin(self.home, "atom.xml")


def shelf(
    issues: Iterable[Frozen],
    language: str,
    publication: PublicationSettings,
    *,
    title: str,
    templates: Path | None = None,
) -> Shelf | None:
    """The approved ones of a newsletter's issues, or None where there is none yet."""
    approved = sorted((one for one in issues if one.approved), key=lambda one: one.number, reverse=True)
    if not approved:
        return None
    pages = tuple(tuple(_pages(issue, templates)) for issue in approved)
    return Shelf(approved[0].newsletter, title, language, publication, pages, templates)


def documents(shown: Shelf) -> Iterator[Document]:
    """The page of each issue in each language, and the archive. Raises `TemplateError`."""
    for pages in shown.issues:
        for page in pages:
            path = page.variant.web.removeprefix(page.issue.home)
            yield Document(path, web_copy(page, pages, shown).encode(), "text/html")
    archive = templating.render("web/archive.html", _archive(shown), folder=shown.templates)
    yield Document(f"newsletters/{shown.newsletter}/index.html", archive.encode(), "text/html")


def feed(shown: Shelf) -> Feed:
    """The feed of a newsletter's issues: what each carries, as a list."""
    publication = shown.publication
    return Feed(
        name=f"newsletters/{shown.newsletter}",
        title=shown.title,
        description=publication.description or publication.title,
        language=shown.language,
        home=shown.home,
        authors=publication.authors or (Person(name=publication.title),),
        entries=tuple(_entry(pages, publication) for pages in shown.issues[:NEWEST]),
        full=True,
        files={"atom": f"newsletters/{shown.newsletter}/atom.xml"},
        base=publication.url,
        rights=publication.rights,
    )


def web_copy(page: Page, versions: Sequence[Page], shown: Shelf) -> str:
    """The page of an issue: the mail less what is personal, with what a page in the web says of itself."""
    context = {
        "page": page,
        "others": [other for other in versions if other is not page],
        "versions": versions,
        "archive": shown.home,
        "feed": shown.feed,
        "title": shown.title,
        "words": page.words,
    }
    head = templating.render("web/issue_head.html", context, folder=shown.templates)
    ways = templating.render("web/issue_ways.html", context, folder=shown.templates)
    html = without_personal(page.variant.html, page.issue.unsubscribe, ways)
    return _AS_MAIL.sub(r'\1\2 role="main"', html, count=1).replace("</head>", f"{head}</head>", 1)


def without_personal(html: str, unsubscribe: str, instead: str = "") -> str:
    """A mail's HTML without what is for a subscriber only; `instead` stands where the first of it was."""
    end = html.rfind("</body>") % (len(html) + 1)
    pieces, at = [], 0
    for start, stop in list(_personal(html, unsubscribe)) or [(end, end)]:
        pieces += [html[at:start], "" if at else instead]
        at = stop
    return "".join([*pieces, html[at:]])


def _personal(html: str, unsubscribe: str) -> Iterator[tuple[int, int]]:
    """Where elements stand that have the class `personal`, or lead to unsubscribe."""
    name, depth, start = "", 0, 0
    for found in _TAG.finditer(html):
        tag = found["name"]
        if depth and tag == name:
            depth += -1 if found["closing"] else 1
            if not depth:
                yield start, found.end()
        elif not depth and tag and not found["closing"] and _is_personal(tag, found["rest"], unsubscribe):
            name, depth, start = tag, 1, found.start()


def _is_personal(tag: str, attributes: str, unsubscribe: str) -> bool:
    if tag != "a" and "personal" not in attributes:  # most of them, and there are many
        return False
    values = {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}
    return "personal" in values.get("class", "").split() or (tag == "a" and values.get("href") == unsubscribe)


def _pages(issue: Frozen, templates: Path | None) -> Iterator[Page]:
    for key, variant in issue.variants.items():
        if "," not in key:
            yield Page(issue, key, wording(variant.language, issue.timezone, folder=templates))


def _archive(shown: Shelf) -> dict[str, object]:
    words = wording(shown.language, shown.publication.timezone, folder=shown.templates)
    years = groupby(shown.issues, key=lambda pages: f"{pages[0].sent:%Y}")
    return {
        "shelf": shown,
        "publication": shown.publication,
        "words": words,
        "years": [(year, tuple(issues)) for year, issues in years],
        "count": counted(words, "{count} issue", "{count} issues", len(shown.issues)),
        "direction_of": direction,
        "light": colours.light(shown.publication.accent),
        "dark": colours.dark(shown.publication.accent),
    }


def _entry(pages: Sequence[Page], publication: PublicationSettings) -> Article:
    """An issue as an entry of a feed: what it carries, in its order, each with its link."""
    page, issue = pages[0], pages[0].issue
    listed = "".join(f'<li><a href="{escape(one.url)}">{escape(one.title)}</a></li>' for one in page.articles)
    return Article(
        id=identity.mint(page.variant.web, page.sent),
        url=page.variant.web,
        title=page.variant.subject,
        published=page.sent,
        updated=page.sent,
        language=page.variant.language,
        authors=publication.authors or (Person(name=publication.title),),
        body=f"<ol>{listed}</ol>",
        base=page.variant.web,
        teaser=page.variant.preheader,
        file=f"issues/{issue.newsletter}/{issue.number:04}.json",
    )
