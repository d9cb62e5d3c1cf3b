"""A site's own settings and data: YAML, TOML and JSON files of it, read and never run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from feeds.sources import front_matter
from feeds.sources.dialects.base import Table, UnsettledError
from feeds.sources.front_matter import UnreadableError

LARGEST = 1_000_000
"""Bytes in one file of settings or data."""
SUFFIXES = (".toml", ".yaml", ".yml", ".json")


def table(file: Path) -> Table:
    """What a file says; nothing if there is none. Raises `UnsettledError`."""
    try:
        if file.is_symlink() or not file.is_file():
            return {}
        if file.stat().st_size > LARGEST:
            raise UnsettledError(f"{file.name} is longer than {LARGEST:,} bytes")
        text = file.read_text("utf-8-sig").replace("\r\n", "\n")
        return parsed(text, file.suffix)
    except UnreadableError as refusal:
        line = f":{refusal.line}" if refusal.line else ""
        raise UnsettledError(f"{file.name}{line} {refusal.problem}") from None
    except (OSError, UnicodeDecodeError) as refusal:
        raise UnsettledError(f"{file.name} cannot be read: {refusal}") from None


def parsed(text: str, suffix: str) -> Table:
    """The table in a text, by the suffix of its file. Raises `UnreadableError`."""
    if not text.strip():
        return {}
    if suffix == ".toml":
        return front_matter.toml_fields(text, 0)
    if suffix == ".json":
        return front_matter.json_fields(text)
    return front_matter.yaml_settings(text)


def first(root: Path, names: Iterable[str]) -> Table:
    """What the first of some files that is there says. Raises `UnsettledError`."""
    for name in names:
        if (root / name).is_file():
            return table(root / name)
    return {}


def harmless(file: Path) -> Table:
    """As `table`; but of a file that cannot be read nothing is known."""
    try:
        return table(file)
    except UnsettledError:
        return {}


def text(file: Path) -> str:
    """The text of a file of the site; empty if there is none that can be read."""
    try:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > LARGEST:
            return ""
        return file.read_text("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError):
        return ""


def lowered(value: Any) -> Any:
    """A value in which all keys of tables are small."""
    if isinstance(value, Mapping):
        return {str(key).lower(): lowered(inner) for key, inner in value.items()}
    return [lowered(inner) for inner in value] if isinstance(value, list) else value


def section(table: Table, *path: str) -> Table:
    """A table within tables; empty where there is none."""
    here: Any = table
    for part in path:
        here = here.get(part) if isinstance(here, Mapping) else None
    return here if isinstance(here, Mapping) else {}


def word(table: Table, *keys: str) -> str:
    """The first of some keys that has a text or a number in it; else nothing."""
    for key in keys:
        value = table.get(key)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


PEOPLE = ("authors", "author", "people", "members", "team", "contributors")
"""What sites call their data about those who write."""


def people(*places: Path) -> dict[str, Table]:
    """Authors by their id, of data files: a table of tables, a list of tables, or a folder of one each."""
    found: dict[str, Table] = {}
    for place in places:
        for file in each(place, *(f"*{suffix}" for suffix in SUFFIXES)):
            found[file.stem] = {"key": file.stem, **harmless(file)}
        for suffix in SUFFIXES if not place.suffix else ("",):
            found |= _people(place.with_name(place.name + suffix))
    return found


def _people(file: Path) -> dict[str, Table]:
    said = harmless(file) or _named(listed(file))
    for group in [one for one in said.values() if isinstance(one, list)]:
        said = {**said, **_named(group)}
    tables = {str(key): {"name": value} if isinstance(value, str) else value for key, value in said.items()}
    return {key: {"key": key, **value} for key, value in tables.items() if isinstance(value, Mapping)}


def listed(file: Path) -> list[Any]:
    """What stands in a file that is a list; of a file that is none, nothing."""
    inner = text(file).strip()
    whole = f'{{"list": {inner}}}' if file.suffix == ".json" else f"list:\n{inner}\n"
    try:
        given = parsed(whole, file.suffix).get("list") if inner[:1] in ("-", "[") else None
    except UnreadableError:
        return []
    return given if isinstance(given, list) else []


def _named(tables: Iterable[object]) -> Table:
    """Tables by the ids that they give themselves."""
    ids = ("id", "key", "username", "slug", "name")
    return {name: one for one in tables if isinstance(one, Mapping) and (name := word(one, *ids))}


def each(folder: Path, *patterns: str) -> Iterator[Path]:
    """The files of a folder that fit, in one order; none if there is no such folder."""
    if folder.is_dir():
        for pattern in patterns:
            yield from sorted(folder.glob(pattern))
