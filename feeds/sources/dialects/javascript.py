"""Settings in JavaScript or TypeScript: the plain values that can be seen in them, nothing ever run."""

from __future__ import annotations

import re

_COMMENT = re.compile(
    r"(?P<text>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|//[^\n]*|/\*.*?\*/", re.DOTALL
)
_STRING = r"(?:\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`([^`$\\]*)`)"


def bare(source: str) -> str:
    """A source without its comments."""
    return _COMMENT.sub(lambda found: found["text"] or " ", source)


def text(source: str, key: str) -> str:
    """The first text that a key is given in a source without comments; empty if there is none.

    Where a key is given a name, its text counts; of a choice between several texts, the last.
    """
    found = re.search(rf"(?<![\w$.]){key}[\"']?\s*[:=]\s*{_STRING}", source)
    if found:
        return _said(found)
    named = re.search(rf"(?<![\w$.]){key}\s*:\s*([A-Za-z_$]\w*)\s*,", source)
    if named and named[1] != key and (given := text(source, re.escape(named[1]))):
        return given
    line = re.search(rf"(?<![\w$.]){key}[\"']?\s*:\s*([^\n]*)", source)
    chosen = list(re.finditer(_STRING, line[1])) if line and re.search(r"\|\||\?", line[1]) else []
    return _said(chosen[-1]) if chosen else ""


def _said(found: re.Match[str]) -> str:
    value = next((group for group in found.groups() if group is not None), "")
    return re.sub(r"\\([\"'\\])", r"\1", value)


def texts(source: str, key: str) -> tuple[str, ...]:
    """The texts in the first list that a key is given."""
    found = re.search(rf"(?<![\w$.]){key}[\"']?\s*[:=]\s*\[([^\[\]]*)\]", source)
    return tuple(next(filter(None, groups), "") for groups in re.findall(_STRING, found[1])) if found else ()


def truth(source: str, key: str) -> bool | None:
    """The first true or false that a key is given; None if there is none."""
    found = re.search(rf"(?<![\w$.]){key}[\"']?\s*[:=]\s*(true|false)\b", source)
    return found[1] == "true" if found else None


def block(source: str, key: str) -> str:
    """What the braces hold that a key is given first; empty if there are none."""
    found = re.search(rf"(?<![\w$.]){key}[\"']?\s*[:=]\s*\{{", source)
    return braced(source, found.end() - 1) if found else ""


def braced(source: str, start: int) -> str:
    """What stands between the brace at `start` and its partner."""
    depth = 0
    for position in range(start, len(source)):
        depth += {"{": 1, "}": -1}.get(source[position], 0)
        if depth == 0:
            return source[start + 1 : position]
    return source[start + 1 :]
