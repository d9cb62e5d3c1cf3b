"""The entries of somebody's feed as articles, merged with those that were kept of it before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC
from typing import Any

from feeds.errors import Fault, Place
from feeds.gathering.base import Job
from feeds.importing import html, syndication, writing
from feeds.importing.base import Export, Post
from feeds.importing.loose import address
from feeds.markup import TooDeepError
from feeds.sources import files, kept
from feeds.sources.elsewhere import odd_id
from feeds.sources.kept import Section
from feeds.sources.syndicated import Syndicated

_SHOWN = 60
"""Characters of a title in a fault."""
_TITLE = 200
"""Characters of a feed's title that are kept."""


def described(place: str, feed: Syndicated, where: str) -> Section:
    """What is kept of a feed itself: by this its articles say where they are from."""
    notes = Export(place).notes
    title = html.defused(writing.line(feed.title, notes)[:_TITLE]) or where or place
    home = feed.home or where
    id = writing.line(feed.id, notes)
    return Section(place, title, home, where or home if odd_id(id) else id)


def entries(
    job: Job, section: Section, feed: Syndicated, before: Sequence[bytes]
) -> tuple[list[bytes], list[Fault]]:
    """The lines to be kept, newest first, and what was left out because no gate would let it pass.

    What is missing from the feed and older than all of it has only scrolled out, and stays; what is
    missing between the others was taken back, and goes.
    """
    export = Export(section.feed)
    syndication.add(feed, export)
    known = _known(before)
    lines, odd = _taken(job, section, export, known, set(before))
    oldest = min((fields["published"] for fields in lines.values()), default="9999")
    for id, fields in known.items():
        if id not in lines and fields["published"] < oldest:
            lines[id] = fields
    newest = sorted(lines.values(), key=lambda fields: (fields["published"], fields["id"]), reverse=True)
    return [kept.line(fields) for fields in newest[: job.settings.keep]], odd


def _known(before: Iterable[bytes]) -> dict[str, Mapping[str, Any]]:
    """What was kept, by its id; what somebody has spoilt since is not known."""
    found: dict[str, Mapping[str, Any]] = {}
    for line in before:
        with suppress(ValueError):
            fields = kept.told(line)
            if all(isinstance(fields.get(name), str) for name in ("id", "published")):
                found[fields["id"]] = fields
    return found


def _taken(
    job: Job, section: Section, export: Export, known: Mapping[str, Mapping[str, Any]], before: set[bytes]
) -> tuple[dict[str, Mapping[str, Any]], list[Fault]]:
    """The articles of a feed by their ids, and why others are none."""
    taken: dict[str, Mapping[str, Any]] = {}
    odd: list[Fault] = []
    for post in export.posts:
        post = _completed(post)  # noqa: PLW2901 - what it lacks is found elsewhere in it
        if not post.id or post.id in taken:
            continue
        made = _fields(job, section, post, export, known.get(post.id, {}))
        if isinstance(made, str):
            odd.append(_told(section, post, made))
            continue
        line = kept.line(made)
        if problem := files.too_large(len(line)):
            wrong = [Fault(Place(), problem)]
        else:
            wrong = [] if line in before else job.faults(made, section.feed)
        if wrong:
            odd.append(_told(section, post, _said(wrong[0])))
        else:
            taken[post.id] = made
    return taken, odd


def _completed(post: Post) -> Post:
    """An entry without an address stands where its id or its first file says."""
    url = post.url or address(post.id) or next((str(one["url"]) for one in post.attachments), "")
    id = url if odd_id(post.id) else post.id
    return replace(post, url=url, id=id)


def _fields(
    job: Job, section: Section, post: Post, export: Export, before: Mapping[str, Any]
) -> Mapping[str, Any] | str:
    """The fields of an article, or what is in the way. What has no date came when it was first seen."""
    if not post.url:
        return "has no address; left out"
    seen = before.get("published") or job.now.astimezone(UTC).replace(microsecond=0).isoformat()
    try:
        made = writing.fields(post, export.notes, home=post.url)
    except TooDeepError as refusal:
        return f"{refusal}; left out"
    house = {"name": section.title, "url": section.home} if section.home else section.title
    signed = made.get("authors") or [house]
    return {"id": post.id, "published": seen, **made, "authors": signed}


def _told(section: Section, post: Post, problem: str) -> Fault:
    title = " ".join(post.title.split())[:_SHOWN] or post.id[:_SHOWN] or "untitled"
    return Fault(Place(section.feed, field=f"“{title}”"), problem, warning=True)


def _said(fault: Fault) -> str:
    field = f"{fault.where.field}: " if fault.where.field else ""
    return f"{field}{fault.problem}; left out"
