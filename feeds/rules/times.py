"""Dates that are written well and cannot be meant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from feeds.rules.base import End
from feeds.rules.frame import Frame
from feeds.rules.inspection import Inspection

LATEST = 2100  # without a clock: no feed of ours will be read then


def implausible(parse: Callable[[str], datetime | None], earliest: int) -> End:
    """A check for dates before a year, or more than a day ahead of `now`."""

    def check(frame: Frame, inspection: Inspection) -> None:
        text = frame.text
        moment = parse(text) or parse(text.strip())
        if moment is None or (
            earliest <= moment.year < LATEST and (inspection.latest is None or moment <= inspection.latest)
        ):
            return
        when = "before feeds were" if moment.year < earliest else "in the future"
        words = f"{frame.text.strip()[:40]!r} cannot be meant: it is {when}"
        inspection.say(frame, "date-implausible", words, "warning")

    return check
