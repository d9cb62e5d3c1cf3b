"""The head of a post: YAML, TOML or JSON, or Pelican's `Key: value`; and the text below it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from feeds.config import toml_lines
from feeds.sources import front_matter
from feeds.sources.base import Lines
from feeds.sources.dialects.base import Head, Table
from feeds.sources.front_matter import UnreadableError

_OPENING = re.compile(r"\s*^(---|\+\+\+)(json|yaml|toml|js|javascript)?[ \t]*\n", re.MULTILINE)
_CLOSING = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE),
}
_ANY = re.compile(r"^[ \t]*[^\s#]", re.MULTILINE)
"""A line of a head that says anything, and is no comment."""
_PAIR = re.compile(r"([A-Za-z][\w -]*?)[ \t]*:[ \t]*(.*)")


def split(text: str, *, twins: bool = False) -> Head | None:
    """The head and the text of a file; None if it has no head. Raises `UnreadableError`.

    `twins` lets a key stand there twice, as Jekyll does: the last counts.
    """
    if text.lstrip().startswith("{"):
        return _json(text)
    opening = _OPENING.match(text)
    if not opening:
        return None
    fence, language = opening[1], opening[2] or ("yaml" if opening[1] == "---" else "toml")
    before = text.count("\n", 0, opening.end())
    closing = _CLOSING[fence].search(text, opening.end())
    if not closing:
        raise UnreadableError(f"has front matter that does not end; write a line {fence} after it", before)
    inner, first = text[opening.end() : closing.start()], text.count("\n", 0, closing.end()) + 1
    fields, lines, double = _read(inner, language, before, twins)
    return Head(fields, text[closing.end() :], lines, first, double)


def harmless(text: str) -> Table:
    """What the head of a page says; nothing where it has none that can be read."""
    try:
        head = split(text, twins=True)
    except UnreadableError:
        return {}
    return head.fields if head else {}


def _read(
    inner: str, language: str, before: int, twins: bool
) -> tuple[Table, Callable[[], Lines], UnreadableError | None]:
    """What a head says, where each of it stands, and what is odd about it."""
    if language in ("js", "javascript"):
        raise UnreadableError("has front matter in JavaScript, which is not run; write YAML", before)
    if not _ANY.search(inner):
        return {}, dict, None
    if language == "toml":
        return front_matter.toml_fields(inner, before), lambda: _below(inner, before), None

    def lines() -> Lines:
        return front_matter.yaml_lines(inner, before)

    if not twins:
        return front_matter.yaml_fields(inner, before), lines, None
    fields, twin = front_matter.yaml_last_counts(inner, before)
    return fields, lines, twin and UnreadableError(f"{twin.problem}; the last counts", twin.line)


def _below(inner: str, before: int) -> Lines:
    return {path: line + before for path, line in toml_lines(inner).items()}


def _json(text: str) -> Head | None:
    """A head that is a JSON object; None where the brace is of something else, such as a shortcode."""
    start = len(text) - len(text.lstrip())
    if not re.match(r'\{\s*["}]', text[start:]):
        return None
    try:
        _, end = json.JSONDecoder(parse_int=str).raw_decode(text, start)
    except json.JSONDecodeError as refusal:
        raise UnreadableError(f"is no JSON: {refusal.msg}", refusal.lineno) from None
    except RecursionError:
        raise UnreadableError("is nested too deeply; make it flatter", 1) from None
    inner = text[:end]
    fields = front_matter.json_fields(inner) if inner.strip() != "{}" else {}
    body = text[end:].lstrip("\n")
    first = text.count("\n", 0, len(text) - len(body)) + 1
    return Head(fields, body, lambda: front_matter.yaml_lines(inner.replace("\t", " "), 0), first)


def pairs(text: str) -> Head | None:
    """A head of `Key: value` lines, down to the first that is none; a value may go on, indented.

    Keys are lower-cased, and of two that are the same the first counts. None if the first line is no pair.
    """
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    fields: dict[str, list[str]] = {}
    places: dict[tuple[str | int, ...], int] = {}
    number, key, double = start, "", None
    for number, line in enumerate(lines[start:], start):
        if fields and re.match(r"[ \t]{4,}\S|\t\S", line):
            fields.get(key, []).append(line.strip())
        elif pair := _PAIR.fullmatch(line):
            key = pair[1].lower().replace(" ", "_")
            if (key,) in places:
                problem = f"{key}: is there twice, in lines {places[key,]} and {number + 1}; keep one"
                double = double or UnreadableError(f"{problem}; the first counts", number + 1)
                key = ""
                continue
            places[(key,)] = number + 1
            fields[key] = [pair[2].strip()] if pair[2].strip() else []
        else:
            break
    else:
        number = len(lines)
    if not fields:
        return None
    table: Mapping[str, Any] = {key: "\n".join(values) for key, values in fields.items()}
    body = "\n".join(lines[number:])
    first = number + 1 + len(body) - len(body.lstrip("\n"))
    return Head(table, body.lstrip("\n"), lambda: places, first, double)
