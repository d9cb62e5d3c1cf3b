"""Plots as numbers: where each part of a drawing stands, for a template to write down as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10

WIDTH, HEIGHT = 1000, 300
"""Of a line's drawing; it is stretched to whatever room there is."""


@dataclass(frozen=True)
class Segment:
    """A part of a bar, in hundredths of its length."""

    kind: str
    start: str
    length: str


@dataclass(frozen=True)
class Line:
    """A quantity over time."""

    points: str
    """For a polyline."""
    area: str
    """For the polygon below it."""
    dots: tuple[tuple[str, str], ...]
    rules: tuple[tuple[str, int], ...]
    """Horizontal lines: where they stand, and for what value."""


def bar(counts: Mapping[str, int], whole: int) -> tuple[Segment, ...]:
    """Counts side by side, as parts of a whole; what is there can be seen, however few it is."""
    made, start = [], 0.0
    for kind, count in counts.items():
        if count and whole:
            length = min(max(100 * count / whole, 0.6), 100 - start)
            made.append(Segment(kind, f"{start:.2f}", f"{length:.2f}"))
            start += length
    return tuple(made)


def line(values: Sequence[tuple[float, int]]) -> Line:
    """Moments and values, in the order of time, from zero up to a round number above the highest."""
    top = above(max((value for _, value in values), default=0))
    first, last = (values[0][0], values[-1][0]) if values else (0.0, 0.0)
    width = (last - first) or 1.0
    dots = tuple(
        (f"{WIDTH * (at - first) / width:.1f}", f"{HEIGHT - HEIGHT * value / top:.1f}")
        for at, value in values
    )
    points = " ".join(f"{x},{y}" for x, y in dots)
    area = f"{dots[0][0]},{HEIGHT} {points} {dots[-1][0]},{HEIGHT}" if dots else ""
    rules = tuple((f"{HEIGHT - HEIGHT * part / 2:.1f}", top * part // 2) for part in (2, 1, 0))
    return Line(points, area, dots, rules)


def above(value: int) -> int:
    """The next round number that is not below: 2, 4, 6, 8 or 10 times a power of ten."""
    if value <= 2:
        return 2
    size: int = 10 ** floor(log10(value))
    return next(step * size for step in (2, 4, 6, 8, 10, 20) if step * size >= value)
