"""What was printed last, and of what: a document whose every ingredient is as it was is not made again.

The note stands beside the memory of articles and may be deleted at any time. It is believed only where
the file in the output is, byte for byte, the one that was noted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from feeds import standstill
from feeds.config import Settings
from feeds.errors import OutputError
from feeds.library import Feed
from feeds.publishing import Document, Kept, intact, private, replace_file

FILE = ".feeds/printed.json"


def feed_key(feed: Feed, form: str) -> str:
    """What tells whether the document of a feed would be another."""
    return key_of(form, feed.but(entries=()), *(entry.fingerprint for entry in feed.entries))


def key_of(*ingredients: object) -> str:
    """A digest over anything that says all of itself in its `repr`."""
    return hashlib.blake2b(repr(ingredients).encode(), digest_size=16).hexdigest()


@dataclass
class Printed:
    """What stands in an output, by the name of what it is; each with its key and the digests of its files."""

    root: Path
    output: Path
    key: str
    """What every document follows from: the program, the settings, the templates."""
    _known: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    _now: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Path, output: Path, templates: Path, settings: Settings) -> Printed:
        """The note of the last build, if there is one and it still holds."""
        overrides = standstill.stamps(str(templates))
        key = key_of(standstill.program(), settings.model_dump_json(), overrides)
        printed = cls(root, output, key)
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            said = json.loads((root / FILE).read_bytes())
            if said["key"] == key:
                is_intact = intact(output)
                printed._known = {
                    name: (made, files)
                    for name, (made, files) in said["documents"].items()
                    if all(is_intact(path, sum_of_it) for path, sum_of_it in files.items())
                }
        return printed

    def kept(self, name: str, key: str) -> tuple[Kept, ...]:
        """The files that are as they would be made now; none where they have to be made."""
        known = self._known.get(name)
        if not key or known is None or known[0] != key:
            return ()
        self._now[name] = known
        return tuple(map(Kept, known[1]))

    def keep(self, name: str, key: str, made: Iterable[Document | Kept]) -> None:
        """Note what was made, where a key tells whether it would be made otherwise."""
        documents = [one for one in made if isinstance(one, Document)]
        if key and documents:
            digests = {one.path: hashlib.sha256(one.content).hexdigest() for one in documents}
            self._now[name] = (key, digests)

    def save(self) -> None:
        """Write the note, once the output shows what it says. Where that cannot be, all is made anew."""
        if self._now != self._known:
            text = json.dumps({"key": self.key, "documents": self._now}, ensure_ascii=False)
            with suppress(OutputError):
                private(self.root)
                replace_file(self.root / FILE, text.encode())
