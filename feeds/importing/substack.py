"""Substack's export: posts.csv, and the text of each post in posts/NUMBER.slug.html."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import quote

from feeds.importing import bundle
from feeds.importing.base import Export, Post
from feeds.importing.bundle import Bundle
from feeds.importing.loose import address, moment, text, true
from feeds.importing.rows import rows

LIST = "posts.csv"
_KINDS = {"newsletter", "podcast", ""}
_OPEN = {"everyone", "only_free", ""}


def is_export(files: Bundle) -> bool:
    """Whether a zip or folder is an export of Substack."""
    return any(PurePosixPath(name).name == LIST for name in files.names)


def read(files: Bundle, export: Export, site: str) -> None:
    """Add the posts of an export to what was found; `site` is where they stand, if the person said so."""
    file = next(name for name in files.names if PurePosixPath(name).name == LIST)
    texts = {
        PurePosixPath(name).name.partition(".")[0]: name for name in files.names if name.endswith(".html")
    }
    for line, row in rows(bundle.text(files, file), file, export):
        if row.get("type", "") not in _KINDS:
            export.notes.leave(f"{row['type'][:40]}s")
        else:
            export.posts.append(_post(row, file, line, files, texts, export, site))
    if not site and export.posts:
        export.advice.append(
            "Substack does not export its own address: say --site https://NAME.substack.com, and every post "
            "keeps its address and what readers know it by"
        )


def _post(  # noqa: PLR0913, PLR0917 - a row, and where the rest of it lies
    row: Mapping[str, str],
    file: str,
    line: int,
    files: Bundle,
    texts: Mapping[str, str],
    export: Export,
    site: str,
) -> Post:
    number, _, slug = row.get("post_id", "").partition(".")
    name = texts.get(number, "")
    slug = slug or PurePosixPath(name).name.removeprefix(number + ".").removesuffix(".html")
    if not name:
        export.notes.leave("texts that are not in the export")
    draft = _is_draft(row, export)
    url = address(f"{site.rstrip('/')}/p/{quote(slug)}") if site and slug and not draft else ""
    recording = address(row.get("podcast_url"))
    return Post(
        title=row.get("title", ""),
        id=url,
        html=bundle.text(files, name) if name else "",
        published=moment(row.get("post_date")),
        url=url,
        slug=slug,
        summary=row.get("subtitle", ""),
        attachments=({"url": recording, "type": "audio/mpeg", "length": 0},) if recording else (),
        draft=draft,
        file=file,
        line=line,
    )


def _is_draft(row: Mapping[str, str], export: Export) -> bool:
    """What was for paying readers must not become public by a move."""
    if not true(row.get("is_published")):
        return True
    if text(row.get("audience")) in _OPEN:
        return False
    export.notes.change("posts for paying readers only, now drafts")
    return True
