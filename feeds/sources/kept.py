"""The form in which `feeds fetch` keeps what came from elsewhere: `fetched/NAME.jsonl`, for builds to read.

A line is a JSON object. The first says what was fetched, so that other settings are noticed; one with
`feed` says of which feed the articles are that follow; every other is an article, its fields called as
in a file of ours. The file is content: it can be committed, and the same file gives the same bytes.
"""

from __future__ import annotations

import filecmp
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from feeds import values
from feeds.config import FETCHED
from feeds.errors import ContentError, Fault, Place
from feeds.sources import files

VERSION = 1
Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Section:
    """A feed of which articles follow; for the rows of a database it says nothing."""

    feed: str = ""
    """Its address or file, as the settings or the list have it."""
    title: str = ""
    home: str = ""
    id: str = ""


class Line(NamedTuple):
    """An article in the file: where it stands there, and what it says."""

    number: int
    """From 1 on."""
    offset: int
    content: bytes
    section: Section

    @property
    def fields(self) -> dict[str, Any]:
        """What it says. Raises `ValueError` for what is no object of JSON."""
        return told(self.content)


def name(source: str) -> str:
    """The file of a source, as a person names it."""
    return f"{FETCHED}/{source}.jsonl"


def told(content: bytes) -> dict[str, Any]:
    """A line as an object. Raises `ValueError` for what is none."""
    try:
        found = json.loads(content)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("is no object")  # noqa: TRY004 - what is wrong is what somebody wrote
    return found


def line(fields: Fields) -> bytes:
    """An object as a line."""
    return json.dumps(fields, ensure_ascii=False).encode(errors="replace") + b"\n"


def head(what: Mapping[str, str]) -> bytes:
    """The first line of a file: what was fetched."""
    return line({"feeds": VERSION, **what})


def opening(section: Section) -> bytes:
    """The line before the articles of a feed."""
    said = {"feed": section.feed, "title": section.title, "home": section.home, "id": section.id}
    return line({name: value for name, value in said.items() if value or name == "feed"})


def lines(root: Path, source: str, what: Mapping[str, str]) -> Iterator[Line | Fault]:
    """Each article that was kept of a source, one after another; and every line that is none.

    Raises `ContentError` where nothing was kept, or something else than the settings name.
    """
    section = Section()
    for number, offset, content in _read(root, source, what):
        try:
            if content.startswith(b'{"feed": '):
                section = _section(told(content))
                continue
            if problem := files.too_large(len(content)):
                yield Fault(Place(name(source), number), problem)
                continue
        except (ValueError, TypeError, AttributeError):
            yield Fault(Place(name(source), number), f"{_STRANGE}; run `feeds fetch {source}`")
            continue
        yield Line(number, offset, content, section)


def again(root: Path, source: str, offset: int, size: int) -> bytes:
    """The bytes of one line, once more; whatever stands there now."""
    with (root / name(source)).open("rb") as stream:
        stream.seek(offset)
        return stream.read(size)


def _section(said: Fields) -> Section:
    """Raises `ValueError` for what no feed could say of where an entry is from."""
    for key, value in said.items():
        if value:
            (values.address if key == "home" else values.line)(value)
    return Section(**said)


_STRANGE = "is no line that `feeds fetch` has written"


def _read(root: Path, source: str, what: Mapping[str, str]) -> Iterator[tuple[int, int, bytes]]:
    file, again = Path(root, name(source)), f"run `feeds fetch {source}`"
    try:
        if file.is_symlink() or (file.exists() and not file.is_file()):
            raise _refused(source, "is no ordinary file; remove it", 0)
        with file.open("rb") as stream:
            offset = 0
            for number, content in enumerate(stream, 1):
                if number == 1 and content != head(what):
                    raise _refused(source, f"is of other settings than those in feeds.toml; {again}", 1)
                if number > 1:
                    yield number, offset, content
                offset += len(content)
            if not offset:
                raise _refused(source, f"is empty; {again}", 0)
    except FileNotFoundError:
        raise _refused(source, f"is not there, so nothing was fetched yet; {again}", 0) from None
    except OSError as refusal:
        raise _refused(source, f"cannot be read: {refusal.strerror}", 0) from None


def _refused(source: str, problem: str, number: int) -> ContentError:
    return ContentError(Fault(Place(name(source), number), problem))


def write(root: Path, source: str, content: Iterable[bytes]) -> None:
    """Write the file of a source in one step, however long it is; one that says the same stays as it is.

    Raises `OSError`, and what the content raises: then nothing is written.
    """
    file = root / name(source)
    file.parent.mkdir(exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as stream:
            stream.writelines(content)
            stream.flush()
            os.fsync(stream.fileno())
        if not (file.is_file() and filecmp.cmp(unfinished, file, shallow=False)):
            unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
