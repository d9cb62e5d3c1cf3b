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
    pairs = ((ground, False), (paper, False), (ground, True), (paper, True))
    return Palette(ground, paper, "#1b1c1e", "#5b5e64", "#dcdad4", _moved(accent, pairs, "#000000"))


def dark(accent: str) -> Palette:
    """The colours by night."""
    ground, paper = "#111315", "#1b1d20"
    pairs = ((ground, False), (paper, False))  # nobody turns round what is dark already
    return Palette(ground, paper, "#efede8", "#a9acb2", "#383b40", _moved(accent, pairs, "#ffffff"))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def inverted(colour: str) -> str:
    """What a mail program makes of a colour that turns all of them round."""
    return _written(255 - channel for channel in _channels(colour))


def _moved(colour: str, grounds: Iterable[tuple[str, bool]], towards: str) -> str:
    """The colour, mixed with another until it stands out from every ground, turned round or not."""
    grounds = tuple(grounds)
    mixtures = (_mixed(colour, towards, step / 32) for step in range(33))
    return next((mixed for mixed in mixtures if _stands_out(mixed, grounds)), towards)


def _stands_out(colour: str, grounds: Iterable[tuple[str, bool]]) -> bool:
    return all(
        contrast(inverted(colour), inverted(ground)) >= ENOUGH
        if turned
        else contrast(colour, ground) >= ENOUGH
        for ground, turned in grounds
    )


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
