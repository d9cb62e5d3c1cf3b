"""Colours that can be read: a publication's accent, made dark or light enough for every ground.

Contrast is that of WCAG 2.2 (section 1.4.3): 4.5 at least, in light, in dark, and where a mail
program turns all colours round by force.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ENOUGH = 4.5


@dataclass(frozen=True)
class Palette:
    """The colours of one scheme, each as #rrggbb."""

    ground: str
    """Behind the sheet."""
    paper: str
    """The sheet that the articles stand on."""
    ink: str
    quiet: str
    """Dates, credits, the footer."""
    line: str
    accent: str
    """Links and buttons; `paper` on it can be read too."""


def light(accent: str) -> Palette:
    """The colours by day."""
    ground, paper = "#f3f2ee", "#ffffff"
    return Palette(ground, paper, "#1b1c1e", "#5b5e64", "#dcdad4", readable(accent, (ground, paper), "#000000"))


def dark(accent: str) -> Palette:
    """The colours by night."""
    ground, paper = "#111315", "#1b1d20"
    return Palette(ground, paper, "#efede8", "#a9acb2", "#383b40", readable(accent, (ground, paper), "#ffffff"))


def readable(colour: str, grounds: Iterable[str], towards: str) -> str:
    """The colour, moved towards another until it stands out from every ground, inverted or not."""
    grounds = tuple(grounds)
    for step in range(33):
        tried = _mixed(colour, towards, step / 32)
        if all(contrast(tried, ground) >= ENOUGH for ground in grounds) and all(
            contrast(inverted(tried), inverted(ground)) >= ENOUGH for ground in grounds
        ):
            return tried
    return towards


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def inverted(colour: str) -> str:
    """What a mail program makes of a colour that turns all of them round."""
    return _written(255 - channel for channel in _channels(colour))


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return _written(round(a + (b - a) * share) for a, b in pairs)


def _luminance(colour: str) -> float:
    red, green, blue = (
        share / 12.92 if (share := channel / 255) <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for channel in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def _written(channels: Iterable[int]) -> str:
    return "#" + bytes(channels).hex()
