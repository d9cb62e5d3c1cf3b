"""An article: what a file may say of it (`Manuscript`, the gate) and what we know in the end (`Article`).

A manuscript leaves things out; an article is complete. Between the two stands `feeds.sources`,
which fills in what the publication's settings say.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, StrictBool

from feeds import markup
from feeds.errors import ContentError, Fault, Place
from feeds.model import Model
from feeds.podcast import Episode
from feeds.values import (
    Address,
    Bytes,
    Email,
    Headline,
    Identifier,
    Language,
    Line,
    MediaType,
    Moment,
    Pixels,
    Plain,
    Prose,
    Reference,
    Seconds,
    Slug,
    Tag,
)


class Person(Model):
    """An author, as Atom has it (RFC 4287 section 3.2): a name, perhaps an address or a page."""

    name: Line = Field(description="The name as readers see it.")
    email: Email | None = Field(None, description="An e-mail address that may be published.")
    url: Address | None = Field(None, description="A page about this author.")


class Image(Model):
    """A picture; width and height are in pixels and read from the file where they are left out."""

    src: Reference = Field(description="The file, relative to the article's, or an https address.")
    alt: Line = Field("", description="What the picture shows, for those who do not see it.")
    credit: Line | None = Field(None, description="Whom the picture is owed to.")
    width: Pixels | None = Field(None, description="Width in pixels.")
    height: Pixels | None = Field(None, description="Height in pixels.")


class Attachment(Model):
    """A file that goes with the article: an enclosure, in a feed's terms."""

    url: Reference = Field(description="The file, relative to the article's, or an https address.")
    type: MediaType | None = Field(None, description="Media type, such as audio/mpeg.")
    length: Bytes | None = Field(None, description="Size in bytes.")
    duration: Seconds | None = Field(None, description="Playing time in seconds.")
    title: Line | None = Field(None, description="What the file is, in a few words.")


class FullArticle(Model):
    """Where the whole text stands when it stands elsewhere, and in which language."""

    url: Address = Field(description="Where the whole article stands.")
    language: Language = Field(description="The language it is written in there (BCP 47).")


def _named(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


Author = Annotated[Person, BeforeValidator(_named)]
Authors = Annotated[tuple[Author, ...], BeforeValidator(_listed)]
Tags = Annotated[tuple[Tag, ...], BeforeValidator(_listed)]


def _newsletters(value: object) -> object:
    return {True: ("*",), False: ()}[value] if isinstance(value, bool) else _listed(value)


Leads = Annotated[tuple[Line, ...], BeforeValidator(_newsletters)]


class Manuscript(Model):
    """An article as an editor hands it in. Only `title` and `published` must be there."""

    title: Headline = Field(description="Plain text; no HTML, one line.", max_length=500)
    published: Moment | None = Field(
        None, description="2026-11-19, or 2026-11-19T09:30; without a zone it is local time."
    )
    updated: Moment | None = Field(None, description="When the meaning last changed.")
    summary: Plain | None = Field(
        None, description="The teaser: two sentences of plain text. Made from the text if left out."
    )
    body: Prose = Field("", description="The text, in Markdown.")
    authors: Authors = Field((), description="Names, or {name, email, url}. Else the publication's.")
    tags: Tags = Field((), description="What it is about; each is a category in the feeds.")
    language: Language | None = Field(None, description="BCP 47, such as en or fr-LU.")
    translations: dict[Language, Reference] = Field(
        default_factory=dict, description="The same article in other languages: language to file or address."
    )
    url: Address | None = Field(None, description="Where the article stands, if not at our address.")
    slug: Slug | None = Field(None, description="The last part of its address; else the file's name.")
    full_article: FullArticle | None = Field(None, description="The whole text, if elsewhere.")
    image: Image | None = Field(None, description="The lead image.")
    attachments: tuple[Attachment, ...] = Field((), description="Files that go with the article.")
    episode: Episode | None = Field(None, description="What a podcast says of an episode.")
    draft: StrictBool = Field(False, description="true: not to be published yet.")
    lead: Leads = Field((), description="true, or the newsletters whose next issue it is to lead.")
    expires: Moment | None = Field(None, description="From then on it is left out.")
    id: Identifier | None = Field(None, description="An IRI that never changes. Else we make one.")


Made = TypeVar("Made")
NO_LINKS: dict[str, str] = {}
"""What most articles link to of others, one for all of them."""
_LINK = re.compile(r"\]\([^()\[\]\s]*\)")
_WHITE = bytes(code for code in range(128) if chr(code).isspace())


@dataclass(frozen=True, kw_only=True)
class Translation:
    """The same article in another language."""

    language: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where an article is from that is not ours, as Atom says it (RFC 4287 section 4.2.11)."""

    name: str
    """Of the `[source.NAME]` in feeds.toml."""
    title: str = ""
    """The title of the feed it was in; empty for what came of a database."""
    home: str = ""
    feed: str = ""
    """The feed's own address; empty where it was a file."""
    id: str = ""
    """The feed's own id, to the letter."""


@dataclass(frozen=True, kw_only=True)
class Article:
    """A complete article. Every address in it is absolute, every moment has its zone."""

    id: str
    url: str
    title: str
    published: datetime
    updated: datetime
    language: str
    authors: tuple[Person, ...]
    body: str | Callable[[], str]
    """The text in Markdown, or what reads it when it is asked for: most articles are shown by no feed."""
    base: str
    """What a relative reference in the body is relative to."""
    links: Mapping[str, str] = field(default_factory=lambda: NO_LINKS)
    """References in the body that name another article's file, and that article's address."""
    named: bool = False
    """Whether the author gave it its id."""
    teaser: str | None = None
    """The summary as its author wrote it; `summary` is never empty."""
    tags: tuple[str, ...] = ()
    image: Image | None = None
    attachments: tuple[Attachment, ...] = ()
    full_article: FullArticle | None = None
    episode: Episode | None = None
    translations: tuple[Translation, ...] = ()
    draft: bool = False
    lead: tuple[str, ...] = ()
    """The newsletters that it asks to lead; “*” for all of them."""
    expires: datetime | None = None
    file: str = ""
    """The file it came from, for messages; relative to the project."""
    files: tuple[str, ...] = ()
    """Files beside it that it shows or attaches; relative to the content folder."""
    origin: Origin | None = None
    """Where it is from, if it is none of our own."""

    @cached_property
    def topics(self) -> frozenset[str]:
        """Its tags, however they are spelled."""
        return frozenset(map(str.casefold, self.tags))

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> Article:
        """The article of which this is known; what is not said is as the class has it.

        The constructor takes four times as long, and what it makes twice the memory.
        """
        made = object.__new__(cls)
        made.__dict__.update(known)
        made.__dict__.setdefault("links", NO_LINKS)
        return made

    def but(self, **changes: Any) -> Article:
        """The article with another id, date or other translations; it says the same, which stays known."""
        made = object.__new__(Article)
        made.__dict__.update(self.__dict__, **changes)
        for name in ("fingerprint", "_made"):
            made.__dict__.pop(name, None)
        return made

    def once(self, name: object, make: Callable[[], Made]) -> Made:
        """What was made of it under this name before, else what is made now: it stands in several feeds."""
        if name not in self._made:
            self._made[name] = make()
        found: Made = self._made[name]
        return found

    @cached_property
    def _made(self) -> dict[object, Any]:
        return {}

    def __getstate__(self) -> dict[str, Any]:
        """What another process is told: the article, and nothing that was made of it here."""
        return {name: value for name, value in self.__dict__.items() if name != "_made"}

    @property
    def markdown(self) -> str:
        """The text as it was written. Raises `ChangedError` where its file has been changed since."""
        return self.body if isinstance(self.body, str) else self.body()

    @cached_property
    def fingerprint(self) -> str:
        """A digest of all that is known of it, by which what was made of it is told from what is to be."""
        return hashlib.blake2b(repr(self).encode(), digest_size=16).hexdigest()

    @cached_property
    def html(self) -> str:
        """The body as safe HTML with absolute addresses only; rendered once, when first asked for.

        Raises `ContentError` for markup that is nested too deeply.
        """
        try:
            return markup.html(self.markdown, base=self.base, page=self.url, links=self.links)
        except markup.TooDeepError as refusal:
            raise ContentError(Fault(Place(self.file, field="body"), str(refusal))) from None

    @cached_property
    def text(self) -> str:
        """The body as plain text: paragraphs with an empty line between them."""
        return markup.text(self.html)

    @cached_property
    def summary(self) -> str:
        """The teaser as written, or the first sentences of the text, or the title."""
        return self.teaser or markup.opening(self.text) or self.title

    @cached_property
    def meaning(self) -> str:
        """A digest of what it says: title, summary, text, authors, attachments.

        White space, the spelling of tags and where a link leads do not count: a moved file's
        relative links change, and it still says the same.
        """
        said = "\0".join(
            (
                self.title,
                self.teaser or "",
                _LINK.sub("]", self.markdown),
                *(author.name for author in self.authors),
                *(f"{one.url.rpartition('/')[2]} {one.length}" for one in self.attachments),
            )
        )
        plain = said if said.isascii() else "".join(said.split())
        return hashlib.sha256(plain.encode().translate(None, _WHITE)).hexdigest()[:16]

    @property
    def recording(self) -> Attachment | None:
        """The first attachment that can be heard or seen."""
        kinds = ("audio/", "video/")
        return next((one for one in self.attachments if (one.type or "").startswith(kinds)), None)

    def is_out(self, now: datetime) -> bool:
        """Whether the article is to be seen at `now`: no draft, due, and not expired."""
        expired = self.expires is not None and self.expires <= now
        return not self.draft and self.published <= now and not expired
