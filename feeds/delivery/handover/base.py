"""The contract of a campaign service: one finished issue goes in as a draft, and out when it is told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

State = Literal["draft", "sent", "gone"]
"""What a service says of a campaign: it can still be changed; it is out, or on its way; there is none."""


@dataclass(frozen=True, kw_only=True)
class Tags:
    """What a service writes in place of what is personal, and how it is kept from reading text as such."""

    unsubscribe: str
    web: str
    preferences: str
    name: str
    plain: Callable[[str], str] = field(repr=False)
    """A piece of plain text between two tags, as text."""
    html: Callable[[str], str] = field(repr=False)
    """The same of HTML, outside of style sheets."""
    style: Callable[[str], str] = field(repr=False)
    """The same of a style sheet."""

    def named(self) -> dict[str, str]:
        """Each tag by the name of what it stands for."""
        return {name: getattr(self, name) for name in ("unsubscribe", "web", "preferences", "name")}


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """One variant of an issue as a service takes it: in its own tags, and otherwise text."""

    name: str
    """As people find it among others: weekly 7, en."""
    sender_name: str
    sender_email: str
    reply_to: str
    subject: str
    preheader: str
    html: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Service:
    """One campaign service, and its account. Each call raises `DeliveryError` in one line."""

    name: str
    tags: Tags = field(repr=False)
    create: Callable[[Campaign], str] = field(repr=False)
    """Make a draft; its number with them."""
    update: Callable[[str, Campaign], None] = field(repr=False)
    send: Callable[[str], None] = field(repr=False)
    state: Callable[[str], State] = field(repr=False)
    fills_later: bool = False
    """Whether a new draft is empty until it is updated, so that its number is noted before."""
