"""Atom: the tables of RFC 4287, and what its schema cannot say."""

from __future__ import annotations

from feeds.rules import addresses, lexical
from feeds.rules.archives import feed_links
from feeds.rules.atom_text import CONTENT, TEXT
from feeds.rules.base import Attribute, Child, Element, Kind, many, once, one
from feeds.rules.dates import parse_rfc3339, rfc3339
from feeds.rules.frame import Frame
from feeds.rules.html import plain
from feeds.rules.inspection import Inspection
from feeds.rules.languages import language
from feeds.rules.namespaces import ATOM, THREAD
from feeds.rules.places import coordinates
from feeds.rules.schemes import RELATIONS
from feeds.rules.times import implausible

RFC = "RFC 4287 section "


def atom(local: str) -> str:
    """A name of Atom as the parser says it."""
    return f"{ATOM} {local}"


NOT_BLANK = Kind("blank", lexical.blank)
BLANK_WARNING = Kind("blank", lexical.blank, "warning")
REFERENCE = Kind("address", addresses.iri_reference)
ABSOLUTE = Kind("address", addresses.iri)
SCHEME = Kind("scheme", addresses.registered, "warning")
MEDIA_TYPE = Kind("media-type", lexical.media_type, source=RFC + "2")
COUNT = Kind("number", lexical.count)
DATE = Kind("date", rfc3339, source=RFC + "3.3")


def relation(text: str) -> str | None:
    """Objects to a relation neither registered with IANA nor an address."""
    if ":" in text:
        return addresses.iri(text)
    bare = text.lower()
    return (
        None
        if bare in RELATIONS
        else f"the relation {text[:40]!r} is not registered with IANA, and no address"
    )


def _link(frame: Frame, inspection: Inspection) -> None:
    threads = len(frame.attributes) > 1 and any(name.startswith(f"{THREAD} ") for name in frame.attributes)
    if threads and rel(frame) != "replies":
        words = "thr:count and thr:updated belong to links with rel replies"
        inspection.say(frame, "misplaced-attribute", words, "warning", "RFC 4685 section 4")
    if frame.text.strip() and "href" in frame.attributes:
        inspection.say(frame, "link-text", "a link's address stands in href; it has no text", "warning")


NAME = Element(RFC + "3.2.1", (NOT_BLANK, Kind("html-in-text", plain, "warning")))
URI = Element(RFC + "3.2.2", (NOT_BLANK, REFERENCE, SCHEME), strip=False)
EMAIL = Element(RFC + "3.2.3", (Kind("mail", addresses.mail),), strip=False)
PERSON = Element(
    RFC + "3.2",
    children={atom("name"): one(NAME), atom("uri"): once(URI), atom("email"): once(EMAIL)},
    context="person",
)
CATEGORY = Element(
    RFC + "4.2.2",
    (),
    attributes={
        "term": Attribute((NOT_BLANK,), required=True),
        "scheme": Attribute((ABSOLUTE, SCHEME)),
        "label": Attribute((BLANK_WARNING,)),
    },
    context="category",
)
GENERATOR = Element(
    RFC + "4.2.4",
    (BLANK_WARNING,),
    attributes={"uri": Attribute((NOT_BLANK, REFERENCE)), "version": Attribute((BLANK_WARNING,))},
)
ICON = Element(RFC + "4.2.5", (NOT_BLANK, REFERENCE), strip=False)
LOGO = Element(RFC + "4.2.8", (NOT_BLANK, REFERENCE), strip=False)
ID = Element(
    RFC + "4.2.6",
    (
        NOT_BLANK,
        ABSOLUTE,
        SCHEME,
        Kind("id-form", addresses.canonical, "warning", RFC + "4.2.6.1"),
    ),
    strip=False,
    keep=True,
    usual=addresses.tidy,
)
LINK = Element(
    RFC + "4.2.7",
    (),
    attributes={
        "href": Attribute((REFERENCE, SCHEME), required=True),
        "rel": Attribute((NOT_BLANK, Kind("relation", relation, "warning", RFC + "4.2.7.2"))),
        "type": Attribute((MEDIA_TYPE,)),
        "hreflang": Attribute((Kind("language", language),)),
        "title": Attribute((BLANK_WARNING,)),
        "length": Attribute((COUNT,)),
    },
    context="link",
    keep=True,
    ends=(_link,),
)
PUBLISHED = Element(RFC + "4.2.9", (DATE,), strip=False, ends=(implausible(parse_rfc3339, 1970),))
UPDATED = Element(RFC + "4.2.15", (DATE,), strip=False, keep=True, ends=(implausible(parse_rfc3339, 1970),))
SOURCE = Element(
    RFC + "4.2.11",
    children={
        atom("author"): many(PERSON),
        atom("category"): many(CATEGORY),
        atom("contributor"): many(PERSON),
        atom("generator"): once(GENERATOR),
        atom("icon"): once(ICON),
        atom("id"): Child(ID, 1, 1, "warning"),
        atom("link"): many(LINK),
        atom("logo"): once(LOGO),
        atom("rights"): once(TEXT),
        atom("subtitle"): once(TEXT),
        atom("title"): Child(TEXT, 1, 1, "warning"),
        atom("updated"): Child(UPDATED, 1, 1, "warning"),
    },
    context="source",
    keep=True,
)


_AUTHOR, _CONTENT, _FEED, _ID, _LINK, _SOURCE, _SUMMARY = (
    atom(local) for local in "author content feed id link source summary".split()
)


def alternates(frame: Frame, inspection: Inspection) -> None:
    """No two alternate links of one type and language."""
    links = frame.get(_LINK)
    if len(links) < 2:
        return
    seen: set[tuple[str, str]] = set()
    for link in links:
        if rel(link) != "alternate":
            continue
        kind = (link.attributes.get("type", "").lower(), link.attributes.get("hreflang", "").lower())
        if kind in seen:
            words = "two alternate links have the same type and hreflang; tell them apart, or use another rel"
            inspection.say(link, "duplicate-alternate", words, source=RFC + "4.1.1")
        seen.add(kind)


def rel(link: Frame) -> str:
    """A link's relation, short, in small letters."""
    return (
        link.attributes.get("rel", "alternate")
        .lower()
        .removeprefix("http://www.iana.org/assignments/relation/")
    )


_FEED_TYPES = (
    "application/atom+xml",
    "application/xml",
    "text/xml",
    "application/rss+xml",
    "application/rdf+xml",
)


def _self_link(frame: Frame, inspection: Inspection) -> None:
    found = [link for link in frame.get(_LINK) if rel(link) == "self"]
    if not found:
        inspection.say(
            frame, "missing-self", "a feed should link to itself, rel self", "advice", RFC + "4.1.1"
        )
    for link in found:
        if not link.base() and ":" not in link.attributes.get("href", ":").partition("/")[0]:
            inspection.say(link, "self-relative", "a self link should be a full address", "warning")
        if not link.attributes.get("type", _FEED_TYPES[0]).lower().startswith(_FEED_TYPES):
            inspection.say(link, "self-type", "the feed itself is application/atom+xml", "warning")


def _authors(frame: Frame, inspection: Inspection) -> None:
    if inspection.postponed and not frame.has(_AUTHOR):
        inspection.found.append(inspection.postponed)


def _entry_author(frame: Frame, inspection: Inspection) -> None:
    if frame.has(_AUTHOR) or any(source.has(_AUTHOR) for source in frame.get(_SOURCE)):
        return
    if frame.parent is not None and frame.parent.name == _FEED:
        if frame.parent.has(_AUTHOR):
            return
        words = "no author: neither this entry, nor its source, nor the feed has one"
        inspection.postpone(frame, "missing-author", words, RFC + "4.1.1")
    elif frame.parent is not None and not frame.parent.name:
        inspection.say(
            frame, "missing-author", "an entry that stands alone needs an author", source=RFC + "4.1.2"
        )


def _entry_content(frame: Frame, inspection: Inspection) -> None:
    content = frame.get(_CONTENT)
    if not content:
        if all(rel(link) != "alternate" for link in frame.get(_LINK)):
            words = "an entry without content needs a link with rel alternate"
            inspection.say(frame, "missing-alternate", words, source=RFC + "4.1.2")
        if not frame.has(_SUMMARY):
            words = "an entry without content should have a summary"
            inspection.say(frame, "missing-text", words, "advice", RFC + "4.1.1.1")
    elif not frame.has(_SUMMARY) and content[0].position == 1 and needs_summary(content[0]):
        words = "content that is elsewhere or binary needs a summary beside it"
        inspection.say(frame, "missing-summary", words, source=RFC + "4.1.2")


def needs_summary(content: Frame) -> bool:
    """Whether a reader who cannot show this content is left with nothing."""
    if "src" in content.attributes:
        return True
    kind = content.attributes.get("type", "text").strip().lower()
    return "/" in kind and not kind.startswith("text/") and not kind.split(";")[0].endswith(("+xml", "/xml"))


def _entry_twice(frame: Frame, inspection: Inspection) -> None:
    identity = frame.value(_ID)
    if not identity or frame.parent is None:
        return
    version = f"{identity} {frame.value(atom('updated'))}"
    if inspection.again("entry", version):
        words = f"the id {identity[:80]!r} stands twice with the same updated"
        inspection.say(frame, "duplicate-entry", words, source=RFC + "4.1.1")


ENTRY = Element(
    RFC + "4.1.2",
    children={
        atom("author"): many(PERSON),
        atom("category"): many(CATEGORY),
        atom("content"): once(CONTENT),
        atom("contributor"): many(PERSON),
        atom("id"): one(ID),
        atom("link"): many(LINK),
        atom("published"): once(PUBLISHED),
        atom("rights"): once(TEXT),
        atom("source"): once(SOURCE),
        atom("summary"): once(TEXT),
        atom("title"): one(TEXT),
        atom("updated"): one(UPDATED),
    },
    context="entry",
    identity=(atom("id"),),
    ends=(alternates, _entry_author, _entry_content, _entry_twice, coordinates, feed_links),
)
FEED = Element(
    RFC + "4.1.1",
    children={
        **{name: child for name, child in SOURCE.children.items() if child.minimum == 0},
        atom("id"): one(ID),
        atom("title"): one(TEXT),
        atom("updated"): one(UPDATED),
        atom("entry"): many(ENTRY),
    },
    context="feed",
    ends=(alternates, _authors, _self_link, feed_links),
)
ROOTS = {atom("feed"): FEED, atom("entry"): ENTRY}
ELEMENTS = {name: child.element for part in (PERSON, SOURCE, ENTRY) for name, child in part.children.items()}
