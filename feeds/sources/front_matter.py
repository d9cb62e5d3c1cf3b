"""One file's text to the fields it says: YAML, TOML or JSON, and Markdown under a YAML head.

Speed and safety part company in YAML, so two engines share it: ryaml reads (YAML 1.2, refuses a
key that is there twice), and PyYAML, slower but able to tell lines, is asked only where there is
something to report or a mark that might be an anchor, an alias or a tag. Those are refused.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import ryaml

from feeds.config import toml_lines
from feeds.sources.base import Lines

if TYPE_CHECKING:  # asked only where there is something to report, and slow to load
    import yaml

_FENCE = re.compile(r"^---[ \t]*\n", re.MULTILINE)
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_TOO_LONG = "has a number of thousands of digits; put it in quotes"
_MARKS = re.compile(r"(?:^|[\s\[{,:-])[&*!]\S", re.MULTILINE)


class UnreadableError(ValueError):
    """Text that is not what its format says, with the line (from 1; 0 for none)."""

    def __init__(self, problem: str, line: int = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


class TwinsError(UnreadableError):
    """A table that holds one key twice."""


class Parsed(NamedTuple):
    """The fields of one file; `lines` finds where each of them stands."""

    fields: dict[str, Any]
    lines: Callable[[], Lines]


def parse(text: str, suffix: str) -> Parsed:
    """The fields in a file's text, by the file's suffix. Raises `UnreadableError`."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return READERS[suffix](text)


def _markdown(text: str) -> Parsed:
    if not (opening := _FENCE.match(text)):
        raise UnreadableError("has no front matter; begin with a line ---, then title: and published:", 1)
    head_start = opening.end()
    if not (closing := _END.search(text, head_start)):
        raise UnreadableError("has front matter that does not end; write a line --- after it", 1)
    head, body = text[head_start : closing.start()], text[closing.end() :]
    fields = yaml_fields(head, 1)
    if "body" in fields:
        raise UnreadableError(
            "has a field body; the text stands below the second ---", yaml_lines(head, 1)["body",]
        )

    def lines() -> Lines:
        return {**yaml_lines(head, 1), ("body",): text.count("\n", 0, closing.end()) + 1}

    fields["body"] = body
    return Parsed(fields, lines)


def _yaml(text: str) -> Parsed:
    return Parsed(yaml_fields(text, 0), lambda: yaml_lines(text, 0))


def _toml(text: str) -> Parsed:
    return Parsed(toml_fields(text, 0), lambda: toml_lines(text))


def toml_fields(text: str, before: int) -> dict[str, Any]:
    """The fields of a TOML text that begins `before` lines below the top of its file."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as refusal:
        found = re.search(r" \(at line (\d+), column \d+\)", str(refusal))
        problem = str(refusal).replace(found[0], "") if found else str(refusal)
        raise UnreadableError(f"is no TOML: {problem}", before + int(found[1]) if found else before) from None
    except RecursionError:
        raise UnreadableError("is nested too deeply; make it flatter") from None
    except ValueError:
        raise UnreadableError(_TOO_LONG) from None


def _json(text: str) -> Parsed:
    return Parsed(json_fields(text), lambda: yaml_lines(text.replace("\t", " "), 0))  # YAML but for the tab


def json_fields(text: str) -> dict[str, Any]:
    """The fields of a JSON text. Raises `UnreadableError`."""
    try:
        fields = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except json.JSONDecodeError as refusal:
        raise UnreadableError(f"is no JSON: {refusal.msg}", refusal.lineno) from None
    except RecursionError:
        raise UnreadableError("is nested too deeply; make it flatter") from None
    except _TwinError:
        raise _twins_refusal(text.replace("\t", " "), 0) from None
    except UnreadableError:
        raise
    except ValueError:
        raise UnreadableError(_TOO_LONG) from None
    return _table(fields, 1)


READERS = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".yaml": _yaml,
    ".yml": _yaml,
    ".toml": _toml,
    ".json": _json,
}
"""What reads a file, by its suffix."""


def yaml_fields(text: str, before: int) -> dict[str, Any]:
    """The fields of a YAML text that begins `before` lines below the top of its file."""
    if ("&" in text or "*" in text or "!" in text) and _MARKS.search(text):
        _refuse_marks(text, before)
    return _table(_yaml_value(text, before), before + 1)


def _yaml_value(text: str, before: int) -> object:
    try:
        return ryaml.loads(text)
    except ryaml.InvalidYamlError as refusal:
        raise _yaml_refusal(str(refusal), text, before) from None
    except ValueError:  # what Python says of a key that is a list or a table
        raise UnreadableError("has brackets or braces where a field's name is due", before + 1) from None


def yaml_last_counts(text: str, before: int) -> tuple[dict[str, Any], TwinsError | None]:
    """As `yaml_fields`; but of a key that is there twice the last value counts, and this says so."""
    try:
        return yaml_fields(text, before), None
    except TwinsError as refusal:
        import yaml

        try:
            table = yaml.load(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError:  # a key that is a list or a table, after the twins
            raise refusal from None
        return _table(table, before + 1), refusal


def yaml_settings(text: str) -> dict[str, Any]:
    """The fields of a program's settings in YAML. Anchors may stand in these; ryaml bounds what they give."""
    try:
        fields = _yaml_value(text, 0)
    except TwinsError:
        fields, _ = yaml_last_counts(text, 0)
    return {str(key): value for key, value in fields.items()} if isinstance(fields, dict) else {}


def _table(value: object, line: int) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        raise UnreadableError("holds no fields; write title: and published:, one a line", line)
    odd = [key for key in value if not isinstance(key, str)]
    if odd:
        raise UnreadableError(f"has the field {odd[0]!r}, which is no name", line)
    return value


def _yaml_refusal(message: str, text: str, before: int) -> UnreadableError:
    if "duplicate entry" in message:
        return _twins_refusal(text, before)
    if "recursion limit" in message:
        return UnreadableError("is nested too deeply; make it flatter", before + 1)
    if "more than one document" in message:
        return UnreadableError("holds several documents; keep one to a file", before + 1)
    found = re.search(r" at line (\d+) column \d+", message)
    problem = message.partition(", while")[0].replace(found[0], "") if found else message
    if "found character that cannot start any token" in problem:
        problem = "a tab or a sign such as @ or ` cannot begin a value; use spaces, or quotes"
    elif "mapping values are not allowed" in problem:
        problem = "a colon within a value; put the whole value in quotes"
    return UnreadableError(f"is no YAML: {problem}", before + int(found[1]) if found else before + 1)


def _refuse_marks(text: str, before: int) -> None:
    import yaml

    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            line = before + _line(event.start_mark)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise UnreadableError("has an anchor or alias (& or *); write it out, or quote it", line)
            if tag := getattr(event, "tag", None):
                raise UnreadableError(f"has the tag {tag}; a value beginning with ! needs quotes", line)
    except yaml.YAMLError:
        return  # the reader says so better


def _yaml_node(text: str) -> yaml.Node | None:
    import yaml

    try:
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, RecursionError):
        return None
    return node


def yaml_lines(text: str, before: int) -> Lines:
    """The line of each field of a YAML text that begins `before` lines below the top of its file."""
    node = _yaml_node(text)
    return dict(_node_lines(node, (), before)) if node else {}


def _node_lines(
    node: yaml.Node, path: tuple[str | int, ...], before: int
) -> Iterator[tuple[tuple[str | int, ...], int]]:
    import yaml

    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = (*path, str(key.value))  # of a key that is a list or a table, its nodes
            yield below, before + _line(key.start_mark)
            yield from _node_lines(value, below, before)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield (*path, index), before + _line(value.start_mark)
            yield from _node_lines(value, (*path, index), before)


def _line(mark: Any) -> int:
    return mark.line + 1 if mark else 0


def _twins_refusal(text: str, before: int) -> UnreadableError:
    """Names the first key that a table holds twice, and both its lines."""
    seen: dict[tuple[str | int, ...], int] = {}
    node = _yaml_node(text)
    for path, line in _node_lines(node, (), before) if node else ():
        if path in seen:
            lines = f"lines {seen[path]} and {line}" if seen[path] != line else f"line {line}"
            problem = f"{path[-1]}: is there twice, in {lines}; keep one"
            return TwinsError(problem, line)
        seen[path] = line
    return TwinsError("holds a key twice; keep one")


class _TwinError(ValueError):
    """A JSON object with one key twice."""


def _no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise _TwinError
    return table


def _no_constant(name: str) -> object:
    raise UnreadableError(f"holds {name}, which is no number in JSON")
