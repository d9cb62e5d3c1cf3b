"""feeds.toml, checked: the publication, its feeds and its newsletters."""

from __future__ import annotations

import posixpath
import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import permutations
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictInt,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from feeds.article import Authors, Tags
from feeds.errors import Fault, Place, SettingsError
from feeds.faults import explained
from feeds.model import Model
from feeds.podcast import Podcast
from feeds.schedule import Schedule
from feeds.values import Address, Email, Identifier, Language, Line, Prose, Reference

FILE_NAME = "feeds.toml"


def _base(value: str) -> str:
    return value if value.endswith("/") else value + "/"


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"“{value}” is no time zone; write Europe/Luxembourg, UTC …") from None
    return value


def _name(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", value):
        raise ValueError("is no good name; use small letters, digits, - and _")
    return value


def _every(value: str) -> str:
    Schedule.parse(value)
    return value


def _without_secret(value: str) -> str:
    if re.match(r"[a-z+]+://[^/@]*:[^/@]*@", value):  # not shown: it is a secret now
        raise ValueError("carries a password; put that into the environment, and nowhere else")
    return value


def _folder(value: str) -> str:
    path = PurePosixPath(value)
    if path.parts[:1] == (".feeds",):
        raise ValueError(f"“{value}” is kept for what nobody else may read; name another folder")
    if not value or "\\" in value or path.is_absolute() or ".." in path.parts or path == PurePosixPath("."):
        raise ValueError(f"“{value}” must be a folder or file inside the project")
    return str(path)


def _content(value: str, info: ValidationInfo) -> str:
    """A folder of ours lies in the project; somebody's site may lie anywhere."""
    if not info.data.get("dialect"):
        return _folder(value)
    if not value or "\\" in value or "\0" in value:
        raise ValueError(f"“{value}” must be the folder of the site, such as ../site")
    return posixpath.normpath(value)


def _posts(value: str) -> str:
    return "." if value == "." else _folder(value)


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        raise ValueError(f"“{value}” is no colour; write six digits, such as #1b365d")
    return value.lower()


def _pattern(*known: str) -> AfterValidator:
    """A pattern whose {words} are all known, so that filling it in cannot fail."""

    def check(value: str) -> str:
        try:
            parts = list(string.Formatter().parse(value))
        except ValueError:
            raise ValueError("has a single { or }; write both, or double them") from None
        for _, word, spec, conversion in parts:
            if word is not None and (word not in known or spec or conversion):
                options = " ".join(f"{{{name}}}" for name in known)
                raise ValueError(f"does not know {{{word}}}; it may hold {options}")
        return value

    return AfterValidator(check)


def _by_name(value: object) -> object:
    return dict.fromkeys(value, "") if isinstance(value, list | tuple) else value


Name = Annotated[str, AfterValidator(_name)]
Base = Annotated[Address, AfterValidator(_base)]
Zone = Annotated[str, AfterValidator(_zone)]
Every = Annotated[Line, AfterValidator(_every)]
Folder = Annotated[str, AfterValidator(_folder)]
Content = Annotated[str, AfterValidator(_content)]
Dialect = Literal["hugo", "jekyll", "zola", "pelican", "eleventy", "docusaurus", "astro"]
Colour = Annotated[str, AfterValidator(_colour)]
AddressPattern = Annotated[Line, _pattern("folder", "slug", "year", "month", "day", "language")]
SubjectPattern = Annotated[Line, _pattern("title", "lead", "date", "number")]
Formats = Annotated[dict[str, str], BeforeValidator(_by_name)]
Each = Annotated[
    tuple[Literal["tag", "author", "language"], ...],
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
]
Count = Annotated[StrictInt, Field(ge=1, le=1000)]


class PublicationSettings(Model):
    """`[publication]`: who publishes, where, in which language and time zone."""

    title: Line = Field(description="The publication's name.")
    url: Base = Field(description="Where it stands on the web; every address is built from it.")
    description: Line | None = Field(None, description="What it is about, in one sentence.")
    language: Language = Field("en", description="The language of whatever says nothing else.")
    timezone: Zone = Field("UTC", description="The zone of dates that name none.")
    authors: Authors = Field((), description="Who signs what nobody signed; else the title.")
    rights: Line | None = Field(None, description="A line on copyright or licence.")
    icon: Reference | None = Field(None, description="A square image, in content/ or by address.")
    logo: Reference | None = Field(None, description="A wide image, in content/ or by address.")
    accent: Colour = Field("#1f4e79", description="The publication's colour, on white.")
    address: AddressPattern = Field("/{folder}/{slug}/", description="The pattern of an article's address.")
    news: Address | None = Field(None, description="The page with all news; else the url.")
    hub: Address | None = Field(None, description="A WebSub hub, told by `feeds publish-ping`.")
    compress: tuple[Literal["gzip", "brotli"], ...] = Field(
        (), description="Compressed copies beside the files, for servers that send them."
    )
    dialect: Dialect | None = Field(
        None, description="The generator whose site the content is; our own format if left out."
    )
    content: Content = Field(
        "content", description="The folder of the articles; with a dialect, the folder of the site, anywhere."
    )
    posts: tuple[Annotated[str, AfterValidator(_posts)], ...] = Field(
        (), description="With a dialect: the folders of posts within the site, if not all that it has."
    )
    output: Folder = Field("public", description="The folder that is written.")
    templates: Folder = Field("templates", description="The folder of templates of your own.")

    @model_validator(mode="after")
    def _folders_apart(self) -> Self:
        """No folder inside another: what is written must never be read, or stand where articles do."""
        named = {"content": self.content, "output": self.output, "templates": self.templates}
        if self.dialect:
            del named["content"]  # it is the whole site, of which the posts alone are read
        for name, folder in named.items():
            for other, outer in named.items():
                if name != other and PurePosixPath(folder).is_relative_to(outer):
                    raise ValueError(f"{name} “{folder}” lies in {other} “{outer}”; keep them apart")
        return self


Languages = Annotated[
    tuple[Language, ...], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)
]


class Selection(Model):
    """Which articles: any of the values within a key, and all the keys together."""

    tag: Tags = Field((), description="One tag, or several of which one is enough.")
    author: Tags = Field((), description="An author's name, or several.")
    language: Languages = Field((), description="A language, or several; en means en-GB too.")


class FeedSettings(Model):
    """`[feed.NAME]`: one feed, in each of its formats."""

    title: Line | None = Field(None, description="Else the publication's title.")
    description: Line | None = Field(None, description="Else the publication's description.")
    language: Language | None = Field(None, description="Else the one selected, else the publication's.")
    select: Selection = Field(Selection(), description="Which articles; all if left out.")
    limit: Count = Field(50, description="How many articles at most, newest first.")
    content: Literal["full", "summary"] = Field("full", description="The whole text, or the teaser.")
    archive: Count | None = Field(
        None, description="How many articles a page of the archive holds; no archive if left out."
    )
    each: Each = Field(
        (), description="A feed for each tag, author or language there is, or for each combination."
    )
    id: Identifier | None = Field(None, description="An IRI that never changes; else its Atom address.")
    podcast: Podcast | None = Field(
        None, description="What directories of podcasts ask; it makes the feed one."
    )
    formats: Formats = Field(
        {"atom": "", "rss": "", "json": ""},
        description="A list of formats, or a table of format to file, such as atom = 'feed.xml'.",
    )


class Sender(Model):
    """Whom the mail is from: one mailbox (RFC 5322 section 3.4)."""

    name: Line = Field(description="The name that subscribers see.")
    email: Email = Field(description="The address it is sent from.")


class NewsletterSettings(Model):
    """`[newsletter.NAME]`: one newsletter and its digest."""

    title: Line | None = Field(None, description="Else the publication's title.")
    subject: SubjectPattern = Field(
        "{lead}", description="The subject line, with {title} {lead} {date} {number}."
    )
    sender: Sender = Field(description="Whom it is from.")
    reply_to: Email | None = Field(None, description="Where answers go, if not to the sender.")
    language: Language | None = Field(None, description="Of its words; else the publication's.")
    languages: Languages = Field((), description="Those that subscribers may choose; the first is its own.")
    topics: Tags = Field((), description="The tags that subscribers may choose; who chooses none gets all.")
    select: Selection = Field(Selection(), description="Which articles; all if left out.")
    since: date | None = Field(None, description="The first day: what is older is no news.")
    least: Count = Field(1, description="Fewer new articles than this make no issue.")
    items: Count = Field(8, description="How many articles at most, the lead story among them.")
    lead: Line | None = Field(None, description="The lead story's file in content/, such as 2026/moon.md.")
    group: Literal["tag", "language"] | None = Field(None, description="What the items are grouped by.")
    template: Name = Field("digest", description="templates/NAME.mjml and NAME.txt.")
    every: Every | None = Field(None, description="When it goes out: Thursday 08:00, daily 08:00 …")
    timezone: Zone | None = Field(None, description="The clock of `every`; else the publication's.")
    approval: bool = Field(False, description="Send nothing but what `feeds issue approve` has approved.")
    unsubscribe: Address | None = Field(None, description="The page to unsubscribe; else url + unsubscribe.")
    imprint: Prose | None = Field(None, description="Who sends this, with a postal address.")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        """At least no more than at most; and no article in two of the languages."""
        if self.least > self.items:
            raise ValueError(f"least = {self.least} is more than items = {self.items}; no issue could be")
        for one, other in permutations(self.languages, 2):
            if one == other or other.startswith(one + "-"):
                raise ValueError(f"languages: “{one}” takes “{other}” too; name one of them")
        return self

    def speech(self, language: str | None) -> str | None:
        """The language of the words around articles in one of its languages: en-GB around en."""
        own = self.language
        return own if own and (language is None or own.startswith(language + "-")) else language or own

    def suffix(self, language: str | None) -> str:
        """What marks the files of one of its languages: nothing for its own, .fr for another."""
        return f".{language}" if language in self.languages[1:] else ""


Rate = Annotated[float, Field(ge=0, le=10_000)]


class DeliverySettings(Model):
    """`[delivery]`: how mail leaves; secrets stand in the environment."""

    transport: Annotated[Line, AfterValidator(_without_secret)] = Field(
        "outbox:outbox",
        description="outbox:FOLDER, smtps://user@host, ses://REGION, postmark://, mailgun://DOMAIN or "
        "resend://; FEEDS_TRANSPORT comes before it.",
    )
    connections: Annotated[StrictInt, Field(ge=1, le=100)] = Field(
        4, description="Connections at once; of all workers together, where there are several."
    )
    group: Annotated[StrictInt, Field(ge=1, le=50)] = Field(
        1, description="Messages begun in one commit: each connection may leave so many in doubt."
    )
    rate: Rate = Field(0, description="Messages a second at most; 0 is no limit.")
    domain_rate: Rate = Field(0, description="Messages a second to each domain at most; 0 is no limit.")
    domains: dict[str, Rate] = Field({}, description="Messages a second to a domain of its own.")
    on_doubt: Literal["hold", "resend"] = Field(
        "hold", description="What becomes of a message of which nobody knows whether it was taken."
    )


class Settings(Model):
    """All of feeds.toml."""

    publication: PublicationSettings
    feed: dict[Name, FeedSettings] = Field({}, description="The feeds, by name.")
    newsletter: dict[Name, NewsletterSettings] = Field({}, description="The newsletters, by name.")
    delivery: DeliverySettings = Field(DeliverySettings(), description="How the newsletters leave.")


def read(path: Path) -> Settings:
    """The settings in a feeds.toml. Raises `SettingsError` with every fault in it."""
    text = _text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as refusal:
        raise SettingsError(_syntax(path.name, str(refusal))) from None
    except RecursionError:
        raise SettingsError(Fault(Place(path.name), "is nested too deeply; make it flatter")) from None
    try:
        return Settings.model_validate(data)
    except ValidationError as refusal:
        lines = toml_lines(text)
        raise SettingsError(explained(refusal, Settings, path.name, lines)) from None


def warnings(settings: Settings) -> Iterator[Fault]:
    """What is allowed in feeds.toml, and still is hardly meant."""
    url = urlsplit(settings.publication.url)
    if url.scheme == "http" and url.hostname not in ("localhost", "127.0.0.1", "::1"):
        place = Place(FILE_NAME, field="publication.url")
        yield Fault(place, "begins with http://; readers and mailboxes want https://", warning=True)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        problem = "not found; run `feeds init` to make one, or go to the folder that has it"
    except (OSError, UnicodeDecodeError) as refusal:
        problem = f"cannot be read: {refusal}"
    raise SettingsError(Fault(Place(path.name), problem))


def _syntax(file: str, message: str) -> Fault:
    found = re.search(r" \(at line (\d+), column \d+\)", message)
    line = int(found[1]) if found else 0
    problem = message[: found.start()] if found else message.removesuffix(" (at end of document)")
    return Fault(Place(file, line), f"is no TOML: {problem}")


def toml_lines(text: str) -> Mapping[tuple[str | int, ...], int]:
    """The line (from 1) of each table and key of a TOML text, by its path."""
    lines: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]", line):
            table = _keys(header[2])
            if header[1] == "[[":
                table += (sum(1 for path in lines if path[:-1] == table and len(path) > len(table)),)
            for end in range(1, len(table) + 1):
                lines.setdefault(table[:end], number)
        elif pair := re.match(
            r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"))*)\s*=", line
        ):
            lines.setdefault(table + _keys(pair[1]), number)
    return lines


def _keys(dotted: str) -> tuple[str | int, ...]:
    return tuple(part.strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.\s]+", dotted))
