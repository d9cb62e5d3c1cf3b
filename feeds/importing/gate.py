"""Posts through our own gate: each becomes a file that `feeds check` has nothing against, or a fault."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from feeds import values
from feeds.article import Article
from feeds.config import PublicationSettings
from feeds.errors import ContentError, Fault, Place
from feeds.identity import Lock, Record
from feeds.importing import naming, writing
from feeds.importing.base import Export, Post
from feeds.markup import TooDeepError
from feeds.sources import files
from feeds.sources.accepted import Accepted, accept
from feeds.sources.base import Raw
from feeds.sources.completion import Surroundings, complete
from feeds.sources.front_matter import UnreadableError, parse

_SHOWN = 60
"""Characters of a title in a fault."""


@dataclass(frozen=True)
class Page:
    """A file to be written."""

    path: str
    """Relative to the content folder, with / between the parts."""
    content: bytes
    record: Record | None
    """What feeds.lock is to know of it, where its id is none that a file can say."""


@dataclass
class Gate:
    """What is there already, and what has come through."""

    publication: PublicationSettings
    root: Path
    into: str
    """The folder below the content folder, or nothing."""
    lock: Lock
    export: Export
    there: int = 0
    pages: list[Page] = field(default_factory=list)
    _ids: dict[str, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    """The ids of this run."""
    _addresses: dict[str, str] = field(default_factory=dict)
    _paths: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        folder = self.root / self.publication.content
        empty = files.Listing(folder, self.publication.content)
        self.listing = files.walk(folder, self.publication.content) if folder.is_dir() else empty
        for path in self.listing.articles:
            if isinstance(raw := files.read_one(self.listing, path), Raw):
                self._known(raw)
        for path in self.listing.stamps:
            self._paths[values.look(path)] = path
        for record in self.lock.values():
            path = record.file.removeprefix(self.publication.content + "/")
            if record.withdrawn or path in self.listing.stamps:
                self._ids[record.id] = record.file

    def _known(self, raw: Raw) -> None:
        accepted = accept(raw, self.publication)
        if isinstance(accepted, Accepted):
            self._addresses[values.look(accepted.url)] = raw.file
        if isinstance(id := raw.fields.get("id"), str):
            self._ids[id.strip()] = raw.file

    def take(self, post: Post, place: Place) -> None:
        """Make a page of a post, count it as there already, or note its faults."""
        id = _carried(post.id)
        if post.id and not id:
            self.export.notes.change("ids that no feed can hold, now ours")
        if id in self._ids:
            self._again(post, place, id)
            return
        try:
            fields = writing.fields(post, self.export.notes, home=self.publication.url)
        except TooDeepError as refusal:
            self.export.faults.append(_told(post, place, Fault(Place(field="body"), str(refusal))))
            return
        named = _is_iri(id)
        if named:
            fields = {**fields, "id": id}
        if fields.get("language") == self.publication.language:
            del fields["language"]
        self._place(post, place, fields, "" if named else id)

    def _again(self, post: Post, place: Place, id: str) -> None:
        if id in self._taken:
            problem = f"has the same id as another post of this export, {id}; left out"
            self.export.faults.append(_told(post, place, Fault(Place(), problem)))
        else:
            self.there += 1

    def _place(self, post: Post, place: Place, fields: dict[str, object], id: str) -> None:
        published = self._local(post.published)
        name = naming.slug(post.slug, str(fields["title"]))
        for path, slug in naming.paths(published, name):
            path = f"{self.into}/{path}" if self.into else path  # noqa: PLW2901 - below the folder asked for
            given = fields if "url" in fields else {**fields, "slug": slug}
            content = writing.document({**given, "body": given["body"]}).encode(errors="replace")
            if self._is_free(path):
                break
            if not post.id and path in self.listing.stamps:
                self.there += 1  # without an id, day and name are all there is to know it by
                return
        faults, article = self._through(path, content)
        if not faults and article:
            faults = self._twin(article)
        if faults or not article:
            self.export.faults.extend(_told(post, place, fault) for fault in faults)
            return
        self._keep(path, content, replace(article, id=id) if id else article, id)

    def _keep(self, path: str, content: bytes, article: Article, id: str) -> None:
        self._paths[values.look(path)] = path
        self._addresses[values.look(article.url)] = article.file
        if id or article.named:
            self._ids[article.id] = path
            self._taken.add(article.id)
        self.pages.append(Page(path, content, _record(article) if id else None))

    def _is_free(self, path: str) -> bool:
        return values.look(path) not in self._paths

    def _local(self, moment: datetime | None) -> datetime | None:
        return moment.astimezone(ZoneInfo(self.publication.timezone)) if moment and moment.tzinfo else moment

    def _through(self, path: str, content: bytes) -> tuple[list[Fault], Article | None]:
        """What the gate says of a file, read as it will be read."""
        file = self.listing.name(path)
        if problem := files.too_large(len(content), "would be"):
            return [Fault(Place(file), problem)], None
        try:
            parsed = parse(content.decode(), ".md")
        except UnreadableError as refusal:
            return [Fault(Place(file, refusal.line), refusal.problem)], None
        accepted = accept(Raw(parsed.fields, path, file, parsed.lines), self.publication)
        if not isinstance(accepted, Accepted):
            return accepted, None
        return _completed(accepted, Surroundings(self.publication, self.listing, {}, ()))

    def _twin(self, article: Article) -> list[Fault]:
        first = self._addresses.get(values.look(article.url))
        if not first:
            return []
        return [Fault(Place(article.file, field="url"), f"is the address of {first}, too; left out")]


def _completed(accepted: Accepted, around: Surroundings) -> tuple[list[Fault], Article | None]:
    faults: list[Fault] = []
    article = complete(accepted, around, faults.append)
    try:
        assert article.html is not None  # rendered, so that what is wrong with it comes out
    except ContentError as refusal:
        faults.extend(refusal.faults)
    return [fault for fault in faults if not fault.warning], article


def _told(post: Post, place: Place, fault: Fault) -> Fault:
    """A fault of a file that is never written, at the post in the export."""
    title = " ".join(post.title.split())[:_SHOWN] or post.slug[:_SHOWN] or "untitled"
    where = Place(place.file, place.line, f"“{title}”")
    field = fault.where.field
    return Fault(where, f"{field}: {fault.problem}" if field else fault.problem)


def _record(article: Article) -> Record:
    return Record(
        id=article.id,
        published=article.published,
        updated=article.updated,
        meaning=article.meaning,
        file=article.file,
        url=article.url,
    )


def _carried(id: str) -> str:
    """An id that a feed and feeds.lock can hold to the letter, or nothing."""
    try:
        return id if values.line(id) == id.strip() == id and not id.startswith("#") else ""
    except ValueError:
        return ""


def _is_iri(id: str) -> bool:
    try:
        return values.identifier(id) == id
    except ValueError:
        return False
