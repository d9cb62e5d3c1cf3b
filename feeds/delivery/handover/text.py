"""Text that stays text: our marks become a service's tags, and what only looks like a tag does not.

HTML has a name for every character (`&#123;` for a brace), which no template engine reads as its own
and every mail program shows as it was. Plain text has none, so there a brace is written as an engine's
own text in quotes, and a merge tag of Mailchimp's, for which there is no way, is parted by a character
that nobody sees.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from feeds.delivery.handover.base import Tags
from feeds.delivery.splice import Marks, cut

_STYLE = re.compile(r"(<style\b.*?</style\s*>)", re.DOTALL | re.IGNORECASE)
_JOINER = "\u2060"
"""WORD JOINER: no width, no break."""


def retagged(text: str, marks: Marks, tags: Tags) -> str:
    """A plain text with a service's tags in place of our marks."""
    return _filled(text, marks, tags, tags.plain, html=False)


def retagged_html(html: str, marks: Marks, tags: Tags) -> str:
    """The same of HTML; style sheets have no marks, and escapes of their own."""
    parts = _STYLE.split(html)
    return "".join(
        tags.style(part) if number % 2 else _filled(part, marks, tags, tags.html, html=True)
        for number, part in enumerate(parts)
    )


def _filled(text: str, marks: Marks, tags: Tags, escape: Callable[[str], str], *, html: bool) -> str:
    pieces, slots = cut(text, marks, html=html)
    named = tags.named()
    first, *others = map(escape, pieces)
    return first + "".join(named[slot] + piece for slot, piece in zip(slots, others, strict=True))


def braces_in_plain(text: str) -> str:
    """Braces for template engines that open with {{, {% or {#: Go's, Django's, Liquid."""
    return re.sub(r"\{+", lambda run: f'{{{{ "{run[0]}" }}}}', text)


def braces_in_html(text: str) -> str:
    """The same in HTML."""
    return text.replace("{", "&#123;")


def braces_in_style(text: str) -> str:
    """The same in a style sheet, where a blank after a brace means nothing."""
    return re.sub(r"\{(?=[{%#])", "{ ", text)


def stars_in_plain(text: str) -> str:
    """What would be a merge tag of Mailchimp's: *|…|*, also together with the tag beside it."""
    return re.sub(r"\*(?=\|)|^(?=\|)", lambda found: found[0] + _JOINER, text)


def stars_in_html(text: str) -> str:
    """The same in HTML."""
    return re.sub(r"^\|", "&#124;", text.replace("*|", "&#42;|"))


def stars_in_style(text: str) -> str:
    """The same in a style sheet."""
    return text.replace("*|", "* |")
