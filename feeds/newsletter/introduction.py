"""The editor's introduction: what an issue says before all else, from a file that is no article.

`content/_weekly.md` introduces the newsletter weekly, and `content/_weekly.fr.md` says the same in
French. It holds Markdown and nothing else; its references are relative to the content folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from feeds import markup
from feeds.errors import ContentError, Fault, Place
from feeds.issue import Issue
from feeds.library import Library

LONGEST = 5_000
"""Characters. What is longer is an article, and would push the news out of the mail."""


@dataclass(frozen=True)
class Introduction:
    """What one file says, in Markdown."""

    file: str
    """As a person names it: relative to the project."""
    markdown: str

    def html(self, library: Library, page: str) -> str:
        """Safe HTML for the issue at `page`; links to articles' files lead to the articles.

        A heading becomes a line in bold: the first heading below the title is the lead story's.
        Raises `ContentError` for markup that is nested too deeply.
        """
        base = library.publication.url
        folder = f"{library.publication.content}/"
        links = {article.file.removeprefix(folder): article.url for article in library.articles}
        try:
            made = markup.html(self.markdown, base=base, page=page, links=links)
        except markup.TooDeepError as refusal:
            raise ContentError(Fault(Place(self.file), str(refusal))) from None
        return re.sub(r"<h[1-6]>(.*?)</h[1-6]>", r"<p><strong>\1</strong></p>", made, flags=re.DOTALL)


Introductions = Mapping[str, Introduction]
"""Language to introduction; "" for the newsletter's own language."""


def read(root: Path, content: str, newsletter: str) -> Introductions:
    """The introductions of a newsletter in the content folder of the project at `root`.

    Raises `ContentError` with every fault of every file.
    """
    found: dict[str, Introduction] = {}
    faults: list[Fault] = []
    for path in sorted((root / content).glob(f"_{newsletter}*.md")):
        language = path.name.removeprefix(f"_{newsletter}").removesuffix(".md")
        if language and not re.fullmatch(r"\.[A-Za-z][A-Za-z0-9-]+", language):
            continue  # _weekly-old.md is another newsletter's, or nobody's
        text, problem = _text(path)
        if problem:
            faults.append(Fault(Place(f"{content}/{path.name}"), problem))
        elif text:
            found[language[1:]] = Introduction(f"{content}/{path.name}", text)
    if faults:
        raise ContentError(faults)
    return found


def introduced(issue: Issue, introductions: Introductions, library: Library, own: bool) -> Issue:
    """The issue with what there is in its language; what names none is in the newsletter's `own`."""
    tags = (issue.language, issue.language.partition("-")[0], *([""] if own else []))
    said = next((introductions[tag] for tag in tags if tag in introductions), None)
    return replace(issue, introduction=said.html(library, issue.web)) if said else issue


def _text(path: Path) -> tuple[str, str]:
    """What a file says, or what is wrong with it."""
    try:
        text = "" if path.is_symlink() else path.read_text("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError):
        return "", "cannot be read; save it as UTF-8"
    if text.startswith("---\n"):
        return "", "has a head; an introduction is no article, so begin with its first word"
    if len(text) > LONGEST:
        return "", f"has {len(text):,} characters; an introduction may have {LONGEST:,}"
    return text, ""
