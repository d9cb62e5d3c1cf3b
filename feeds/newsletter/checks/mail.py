"""A digest as it goes out, read once for all checks, and where what is found was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from feeds.article import Article
from feeds.errors import Fault, Place
from feeds.newsletter.checks.page import Node, Page, read
from feeds.newsletter.digest import Digest
from feeds.templating import packaged


@dataclass(frozen=True)
class Mail:
    """What is checked: the digest, and the HTML and text as they stand in the final bytes."""

    digest: Digest
    html: str
    text: str
    message: bytes | None = None
    templates: Path | None = None
    """The project's folder of templates, to name the line that a finding comes from."""

    @cached_property
    def page(self) -> Page:
        """The HTML as a tree."""
        return read(self.html)

    @cached_property
    def links(self) -> tuple[Node, ...]:
        """The links in the HTML, in their order."""
        return tuple(node for node in self.page.all("a", "area") if "href" in node.attributes)

    def said(self, problem: str, node: Node | None = None, *needles: str, fatal: bool = True) -> Fault:
        """A finding at the place that wrote an element, or a text that the template has."""
        return Fault(self._place(node, needles), problem, warning=not fatal)

    def of_newsletter(self, problem: str, field: str = "", *, fatal: bool = True) -> Fault:
        """A finding that belongs to the whole."""
        return Fault(
            Place(f"newsletter {self.digest.issue.newsletter}", 0, field), problem, warning=not fatal
        )

    def _place(self, node: Node | None, needles: tuple[str, ...]) -> Place:
        if node and (found := self._content(node)):
            return found
        template = f"{self.digest.issue.template}.mjml"
        wanted = (*needles, f"<{node.tag}" if node else "")
        lines = (_line(needle, self._files(template)) for needle in wanted if needle)
        return next((place for place in lines if place), Place(f"templates/{template}"))

    def _content(self, node: Node) -> Place | None:
        """The article that an element shows or leads to."""
        issue = self.digest.issue
        for article in issue.articles:
            if article.image and node.attributes.get("src") == article.image.src:
                return _of(article, "image")
            if node.tag == "a" and node.attributes["href"] in _addresses(article):
                return _of(article, "title")
        if node.tag == "a" and node.attributes["href"] and node.attributes["href"] in issue.lead.html:
            return _of(issue.lead, "body")
        return None

    def _files(self, first: str) -> Iterator[tuple[str, Path]]:
        """The templates that a digest may be made of, the project's before ours, the digest's own first."""
        for folder in (self.templates, packaged()):
            if folder and folder.is_dir():
                files = sorted(folder.glob("*.mjml"), key=lambda file: (file.name != first, file.name))
                yield from ((f"{folder.name}/{file.name}", file) for file in files)


def _of(article: Article, field: str) -> Place:
    return Place(article.file or article.url, 0, field)


def _addresses(article: Article) -> tuple[str, ...]:
    return (article.url, article.full_article.url) if article.full_article else (article.url,)


def _line(needle: str, files: Iterator[tuple[str, Path]]) -> Place | None:
    for name, file in files:
        for number, line in enumerate(file.read_text("utf-8", errors="replace").splitlines(), 1):
            if needle in line:
                return Place(name, number)
    return None
