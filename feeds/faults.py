"""pydantic's complaints in an editor's words, each with its file, line and field."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from feeds.errors import Fault, Place

Path = tuple[str | int, ...]

_WORDS = {
    "missing": "is missing",
    "string_type": "must be text; put it in quotes",
    "int_type": "must be a whole number, without quotes",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "date_from_datetime_parsing": "is no date; write 2026-11-19",
    "dict_type": "must be a table of names and values",
    "model_type": "must be a table of names and values",
    "tuple_type": "must be a list",
    "recursion_loop": "is nested in itself",
    "invalid_key": "must be a name in letters; put it in quotes",
    "string_unicode": "has half of a surrogate pair in it; write the character itself",
}


def explained(
    refusal: ValidationError, model: type[BaseModel], file: str, lines: Mapping[Path, int]
) -> list[Fault]:
    """One fault for each complaint; the line is that of the field or of what holds it."""
    return [
        Fault(Place(file, _line(error, lines), dotted(error["loc"])), _problem(error, model))
        for error in refusal.errors(include_url=False)
    ]


def dotted(path: Path) -> str:
    """A path as people write it: authors[1].email."""
    text = ""
    for part in path:
        if part == "[key]":
            continue
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def nearest(path: Path, lines: Mapping[Path, int]) -> int:
    """The line of a field, or of what holds it; 0 where nothing is known."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 0)


def undotted(field: str) -> Path:
    """The path of a field as people write it: authors[1].email."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", field))


def _line(error: ErrorDetails, lines: Mapping[Path, int]) -> int:
    below = error.get("ctx", {}).get("line", 0) if error["loc"] == ("body",) else 0
    return nearest(error["loc"], lines) + below


def _problem(error: ErrorDetails, model: type[BaseModel]) -> str:
    kind = error["type"]
    if kind == "extra_forbidden":
        return _unknown(str(error["loc"][-1]), list(_fields(model, error["loc"][:-1])))
    if kind == "value_error":
        return error["msg"].removeprefix("Value error, ")
    return _WORDS.get(kind) or _lower(error["msg"].removeprefix("Input "))


def _unknown(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, 1, 0.6)
    hint = f"did you mean “{close[0]}”?" if close else f"known are {', '.join(known)}"
    return f"is unknown; {hint}"


def _fields(model: type[BaseModel], path: Path) -> Iterator[str]:
    """The fields of the model that a path leads to."""
    here: Any = model
    for part in path:
        models = list(_models(here.model_fields[part].annotation)) if _has(here, part) else [here]
        here = models[0] if models else here
    yield from here.model_fields


def _has(model: type[BaseModel], part: str | int) -> bool:
    return isinstance(part, str) and part in model.model_fields


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
