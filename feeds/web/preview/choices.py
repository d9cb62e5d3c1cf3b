"""What is chosen on the page, as its address says it: the newsletter or feed, and how it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode


@dataclass(frozen=True)
class Choice:
    """One of several things to choose."""

    label: str
    href: str
    current: bool = False
    key: str = ""
    """The key on the keyboard that chooses it."""
    note: str = ""


@dataclass(frozen=True)
class Looked:
    """What is looked at: `newsletter/weekly`, with what was chosen of it."""

    base: str
    """The path of the preview, with / at its end."""
    kind: str
    name: str
    chosen: Mapping[str, str]

    def value(self, name: str, known: Sequence[str]) -> str:
        """What was chosen, or the first of what can be."""
        return wanted if (wanted := self.chosen.get(name, "")) in known else known[0]

    def href(self, **changes: str) -> str:
        """The address of the same with something else chosen."""
        return self.address(self.kind, **changes)

    def address(self, kind: str, **changes: str) -> str:
        """The same choices at another of our addresses: the frame, the message."""
        query = urlencode({**self.chosen, **changes})
        return f"{self.base}{kind}/{quote(self.name)}" + (f"?{query}" if query else "")

    def choices(
        self, name: str, known: Mapping[str, str], keys: str = "", notes: Mapping[str, str] | None = None
    ) -> Iterator[Choice]:
        """The choices of one kind: value to label, each perhaps with a key."""
        current = self.value(name, list(known))
        for number, (value, label) in enumerate(known.items()):
            key = keys[number] if number < len(keys) else ""
            note = (notes or {}).get(value, "")
            yield Choice(label, self.href(**{name: value}), value == current, key, note)
