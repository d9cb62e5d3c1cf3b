"""What is asked of a page and what it answers: values that no web framework is needed for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, as far as pages look at it."""

    method: str = "GET"
    path: str = "/"
    token: str = ""
    language: str = ""
    content_type: str = ""
    body: bytes = b""
    client: str = ""
    """The address it came from."""
    fetched: str = ""
    """Sec-Fetch-Site, by which a browser tells whose page a form stood on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body and what is said of it."""

    status: int
    body: bytes
    media_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
