"""Pelican's settings: pelicanconf.py read and never run, and what they say of a file by its path."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from feeds.sources.dialects import documents
from feeds.sources.dialects.base import Post, Table, UnsettledError


def settings(root: Path) -> Table:
    """What pelicanconf.py and publishconf.py say in plain values."""
    table: dict[str, Any] = {}
    for name in ("pelicanconf.py", "publishconf.py"):
        said = _assigned(documents.text(root / name), name, dict(table))
        table |= {key: value for key, value in said.items() if value not in ("", None) or key not in table}
    return table


def _assigned(source: str, name: str, known: dict[str, Any]) -> dict[str, Any]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as refusal:
        line = getattr(refusal, "lineno", None)
        raise UnsettledError(f"{name}{f':{line}' if line else ''} is no Python") from None
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            try:
                value = _value(statement.value, known)
            except (ValueError, TypeError, RecursionError):
                continue  # made by running something, which we do not
            known |= {target.id: value for target in targets if isinstance(target, ast.Name)}
    return known


def _value(node: ast.expr, known: Mapping[str, Any]) -> Any:
    """A literal, a name given before, texts put together, or what counts without the environment.

    Raises ValueError for anything else.
    """
    if isinstance(node, ast.Name):
        if node.id not in known:
            raise ValueError(node.id)
        return known[node.id]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _value(node.left, known), _value(node.right, known)
        if isinstance(left, str) and isinstance(right, str):
            return left + right
        raise ValueError("not texts")
    if isinstance(node, ast.JoinedStr):
        return "".join(_part(part, known) for part in node.values)
    if isinstance(node, ast.Call) and ast.unparse(node.func) in _ASKING and len(node.args) == 2:
        return _value(node.args[1], known)
    return ast.literal_eval(node)


_ASKING = frozenset(["os.environ.get", "environ.get", "os.getenv", "getenv"])
"""What asks the environment, and names what counts if it says nothing."""


def _part(node: ast.expr, known: Mapping[str, Any]) -> str:
    """A part of an f-string. Raises ValueError where it asks for more than a name."""
    if not isinstance(node, ast.FormattedValue):
        return str(ast.literal_eval(node))
    if node.format_spec or node.conversion != -1:
        raise ValueError("a format")
    return str(_value(node.value, known))


def meant(post: Post) -> dict[str, Any]:
    """What the settings say of a post by its path, and of all posts. Keys are small."""
    config = post.site.config
    path = post.path.removeprefix(post.site.data["content"])
    name = posixpath.splitext(posixpath.basename(path))[0]
    found = {str(key).lower(): value for key, value in _pairs(config.get("DEFAULT_METADATA"))}
    found |= _matched(config.get("FILENAME_METADATA"), name) | _matched(config.get("PATH_METADATA"), path)
    for place, values in _pairs(config.get("EXTRA_PATH_METADATA")):
        folder = posixpath.normpath(str(place))
        if path == folder or path.startswith(f"{folder}/"):
            found |= {str(key).lower(): value for key, value in _pairs(values)}
    usual = _moment(config.get("DEFAULT_DATE"))
    return {"date": usual, **found} if usual and not post.spot.date else found


def _pairs(value: object) -> Iterable[tuple[Any, Any]]:
    """A table as pairs, or a list of pairs as Pelican had it once."""
    if isinstance(value, Mapping):
        return value.items()
    return [one for one in value if len(one) == 2] if isinstance(value, list | tuple) else ()


def _matched(pattern: object, text: str) -> dict[str, Any]:
    """What the named groups of a pattern find at the beginning of a text."""
    try:
        found = re.match(pattern, text) if isinstance(pattern, str) and pattern else None
    except re.error:
        return {}
    return {key.lower(): value for key, value in found.groupdict().items() if value} if found else {}


def _moment(value: object) -> datetime | None:
    """A date that is given as numbers; none for “fs”, the time of the file."""
    if not isinstance(value, tuple):
        return None
    try:
        return datetime(*value)
    except (TypeError, ValueError, OverflowError):
        return None


def rules(config: Table, kind: str) -> tuple[tuple[str, str], ...]:
    """The site's own rules for slugs of articles, categories or authors; none if it has none that hold."""
    given = config.get(f"{kind}_REGEX_SUBSTITUTIONS") or config.get("SLUG_REGEX_SUBSTITUTIONS")
    found = tuple(pair[:2] for pair in given if len(pair) >= 2) if isinstance(given, list | tuple) else ()
    try:
        for pattern, into in found:
            re.sub(pattern, into, "")
    except (re.error, TypeError):
        return ()
    return found
