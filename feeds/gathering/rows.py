"""The rows of a SELECT brought here: each an article, its columns named as the fields of one.

A database is the publication's own, so its faults are for its editor to mend: with one, what was kept
before stays, as a build with faults publishes nothing; unless what is wrong is to be left out.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from feeds import values
from feeds.errors import ContentError, DatabaseError, Fault, Place, SettingsError
from feeds.gathering import columns
from feeds.gathering.base import Gathered, Job, stale
from feeds.sources import files, kept
from feeds.sources.kept import Line

MOST = 100_000
"""Rows of one query."""
_TOLD = 1000
"""Faults that are held and told; whoever has more begins with these."""


@dataclass
class _Tally:
    """What comes of the rows on the way."""

    rows: int = 0
    kept: int = 0
    new: int = 0
    wrong: int = 0
    faults: list[Fault] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)
    """The row of each id and address."""

    def blame(self, faults: Sequence[Fault]) -> None:
        """Note that a row has faults."""
        self.wrong += 1
        self.faults.extend(faults[: max(_TOLD - len(self.faults), 0)])


def fetched(job: Job, environment: Mapping[str, str], *, keep_going: bool) -> Gathered:
    """Bring the rows of a source. Raises `FeedsError` where they cannot be had, `OSError` for the disk."""
    from feeds.gathering._sqlalchemy import rows

    url = environment.get(variable(job.name)) or job.settings.url
    if not url:
        place = Place("feeds.toml", field=f"source.{job.name}.url")
        raise SettingsError(Fault(place, f"is missing; write it, or set {variable(job.name)}"))
    assert job.settings.query
    before, tally = _before(job), _Tally()
    try:
        with rows(url, job.settings.query, job.root, f"source {job.name}") as (names, found):
            _insist_known(names, job)
            kept.write(job.root, job.name, _content(job, names, found, before, tally, keep_going=keep_going))
    except DatabaseError as refusal:
        if not before:
            raise
        return Gathered(job.name, len(before), faults=tuple(map(stale, refusal.faults)))
    return Gathered(job.name, tally.kept, tally.new, tuple(tally.faults))


def variable(name: str) -> str:
    """The variable of the environment that names the database of a source: it may hold a password."""
    return "FEEDS_SOURCE_NAME".replace("NAME", name.upper().replace("-", "_"))


def _before(job: Job) -> set[str]:
    """The digest of each line that was kept: those have been through the gate."""
    try:
        found = kept.lines(job.root, job.name, job.settings.what)
        return {files.digest(line.content) for line in found if isinstance(line, Line)}
    except ContentError:
        return set()


def _insist_known(names: Sequence[str], job: Job) -> None:
    """Raises `ContentError` for columns that are no fields, said once and not in each row."""
    faults = []
    for name in dict.fromkeys(names):
        place = Place(f"source {job.name}", field=f"column {name}")
        if name not in columns.KNOWN:
            close = difflib.get_close_matches(name, columns.KNOWN, 1, 0.6)
            hint = f"did you mean “{close[0]}”?" if close else f"known are {', '.join(columns.KNOWN)}"
            faults.append(Fault(place, f"is unknown; {hint}"))
        elif names.count(name) > 1:
            faults.append(Fault(place, "is there twice; name it once, with AS"))
    for needed in ("title", "published", "url"):
        if needed not in names:
            problem = "is missing; select it, if need be with AS"
            faults.append(Fault(Place(f"source {job.name}", field=f"column {needed}"), problem))
    if faults:
        raise ContentError(faults)


def _content(  # noqa: PLR0913 - the rows, and what is known of them
    job: Job,
    names: Sequence[str],
    found: Iterator[Sequence[object]],
    before: set[str],
    tally: _Tally,
    *,
    keep_going: bool,
) -> Iterator[bytes]:
    """The whole file, row by row. Raises `ContentError` where there are faults to mend."""
    yield kept.head(job.settings.what)
    for row in found:
        tally.rows += 1
        if tally.rows > MOST:
            problem = f"gives more than {MOST:,} rows; let the query end with LIMIT {MOST}"
            raise ContentError(Fault(Place(f"source {job.name}"), problem))
        line, faults = _line(job, names, row, before, tally)
        if faults:
            tally.blame(faults)
        else:
            tally.kept += 1
            tally.new += files.digest(line) not in before
            yield line
    if tally.wrong and not keep_going:
        raise ContentError(tally.faults)


def _line(
    job: Job, names: Sequence[str], row: Sequence[object], before: set[str], tally: _Tally
) -> tuple[bytes, list[Fault]]:
    """A row as the line that is kept of it; or what is wrong with it."""
    place = f"source {job.name}, row {tally.rows}"
    try:
        fields = columns.fields(zip(names, row, strict=True), job.publication.url)
    except columns.ColumnError as refusal:
        return b"", [Fault(Place(place, field=refusal.column), str(refusal))]
    line = kept.line(fields)
    if problem := files.too_large(len(line)):
        return b"", [Fault(Place(place), problem)]
    called = {columns.KNOWN[name]: name for name in names if columns.KNOWN[name] != name}
    faults = [] if files.digest(line) in before else job.faults(fields, place, called)
    return line, faults or list(_twice(place, fields, tally))


def _twice(place: str, fields: Mapping[str, object], tally: _Tally) -> Iterator[Fault]:
    """That a row has the id or the address of one before it."""
    for name in ("id", "key", "url"):
        if name in fields:
            value = str(fields[name])
            same = values.look(value) if name == "url" else value  # what some system takes for one
            first = tally.keys.setdefault(f"{name} {same}", tally.rows)
            if first != tally.rows:
                called = "id" if name == "key" else name
                yield Fault(Place(place, field=called), f"is that of row {first}, too; change one of them")
