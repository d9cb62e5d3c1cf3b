"""How to ask an address again: the validators of its last answer (RFC 9110 section 8.8).

They lie in `.feeds/validators.json` and may be deleted at any time; then all is asked for anew. Those of
another version of this program are not believed: it may make something else of the same bytes.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from feeds.errors import OutputError
from feeds.network.fetching import Fetched
from feeds.publishing import private, replace_file
from feeds.standstill import program

FILE = ".feeds/validators.json"


@dataclass
class Validators:
    """What each address said of its last answer."""

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
                    address: {name: value for name, value in headers.items() if isinstance(value, str)}
                    for address, headers in said["answers"].items()
                }
        return found

    def conditions(self, address: str) -> dict[str, str]:
        """Headers that ask for an answer only if there is a new one."""
        return dict(self._known.get(address, {}))

    def note(self, address: str, answer: Fetched) -> None:
        """Keep what an answer said of itself."""
        said = {"if-none-match": answer.etag, "if-modified-since": answer.modified}
        self._known[address] = {name: value for name, value in said.items() if value}

    def save(self) -> None:
        """Write what is known. Where that cannot be, the next time all is asked for anew."""
        if not self._known and not (self.root / FILE).exists():
            return
        answers = {address: said for address, said in sorted(self._known.items()) if said}
        text = json.dumps({"program": program(), "answers": answers}, indent=0, ensure_ascii=False)
        with suppress(OutputError):
            private(self.root)
            replace_file(self.root / FILE, text.encode(errors="replace"))
