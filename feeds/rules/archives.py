"""Complete, paged and archived feeds: RFC 5005, in one document and across several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from feeds.rules.base import Element, Extension, Finding
from feeds.rules.frame import Frame
from feeds.rules.inspection import Inspection
from feeds.rules.namespaces import ATOM, HISTORY

RFC = "RFC 5005 section "
_LINK = f"{ATOM} link"
TIES = frozenset((_LINK, f"{HISTORY} archive"))
PAGED = frozenset(("first", "last", "next", "previous"))
ARCHIVED = frozenset(("prev-archive", "next-archive"))
HISTORIC = PAGED | ARCHIVED | {"current"}
HEADS = frozenset(("feed", "channel"))
EXTENSIONS = {
    f"{HISTORY} complete": Extension(Element(RFC + "2"), HEADS, 1),
    f"{HISTORY} archive": Extension(Element(RFC + "4"), HEADS, 1),
}


def _relation(link: Frame) -> str:
    given = link.attributes.get("rel", "alternate").lower()
    return given.removeprefix("http://www.iana.org/assignments/relation/")


def feed_links(frame: Frame, inspection: Inspection) -> None:
    """The links that tie the documents of one feed together: where they may be, and how often."""
    if TIES.isdisjoint(frame.counts):
        return
    links = [(_relation(link), link) for link in frame.get(_LINK) if "rel" in link.attributes]
    if not links and not frame.has(f"{HISTORY} archive"):
        return
    historic = [(relation, link) for relation, link in links if relation in HISTORIC]
    if frame.element.identity:
        for relation, link in historic:
            words = f"the relation {relation!r} ties feeds together and has no meaning in an entry"
            inspection.say(link, "history-in-entry", words, "warning", RFC + "3")
        return
    _twice(historic, inspection)
    _past_end(links, inspection)
    if frame.has(f"{HISTORY} complete"):
        _complete(frame, links, inspection)
    if frame.has(f"{HISTORY} archive"):
        _archive(frame, links, inspection)


def _twice(links: Iterable[tuple[str, Frame]], inspection: Inspection) -> None:
    seen: set[str] = set()
    for relation, link in links:
        if relation in seen:
            inspection.say(link, "duplicate-history", f"two links have rel {relation!r}", source=RFC + "3")
        seen.add(relation)


def _past_end(links: list[tuple[str, Frame]], inspection: Inspection) -> None:
    """Nothing follows the last document of a series, and nothing comes before the first."""
    addresses = {relation: link.attributes.get("href") for relation, link in links}
    own = addresses.get("self")
    for end, beyond in (("last", "next"), ("first", "previous")):
        if own and addresses.get(end) == own and beyond in addresses:
            link = next(link for relation, link in links if relation == beyond)
            words = f"this is the {end} document of the series, so that it has no {beyond!r}"
            inspection.say(link, "history-past-end", words, "warning", RFC + "3")


def _complete(frame: Frame, links: list[tuple[str, Frame]], inspection: Inspection) -> None:
    if frame.has(f"{HISTORY} archive"):
        inspection.say(
            frame, "complete-archive", "a feed is complete or an archive, not both", source=RFC + "4"
        )
    own = {link.attributes.get("href") for relation, link in links if relation == "self"}
    for relation, link in links:
        if relation in PAGED | ARCHIVED:
            words = f"a complete feed has all entries; it cannot have a {relation!r} link"
            inspection.say(link, "history-in-complete", words, source=RFC + "2")
        elif relation == "current" and own and link.attributes.get("href") not in own:
            words = "a complete feed is its own current document; self says otherwise"
            inspection.say(link, "current-not-self", words, source=RFC + "2")


def _archive(frame: Frame, links: list[tuple[str, Frame]], inspection: Inspection) -> None:
    if all(relation != "current" for relation, _ in links):
        words = "an archive should link to the subscription document, rel current"
        inspection.say(frame, "missing-current", words, "warning", RFC + "4")


@dataclass
class Page:
    """One document of an archive: its address, links by relation, and its entries with their dates."""

    address: str
    links: dict[str, str] = field(default_factory=dict)
    archive: bool = False
    entries: list[tuple[str, str]] = field(default_factory=list)


def chain_findings(pages: Mapping[str, Page]) -> Iterator[Finding]:
    """What is wrong between the documents of one archive."""
    for page in pages.values():
        yield from _neighbours(page, pages)
        yield from _current(page, pages)
        yield from _entries(page)
    yield from _reach(pages)


def _found(page: Page, rule: str, problem: str, section: str = "4") -> Finding:
    return Finding("error", 1, page.address, rule, problem, RFC + section)


def _neighbours(page: Page, pages: Mapping[str, Page]) -> Iterator[Finding]:
    for relation, back in (("prev-archive", "next-archive"), ("next-archive", "prev-archive")):
        target = page.links.get(relation)
        if target is None:
            continue
        other = pages.get(target)
        if other is None:
            yield _found(page, "archive-missing", f"{relation} leads to {target}, which is not there")
        elif not other.archive:
            yield _found(page, "archive-unmarked", f"{relation} leads to {target}, which has no fh:archive")
        elif page.archive and other.links.get(back) != page.address:
            yield _found(
                page, "archive-one-way", f"{relation} leads to {target}, whose {back} does not lead back"
            )


def _current(page: Page, pages: Mapping[str, Page]) -> Iterator[Finding]:
    target = page.links.get("current")
    if not page.archive or target is None:
        return
    if target not in pages:
        yield _found(page, "archive-current", f"current leads to {target}, which is not there")
    elif pages[target].archive:
        yield _found(page, "archive-current", f"current leads to {target}, which is an archive itself")


def _entries(page: Page) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for entry in page.entries:
        if entry in seen:
            yield _found(
                page, "archive-entry-twice", f"the entry {entry[0]} stands twice with the same date", "5"
            )
        seen.add(entry)


def _reach(pages: Mapping[str, Page]) -> Iterator[Finding]:
    """From each living document back to the oldest archive: every archive once, no circle."""
    reached: set[str] = set()
    living = [page for page in pages.values() if not page.archive]
    for page in living:
        walked = {page.address}
        while (target := page.links.get("prev-archive")) in pages and target is not None:
            if target in walked:
                yield _found(page, "archive-circle", f"prev-archive leads back to {target}")
                break
            walked.add(target)
            page = pages[target]  # noqa: PLW2901 - the walk goes on from there
        reached |= walked
    if not living and pages:
        yield _found(next(iter(pages.values())), "archive-no-head", "no document is the living feed")
    for page in pages.values():
        if living and page.archive and page.address not in reached:
            yield _found(
                page, "archive-lost", "no chain of prev-archive links leads here from the living feed"
            )
