"""Whether each text stands out from its ground: by day, by night, and where colours are turned round.

Computed from the final HTML, as WCAG 2.2 (section 1.4.3) asks, but with 4.5 for large text too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from feeds.colours import ENOUGH, contrast, inverted
from feeds.errors import Fault
from feeds.newsletter.checks.mail import Mail
from feeds.newsletter.checks.page import Node
from feeds.newsletter.checks.styles import Rule, Screen, rules, styled

HIDDEN = 3.0
"""Below this a text cannot be read by many."""

# CSS Color 4, section 6.1: the names that people use; a mail had better write six digits.
_NAMED = {
    "black": "#000000",
    "white": "#ffffff",
    "gray": "#808080",
    "grey": "#808080",
    "silver": "#c0c0c0",
    "red": "#ff0000",
    "maroon": "#800000",
    "yellow": "#ffff00",
    "olive": "#808000",
    "lime": "#00ff00",
    "green": "#008000",
    "aqua": "#00ffff",
    "teal": "#008080",
    "blue": "#0000ff",
    "navy": "#000080",
    "fuchsia": "#ff00ff",
    "purple": "#800080",
    "orange": "#ffa500",
}
_SEEN = frozenset(["color", "background", "background-color", "display", "visibility"])
_UNSEEN = frozenset(["head", "style", "title", "script", "meta", "link"])


@dataclass(frozen=True)
class _Look:
    """How text looks where it stands."""

    colour: str
    ground: str

    @property
    def inverted(self) -> _Look:
        """The same where a mail program turns all colours round."""
        return _Look(inverted(self.colour), inverted(self.ground))

    @property
    def contrast(self) -> float:
        """How far the two are apart, from 1 to 21."""
        return contrast(self.colour, self.ground)


def contrasts(mail: Mail) -> Iterator[Fault]:
    """Each pair of colours that lies too close, once, with a text that has it."""
    by_day, by_night = _looks(mail, Screen()), _looks(mail, Screen(dark=True))
    for look, (node, text) in by_day.items():
        yield from _judged(mail, node, text, look, "")
        if look.contrast >= ENOUGH:
            yield from _judged(mail, node, text, look.inverted, " where a mail program turns colours round")
    for look, (node, text) in by_night.items():
        yield from _judged(mail, node, text, look, " in the dark")


def _judged(mail: Mail, node: Node, text: str, look: _Look, when: str) -> Iterator[Fault]:
    if look.contrast < ENOUGH:
        problem = (
            f"“{_short(text)}” has a contrast of {look.contrast:.1f}{when}, {look.colour} on {look.ground}"
        )
        fatal = look.contrast < HIDDEN and "round" not in when
        needles = (look.colour, look.ground, f'class="{node.attributes.get("class")}"', f"<{node.tag} ")
        yield mail.said(f"{problem}; {ENOUGH} is needed", None, *needles, fatal=fatal)


def _looks(mail: Mail, screen: Screen) -> dict[_Look, tuple[Node, str]]:
    """Every look that a text has, and the first text that has it."""
    found: dict[_Look, tuple[Node, str]] = {}
    start = _Look("#ffffff", "#121212") if screen.dark and _adapts(mail) else _Look("#000000", "#ffffff")
    sheet = tuple(
        rule for rule in rules(mail.page, screen) if _SEEN & {one.name for one in rule.declarations}
    )
    for node, text, look in _texts(mail.page.root, start, sheet):
        found.setdefault(look, (node, text))
    return found


def _texts(node: Node, above: _Look, sheet: tuple[Rule, ...]) -> Iterator[tuple[Node, str, _Look]]:
    """Every text that can be seen, in the element it stands in, and how it looks."""
    for child in node.inside:
        if isinstance(child, str):
            if child.strip("\u034f\u200c\u00a0 \n\t") and node.tag:
                yield node, child, above
        elif child.tag not in _UNSEEN:
            style = styled(child, sheet)
            if style.get("display") != "none" and style.get("visibility") != "hidden":
                yield from _texts(child, _look(child, style, above), sheet)


def _look(node: Node, style: dict[str, str], above: _Look) -> _Look:
    written = style.get("color", "")
    if not written and node.tag == "a" and "href" in node.attributes:
        written = "#0000ee"  # HTML Standard, section 15.3.10
    ground = style.get("background-color") or node.attributes.get("bgcolor", "")
    return _Look(colour(written) or above.colour, colour(ground) or above.ground)


def colour(written: str) -> str | None:
    """The first colour that a value names, as #rrggbb; None for transparent, inherit and the like."""
    written = written.lower()
    if found := re.search(r"#([0-9a-f]{6})\b|#([0-9a-f]{3})\b", written):
        return f"#{found[1] or ''.join(digit * 2 for digit in found[2])}"
    if found := re.match(r"rgb\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*\)", written):
        return "#" + bytes(min(int(channel), 255) for channel in found.groups()).hex()
    return next((_NAMED[word] for word in re.findall(r"[a-z]+", written) if word in _NAMED), None)


def _adapts(mail: Mail) -> bool:
    """Whether the mail says that it knows darkness, so that programs begin with a dark ground."""
    return any(
        node.attributes.get("name") == "color-scheme" and "dark" in node.attributes.get("content", "")
        for node in mail.page.all("meta")
    )


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 40 else words[:39] + "…"
