"""One open element of the document under inspection."""

from __future__ import annotations

from feeds.rules.base import XML, Element


class Frame:
    """One open element: where it began, what it held so far. `kept` has what its children left for it."""

    __slots__ = ("attributes", "counts", "element", "kept", "line", "name", "parent", "position", "text")

    def __init__(  # noqa: PLR0913, PLR0917 - made for every element, so by position
        self,
        element: Element,
        name: str,
        attributes: dict[str, str],
        line: int,
        parent: Frame | None,
        position: int,
    ) -> None:
        self.element = element
        self.name = name
        self.attributes = attributes
        self.line = line
        self.parent = parent
        self.position = position
        self.counts: dict[str, int] = {}
        self.kept: dict[str, list[Frame]] | None = None
        self.text = ""

    def has(self, name: str) -> bool:
        """Whether a child of that name was there."""
        return name in self.counts

    def get(self, name: str) -> list[Frame]:
        """The kept children of that name."""
        return self.kept.get(name, []) if self.kept else []

    def filled(self, name: str) -> bool:
        """Whether a kept child of that name says anything."""
        return any(child.text and not child.text.isspace() for child in self.get(name))

    def value(self, name: str) -> str:
        """The text of the first kept child of that name."""
        found = self.get(name)
        return found[0].text.strip() if found else ""

    def base(self) -> bool:
        """Whether an xml:base is in scope."""
        frame: Frame | None = self
        while frame is not None:
            if f"{XML} base" in frame.attributes:
                return True
            frame = frame.parent
        return False
