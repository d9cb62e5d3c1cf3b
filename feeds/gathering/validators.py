"""How to ask an address again: the validators of its last answer (RFC 9110 section 8.8), and its digest.

Many servers send all of it each time; what is the same to the byte need not be read again. They lie in
`.feeds/validators.json` and may be deleted at any time; then all is asked for anew. Those of another
version of this program are not believed, for it may make something else of the same bytes, and none
where somebody has changed what was kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from feeds.errors import OutputError
from feeds.network.fetching import Fetched
from feeds.publishing import private, replace_file
from feeds.sources.files import digest
from feeds.standstill import program

FILE = ".feeds/validators.json"
_CONDITIONS = ("if-none-match", "if-modified-since")


@dataclass
class Validators:
    """What each address said of its last answer, by who asked: the source and the address."""

    root: Path
    _known: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Path) -> Validators:
        """What is known; nothing where the file is lost or spoilt."""
        found = cls(root)
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            said = json.loads((root / FILE).read_bytes())
            if said["program"] == program():
                found._known = {
                    asker: {name: value for name, value in known.items() if isinstance(value, str)}
                    for asker, known in said["answers"].items()
                }
        return found

    def known(self, asker: str, kept: Sequence[bytes]) -> dict[str, str]:
        """What is known of the last answer, where that is what was kept of it."""
        known = self._known.get(asker, {})
        return known if kept and known.get("kept") == digest(b"".join(kept)) else {}

    def note(self, asker: str, said: dict[str, str]) -> None:
        """Keep what an answer said of itself."""
        self._known[asker] = said

    def save(self) -> None:
        """Write what is known. Where that cannot be, the next time all is asked for anew."""
        if not self._known and not (self.root / FILE).exists():
            return
        answers = dict(sorted(self._known.items()))
        text = json.dumps({"program": program(), "answers": answers}, indent=0, ensure_ascii=False)
        with suppress(OutputError):
            private(self.root)
            replace_file(self.root / FILE, text.encode(errors="replace"))


def conditions(known: Mapping[str, str]) -> dict[str, str]:
    """Headers that ask for an answer only if there is a new one."""
    return {name: value for name, value in known.items() if name in _CONDITIONS}


def said(answer: Fetched, kept: Sequence[bytes]) -> dict[str, str]:
    """What an answer says of itself, and the digests of it and of what was made of it."""
    found = {
        "if-none-match": answer.etag,
        "if-modified-since": answer.modified,
        "digest": digest(answer.content),
        "kept": digest(b"".join(kept)),
    }
    return {name: value for name, value in found.items() if value}
