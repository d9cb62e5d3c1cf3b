"""Buttondown's archive: emails as Markdown files, as rows of emails.csv, or as its API's JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import quote

from feeds.errors import Fault, Place
from feeds.importing import bundle
from feeds.importing.base import Export, Post
from feeds.importing.bundle import Bundle
from feeds.importing.loose import Table, address, moment, table, tables, text
from feeds.importing.rows import rows
from feeds.sources.front_matter import UnreadableError, parse

LIST = "emails.csv"
_OUT = {"published", "scheduled", "sent", "imported", "about_to_send", "in_flight", ""}
_LEFT = {"deleted": "deleted emails"}
_OPEN = {"public", "email", "free", ""}
_LIQUID = re.compile(r"\{\{[^{}]{0,500}\}\}|\{%[^{}]{0,500}%\}")
_MODE = re.compile(r"<!--\s{0,20}buttondown-editor-mode:[^<>]{0,40}-->\s*")
_BESIDE = re.compile(r"!\[[^\]\n]{0,500}\]\((?!https?:|data:|/|#)[^)\n]{1,500}\)")


def is_export(files: Bundle) -> bool:
    """Whether a zip or folder is an export of Buttondown."""
    return any(PurePosixPath(name).name == LIST or _is_email(name) for name in files.names)


def is_answer(document: object) -> bool:
    """Whether a JSON document is a list of emails as Buttondown's API gives it."""
    return any("subject" in row and "body" in row for row in _answers(document))


def read(files: Bundle, export: Export, site: str) -> None:
    """Add the emails of an export to what was found; files go before rows, which repeat them."""
    emails = [name for name in files.names if _is_email(name)]
    for name in emails:
        try:
            parsed = parse(bundle.text(files, name), ".md")
        except UnreadableError as refusal:
            place = Place(f"{export.source}/{name}", refusal.line)
            export.faults.append(Fault(place, refusal.problem))
            continue
        _add(parsed.fields, export, site, name)
    for name in files.names if not emails else ():
        if PurePosixPath(name).name == LIST:
            for line, row in rows(bundle.text(files, name), name, export):
                _add(row, export, site, name, line)
    _advise(export, site)


def read_answer(document: object, export: Export, site: str) -> None:
    """Add the emails of a JSON document to what was found."""
    for row in _answers(document):
        _add(row, export, site)
    _advise(export, site)


def _add(row: Table, export: Export, site: str, file: str = "", line: int = 0) -> None:
    status = text(row.get("status"))
    if status in _LEFT:
        export.notes.leave(_LEFT[status])
        return
    draft, slug = _is_draft(row, export), text(row.get("slug"))
    url = "" if draft else address(row.get("absolute_url"))
    if site and slug and not draft and not url:
        url = address(f"{site.rstrip('/')}/archive/{quote(slug)}/")
    export.posts.append(
        Post(
            title=text(row.get("subject")),
            id=url,
            markdown=_body(text(row.get("body")), export),
            published=moment(row.get("publish_date") or (None if draft else row.get("creation_date"))),
            url=url,
            slug=slug,
            summary=text(row.get("description")),
            image=text(row.get("image")),
            draft=draft,
            file=file,
            line=line,
        )
    )


def _body(markdown: str, export: Export) -> str:
    """The Markdown without the marks that Buttondown fills in for each subscriber."""
    plain, marks = _LIQUID.subn("", _MODE.sub("", markdown))
    if marks:
        export.notes.leave("marks for Buttondown to fill in, {{ … }}", marks)
    if beside := len(_BESIDE.findall(plain)):
        export.notes.leave("pictures that lie in the export", beside)
    return _BESIDE.sub("", plain)


def _is_draft(row: Mapping[str, object], export: Export) -> bool:
    """What was for some readers only must not become public by a move."""
    if text(row.get("email_type")) not in _OPEN:
        export.notes.change("emails for some readers only, now drafts")
        return True
    return text(row.get("status")) not in _OUT


def _advise(export: Export, site: str) -> None:
    if not site and any(not post.url and not post.draft for post in export.posts):
        export.advice.append(
            "these emails do not say where they stand: say --site https://buttondown.com/NAME, and each "
            "keeps its address and what readers know it by"
        )


def _is_email(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix == ".md" and path.parent.name == "emails"


def _answers(document: object) -> list[Table]:
    return tables(table(document).get("results") if isinstance(document, dict) else document)
