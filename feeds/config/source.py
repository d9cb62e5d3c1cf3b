"""`[source.NAME]`: where articles come from beside the content folder; `feeds fetch` brings them."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StrictBool, model_validator

from feeds import values
from feeds.article import Tags
from feeds.config.words import Count
from feeds.model import Model
from feeds.values import Language, Line, Prose

FETCHED = "fetched"
"""The folder of the project in which `feeds fetch` keeps what came."""
_SECRET = re.compile(r"[\w+.-]+://[^@]*:[^@]*@|[^?]*\?(.*&)?(password|passfile|sslpassword)=", re.IGNORECASE)


def _place(value: str) -> str:
    """An address, or a file from the project's folder on."""
    if value.startswith(("http://", "https://")):
        return values.address(value)
    if not value.strip() or {"\\", "\0", "\n"} & set(value) or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", value):
        raise ValueError("must be an address from https:// on, or a file such as feeds/theirs.xml")
    return value


def _database(value: str) -> str:
    if _SECRET.match(value):  # not shown: it is a secret now
        raise ValueError("carries a password; put that into the environment, and nowhere else")
    if not re.match(r"sqlite:///[^/]|sqlite:////|postgres(ql)?://", value):
        raise ValueError("must be sqlite:///FILE, or postgresql://user@host/database")
    return value


def _select(value: str) -> str:
    """One statement that reads. The database is opened for reading alone besides; see `gathering`."""
    plain = re.sub(r"--[^\n]*|/\*.*?\*/", " ", value, flags=re.DOTALL).strip().rstrip(";")
    if not re.match(r"(select|with|values|table)\b", plain, re.IGNORECASE):
        raise ValueError("must be a SELECT; nothing else is asked of a database")
    return value.strip().rstrip(";")


Whereabouts = Annotated[Line, AfterValidator(_place)]
Database = Annotated[Line, AfterValidator(_database)]
Query = Annotated[Prose, AfterValidator(_select)]


class SourceSettings(Model):
    """`[source.NAME]`: somebody's feed, a list of feeds, or the rows of a database."""

    feed: Whereabouts | None = Field(None, description="An Atom, RSS or JSON feed: its address, or a file.")
    opml: Whereabouts | None = Field(None, description="A list of feeds (OPML): its address, or a file.")
    query: Query | None = Field(
        None, description="A SELECT of which each row is an article, its columns named as the fields."
    )
    url: Database | None = Field(
        None,
        description="The query's database: sqlite:///FILE or postgresql://user@host/database; "
        "FEEDS_SOURCE_NAME comes before it.",
    )
    private: StrictBool = Field(
        False, description="true: the address of the feed or list may be in a network of our own."
    )
    keep: Count = Field(200, description="How many articles of each feed are kept at most, newest first.")
    language: Language | None = Field(None, description="Of what names none; else the publication's.")
    tags: Tags = Field((), description="Tags that each of its articles gets.")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        """One of the three, and an address of a database for that one alone."""
        if sum(one is not None for one in (self.feed, self.opml, self.query)) != 1:
            raise ValueError("must have one of feed, opml and query, and no more than one")
        if self.url and not self.query:
            raise ValueError("has a url without a query; for a feed write feed = …")
        return self

    @property
    def what(self) -> dict[str, str]:
        """What is fetched: by this it is told whether what was kept is still it."""
        said = {"feed": self.feed, "opml": self.opml, "query": self.query}
        return {name: value for name, value in said.items() if value}
