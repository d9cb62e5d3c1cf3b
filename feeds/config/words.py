"""The kinds of value that feeds.toml holds beside those of articles."""

from __future__ import annotations

import posixpath
import re
import string
from pathlib import PurePosixPath
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, ValidationInfo

from feeds.schedule import Schedule
from feeds.values import Address, Language, Line


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
    if path.parts[:1] == ("fetched",):
        raise ValueError(f"“{value}” is kept for what `feeds fetch` brings; name another folder")
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
Names = Annotated[
    tuple[Name, ...], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)
]
Base = Annotated[Address, AfterValidator(_base)]
Zone = Annotated[str, AfterValidator(_zone)]
Every = Annotated[Line, AfterValidator(_every)]
Folder = Annotated[str, AfterValidator(_folder)]
Content = Annotated[str, AfterValidator(_content)]
Posts = Annotated[str, AfterValidator(_posts)]
WithoutSecret = Annotated[Line, AfterValidator(_without_secret)]
Dialect = Literal["hugo", "jekyll", "zola", "pelican", "eleventy", "docusaurus", "astro"]
Colour = Annotated[str, AfterValidator(_colour)]
AddressPattern = Annotated[Line, _pattern("folder", "slug", "year", "month", "day", "language")]
SubjectPattern = Annotated[Line, _pattern("title", "lead", "date", "number")]
Formats = Annotated[dict[str, str], BeforeValidator(_by_name)]
Each = Annotated[
    tuple[Literal["tag", "author", "language"], ...],
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
]
Languages = Annotated[
    tuple[Language, ...], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)
]
Count = Annotated[StrictInt, Field(ge=1, le=1000)]
