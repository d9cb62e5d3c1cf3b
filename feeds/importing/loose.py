"""Values of somebody's JSON and CSV, taken for what they should be, or for nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from feeds import values

Table = Mapping[str, Any]
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?.*)?", re.DOTALL)


def json_value(text: str) -> object:
    """What a JSON text says. Raises ValueError, also for what is nested too deeply."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except json.JSONDecodeError:
        raise
    except ValueError:  # which would speak of Python
        raise ValueError("has a number of thousands of digits") from None


def text(value: object) -> str:
    """A text, or a number as text; half of a surrogate pair, which JSON can say, is shown as such."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip().encode("utf-8", "replace").decode()


def table(value: object) -> Table:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}


def tables(value: object) -> list[Table]:
    """The objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def true(value: object) -> bool:
    """Whether a flag is set, however it is written."""
    return value is True or text(value).casefold() in ("true", "1", "yes", "t")


def moment(value: object, *, local: bool = False) -> datetime | None:
    """A date as exports write it (ISO 8601, or milliseconds since 1970); UTC, unless it is `local`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return _since_1970(value)
    given = value.isoformat() if isinstance(value, date) else text(value)
    if not _DATE.fullmatch(given):
        return None
    try:
        found = datetime.fromisoformat(given.removesuffix(" UTC"))
        zoned = found if found.tzinfo or local else found.replace(tzinfo=UTC)
        return zoned.replace(microsecond=0) if 1900 <= zoned.year <= 9998 else None
    except (ValueError, OverflowError):
        return None


def _since_1970(milliseconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(milliseconds // 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def address(value: object) -> str:
    """An http or https address, or nothing."""
    try:
        return values.address(text(value))
    except ValueError:
        return ""
