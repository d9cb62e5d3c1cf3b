"""What the documents of an archive say of each other, read from Atom or RSS."""

from __future__ import annotations

from feeds.rules._xml import Broken, Parser, read
from feeds.rules.archives import Page
from feeds.rules.namespaces import ATOM, HISTORY


class _Pages:
    """Listens for links of the head, fh:archive, and each entry's id and date."""

    parser: Parser

    def __init__(self, page: Page) -> None:
        self.page, self.parts = page, list[str]()
        self._path: list[str] = []
        self._entry = ["", ""]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Opens an element."""
        self.parts.clear()
        self._path.append(name.rpartition(" ")[2])
        if name == f"{ATOM} link" and not {"entry", "item"} & set(self._path):
            self.page.links.setdefault(attributes.get("rel", "alternate"), attributes.get("href", ""))
        elif name == f"{HISTORY} archive":
            self.page.archive = True

    def end(self, name: str) -> None:
        """Closes it."""
        local = self._path.pop()
        above = self._path[-1] if self._path else ""
        if above in ("entry", "item") and local in ("id", "guid", "updated", "pubDate"):
            self._entry[local in ("updated", "pubDate")] = "".join(self.parts).strip()
        elif local in ("entry", "item"):
            self.page.entries.append((self._entry[0], self._entry[1]))
            self._entry = ["", ""]
        self.parts.clear()

    def declare(self, prefix: str | None, uri: str | None) -> None:
        """Is of no interest here."""

    def note(self, severity: str, rule: str, problem: str) -> None:
        """Is `inspect`'s to say."""


def page_of(address: str, document: bytes) -> Page:
    """One document of an archive, as far as it can be read."""
    page = Page(address)
    try:
        for _ in read(document, _Pages(page)):
            pass
    except Broken:
        pass  # inspect says so
    return page
