"""JSON read strictly, and the line on which each value stands."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

DEPTH = 500
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.S)


class NotJSON(ValueError):  # noqa: N818 - a state of the document, which becomes a finding
    """The bytes are no JSON; line and rule say where and why."""

    def __init__(self, rule: str, problem: str, line: int) -> None:
        super().__init__(problem)
        self.rule, self.line = rule, line


def _no_number(name: str) -> NoReturn:
    raise NotJSON("not-well-formed", f"JSON has no number {name}", 1)


def parse(document: bytes) -> tuple[Any, str, list[str]]:
    """The value, the text, and keys that stand twice in one object."""
    twice: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(items)
        if len(value) < len(items):
            keys = [key for key, _ in items]
            twice.append(next(key for key in keys if keys.count(key) > 1))
        return value

    try:
        text = document.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=pairs, parse_constant=_no_number), text, twice
    except UnicodeDecodeError as error:
        line = document[: error.start].count(b"\n") + 1
        raise NotJSON("encoding-bytes", "these bytes are not UTF-8", line) from None
    except json.JSONDecodeError as error:
        raise NotJSON("not-well-formed", f"not JSON: {error.msg}", error.lineno) from None
    except RecursionError:
        raise NotJSON("too-deep", "values are nested too deep", 1) from None
    except NotJSON:
        raise
    except ValueError:
        raise NotJSON("not-well-formed", "a number is too long", 1) from None


class Positions:
    """Lines by path (`items[2]/url`), found in one walk when the first is asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: dict[str, int] | None = None

    def line(self, path: str) -> int:
        """The line on which a value starts; 1 for one that is not there."""
        if self._lines is None:
            self._lines = _walk(self._text)
        return self._lines.get(path, 1)


def _walk(text: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    stack: list[
        list[Any]
    ] = []  # for each open value: its path, the number in an array or None, the key last read
    line, last, key = 1, 0, True
    for match in _PIECE.finditer(text):
        line += text.count("\n", last, match.start())
        last, piece = match.start(), match[0]
        if piece in ("}", "]"):
            if stack:
                stack.pop()
            key = False
        elif piece == ",":
            key = bool(stack) and stack[-1][1] is None
        elif piece == ":":
            key = False
        elif key and stack and stack[-1][1] is None and piece[0] == '"':
            stack[-1][2] = _key(piece)
        else:
            path = _path(stack)
            lines[path] = line
            if piece in ("{", "["):
                stack.append([path, None if piece == "{" else 0, ""])
                key = piece == "{"
    return lines


def _key(piece: str) -> str:
    try:
        return str(json.loads(piece))
    except ValueError:
        return piece


def _path(stack: list[list[Any]]) -> str:
    if not stack:
        return ""
    above, number, key = stack[-1]
    if number is None:
        return f"{above}/{key}".lstrip("/")
    stack[-1][1] += 1
    return f"{above}[{stack[-1][1]}]"
