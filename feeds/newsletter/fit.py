"""The size always fits: first cards become rows of one line, then rows give way to a number.

Mailboxes clip what is long, and with it the link to unsubscribe. So an issue that would be too
large is set more tightly, by as little as is needed, and always in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

MOST = 100_000
"""How many bytes of HTML are made at most. Gmail clips at 102,400; each subscriber's own link needs some."""


@dataclass(frozen=True)
class Layout:
    """How the further stories of an issue are shown, in their order."""

    cards: int
    """With summary and picture."""
    rows: int = 0
    """On one line each: title and date."""
    left: int = 0
    """Not at all; a number says how many wait on the web."""
    blocks: int | None = None
    """How many paragraphs of the lead story there are; all of them if not said."""


def fit(items: int, blocks: int, size: Callable[[Layout], int], most: int = MOST) -> Layout | None:
    """The layout that shows the most of what fits into so many bytes, or None if nothing does.

    `size` is asked about ten times for the bytes of a layout; it must not fall as more is shown.
    """

    def fits(layout: Layout) -> bool:
        return size(layout) <= most

    if fits(every := Layout(items)):
        return every
    stages: tuple[tuple[int, Callable[[int], Layout]], ...] = (
        (items, lambda cards: Layout(cards, items - cards)),
        (items, lambda rows: Layout(0, rows, items - rows)),
        (blocks, lambda kept: Layout(0, 0, items, kept)),
    )
    for count, layout in stages:
        if found := _largest(count, layout, fits):
            return found
    return None


def told(layout: Layout, before: int, after: int) -> str:
    """What was done, for whoever sends the issue; empty where nothing was."""
    if not (layout.rows or layout.left) and layout.blocks is None:
        return ""
    parts = (
        f"{layout.cards} further stories with their summaries" if layout.cards else "",
        f"{layout.rows} on one line each" if layout.rows else "",
        f"{layout.left} only as a number that leads to the web" if layout.left else "",
        "the lead story shortened" if layout.blocks is not None else "",
    )
    said = ", ".join(part for part in parts if part)
    return f"all of it would be {before:,} bytes of HTML; now there are {said}: {after:,} bytes"


def _largest(count: int, layout: Callable[[int], Layout], fits: Callable[[Layout], bool]) -> Layout | None:
    """The layout of the largest number below `count` that fits, or None where that of 0 does not."""
    if count <= 0 or not fits(layout(0)):
        return None
    low, high = 0, count  # low fits, high does not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(layout(middle)) else (low, middle)
    return layout(low)
