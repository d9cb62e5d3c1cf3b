"""The small modules: Dublin Core, content, slash, syndication, threads, places and their like."""

from __future__ import annotations

from collections.abc import Iterable

from feeds.rules import addresses, kinds, lexical
from feeds.rules import namespaces as ns
from feeds.rules.atom_text import NODE
from feeds.rules.base import Attribute, Element, Extension, Kind, once
from feeds.rules.dates import parse_w3c
from feeds.rules.frame import Frame
from feeds.rules.inspection import Inspection
from feeds.rules.kinds import may, must
from feeds.rules.rss import html_text
from feeds.rules.times import implausible

HEADS = frozenset(("feed", "channel"))
ENTRIES = frozenset(("entry", "item"))
BOTH = HEADS | ENTRIES
ONCE = 1
_RESOURCE = f"{ns.RDF} resource"

TEXT: tuple[Kind, ...] = ()
WRITTEN = (kinds.BLANK_WARNING,)
LINK = (kinds.NOT_BLANK, *kinds.DOUBTED_URL)


def _module(
    uri: str, source: str, where: frozenset[str], maximum: int, table: dict[str, tuple[Kind, ...]]
) -> dict[str, Extension]:
    """One module's plain elements: name and types of value."""
    return {
        f"{uri} {name}": Extension(Element(source, values, context="text"), where, maximum)
        for name, values in table.items()
    }


def _resources(uri: str, source: str, where: frozenset[str], table: dict[str, Kind]) -> dict[str, Extension]:
    """One module's elements that only point somewhere, by rdf:resource."""
    return {
        f"{uri} {name}": Extension(Element(source, attributes={_RESOURCE: must(kind)}), where)
        for name, kind in table.items()
    }


def _texts(names: str, values: tuple[Kind, ...] = TEXT) -> dict[str, tuple[Kind, ...]]:
    return dict.fromkeys(names.split(), values)


_MANY = 1 << 30
ANY: frozenset[str] = frozenset()
_DC = "Dublin Core Metadata Element Set 1.1"
_DC_TEXTS = """
contributor coverage creator description format identifier publisher relation rights source subject title type
"""
_TERM_DATES = "available created date dateAccepted dateCopyrighted dateSubmitted issued modified"
_TERM_TEXTS = """
abstract accessRights accrualMethod accrualPeriodicity accrualPolicy alternative audience
bibliographicCitation conformsTo contributor coverage creator description educationLevel extent format
hasFormat hasPart hasVersion identifier instructionalMethod isFormatOf isPartOf isReferencedBy
isReplacedBy isRequiredBy isVersionOf language license mediator medium provenance publisher references
relation replaces requires rights rightsHolder source spatial subject tableOfContents temporal title type
valid
"""
_HIT_PARADE = Kind("value", lexical.integers)
_SLASH = _module(
    ns.SLASH,
    "Slash module for RSS",
    ENTRIES,
    ONCE,
    {"section": WRITTEN, "department": WRITTEN, "comments": (kinds.COUNT,), "hit_parade": (_HIT_PARADE,)},
)
_SY = _module(
    ns.SY,
    "Syndication module for RSS 1.0",
    HEADS,
    ONCE,
    {
        "updatePeriod": (kinds.word("hourly", "daily", "weekly", "monthly", "yearly"),),
        "updateFrequency": (kinds.POSITIVE,),
        "updateBase": (kinds.W3C_DATE,),
    },
)
_EV = _module(
    ns.EVENT,
    "Event module for RSS 1.0",
    BOTH,
    ONCE,
    {
        "startdate": (kinds.W3C_DATE,),
        "enddate": (kinds.W3C_DATE,),
        **_texts("location organizer type", WRITTEN),
    },
)
_AG = _module(
    ns.AGGREGATION,
    "Aggregation module for RSS 1.0",
    ENTRIES,
    ONCE,
    {"source": WRITTEN, "sourceURL": LINK, "timestamp": (kinds.W3C_DATE,)},
)
_WIKI = _module(
    ns.WIKI,
    "ModWiki for RSS",
    BOTH,
    ONCE,
    {
        "version": TEXT,
        "host": TEXT,
        "status": (kinds.word("new", "updated", "deleted"),),
        "importance": (kinds.word("major", "minor"),),
        "diff": LINK,
        "history": LINK,
        "interwiki": TEXT,
    },
)
_THR = "RFC 4685 section "
_THREADS = {
    f"{ns.THREAD} in-reply-to": Extension(
        Element(
            _THR + "3",
            (),
            attributes={
                "ref": must(kinds.NOT_BLANK, kinds.URL),
                "href": may(kinds.REFERENCE),
                "source": may(kinds.REFERENCE),
                "type": may(kinds.MEDIA_TYPE),
            },
            context="text",
        ),
        ENTRIES,
    ),
    f"{ns.THREAD} total": Extension(Element(_THR + "5", (kinds.COUNT,)), ENTRIES, ONCE),
}
_APP_CONTROL = Element(
    "RFC 5023 section 13.1.1",
    children={f"{ns.APP} draft": once(Element("RFC 5023 section 13.1.1", (kinds.word("yes", "no"),)))},
    context="control",
)
_ATOMPUB = {
    f"{ns.APP} control": Extension(_APP_CONTROL, frozenset(("entry",)), ONCE),
    f"{ns.APP} edited": Extension(
        Element("RFC 5023 section 10.2", (kinds.RFC3339,), strip=False), frozenset(("entry",)), ONCE
    ),
}
_TOMBSTONES = {
    f"{ns.TOMBSTONE} deleted-entry": Extension(
        Element(
            "RFC 6721 section 3",
            attributes={"ref": must(kinds.URL), "when": must(kinds.RFC3339)},
            children={
                f"{ns.TOMBSTONE} comment": once(
                    Element("RFC 6721 section 4", (), attributes={"type": may()}, context="text")
                ),
                f"{ns.TOMBSTONE} by": once(Element("RFC 6721 section 4", free=True)),
            },
            context="any",
        ),
        frozenset(("feed",)),
    )
}
_ADMIN_KINDS = {"generatorAgent": kinds.URL, "errorReportsTo": kinds.URL}
_LATITUDE = (Kind("coordinate", lexical.between(-90, 90, integer=False)),)
_LONGITUDE = (Kind("coordinate", lexical.between(-180, 180, integer=False)),)
_ICBM = _module(ns.ICBM, "ICBM module for RSS", ANY, ONCE, {"latitude": _LATITUDE, "longitude": _LONGITUDE})
_CF_LIST = Element("Simple List Extensions", (kinds.word("list"),))
_TB = "TrackBack module for RSS"


def _pointing(source: str) -> Element:
    """An address as text in RSS 2.0, by rdf:resource in RSS 1.0."""

    def check(frame: Frame, inspection: Inspection) -> None:
        if not frame.text.strip() and _RESOURCE not in frame.attributes:
            inspection.say(frame, "blank", f"{inspection.name_of(frame.name)} needs an address")

    def filled(text: str) -> str | None:
        return addresses.iri(text) if text else None

    return Element(source, (Kind("address", filled),), attributes={_RESOURCE: may(kinds.URL)}, ends=(check,))


_POINTERS = {
    f"{ns.TRACKBACK} ping": Extension(_pointing(_TB), ENTRIES, ONCE),
    f"{ns.TRACKBACK} about": Extension(_pointing(_TB), ENTRIES),
    f"{ns.PINGBACK} server": Extension(_pointing("Pingback module for RSS"), BOTH, ONCE),
    f"{ns.PINGBACK} target": Extension(_pointing("Pingback module for RSS"), BOTH),
}
_COMMONS = {
    f"{uri} license": Extension(_pointing("Creative Commons module"), ANY)
    for uri in (ns.CC, "http://creativecommons.org/ns#")
}
_BLOG = _module(
    ns.BLOG_CHANNEL,
    "blogChannel module for RSS 2.0",
    HEADS,
    ONCE,
    _texts("blogRoll mySubscriptions blink changes", (kinds.NOT_BLANK, kinds.URL)),
)
_CC_RSS = _module(
    ns.CREATIVE_COMMONS,
    "creativeCommons module for RSS 2.0",
    BOTH,
    _MANY,
    {"license": (kinds.NOT_BLANK, kinds.URL)},
)
_ENCODED = Extension(Element("Content module for RSS", (), ends=(html_text,)), BOTH, ONCE)
_ITEMS = Extension(Element("Content module for RSS", free=True), BOTH, ONCE)
_BODY = Element("XHTML", (), context="xhtml", any_attribute=True, other=NODE.other)
_LINKED = Element(
    "Link module for RSS 1.0",
    attributes={
        _RESOURCE: must(kinds.REFERENCE),
        f"{ns.LINK} rel": may(),
        f"{ns.LINK} type": may(kinds.MEDIA_TYPE),
        f"{ns.LINK} lang": may(kinds.LANGUAGE),
        f"{ns.LINK} title": may(),
    },
)
EXTENSIONS: dict[str, Extension] = {
    **_module(
        ns.DC,
        _DC,
        ANY,
        _MANY,
        {**_texts(_DC_TEXTS), "language": (kinds.LANGUAGE,), "date": (kinds.W3C_DATE,)},
    ),
    **_module(
        ns.DCTERMS,
        "DCMI Metadata Terms",
        ANY,
        _MANY,
        {**_texts(_TERM_TEXTS), **_texts(_TERM_DATES, (kinds.W3C_DATE,))},
    ),
    f"{ns.CONTENT} encoded": _ENCODED,
    f"{ns.CONTENT} items": _ITEMS,
    **_SLASH,
    **_SY,
    **_EV,
    **_AG,
    **_WIKI,
    **_THREADS,
    **_ATOMPUB,
    **_TOMBSTONES,
    **_ICBM,
    **_POINTERS,
    **_COMMONS,
    **_BLOG,
    **_CC_RSS,
    **_module(
        ns.WFW, "Comment API", ENTRIES, ONCE, _texts("comment commentRss commentRSS commentTimeout", LINK)
    ),
    **_resources(ns.ADMIN, "Admin module for RSS 1.0", HEADS, _ADMIN_KINDS),
    **_resources(ns.ANNOTATE, "Annotation module for RSS 1.0", ENTRIES, {"reference": kinds.URL}),
    f"{ns.LINK} link": Extension(_LINKED, BOTH),
    f"{ns.SIMPLE_LIST} treatAs": Extension(_CF_LIST, HEADS, ONCE),
    f"{ns.XHTML} body": Extension(_BODY, BOTH, ONCE),
    f"{ns.XHTML} div": Extension(_BODY, BOTH),
}
ATTRIBUTES: dict[str, Attribute] = {
    f"{ns.THREAD} count": may(Kind("number", lexical.count, source=_THR + "4")),
    f"{ns.THREAD} updated": may(Kind("date", kinds.RFC3339.test, source=_THR + "4")),
}
# Of these every element is known: another name is a slip.
CLOSED = frozenset(
    (
        ns.ATOM,
        ns.APP,
        ns.DC,
        ns.DCTERMS,
        ns.CONTENT,
        ns.SLASH,
        ns.SY,
        ns.EVENT,
        ns.AGGREGATION,
        ns.WIKI,
        ns.WFW,
        ns.ADMIN,
        ns.ANNOTATE,
        ns.CREATIVE_COMMONS,
        ns.BLOG_CHANNEL,
        ns.TRACKBACK,
        ns.ICBM,
        ns.THREAD,
        ns.RSS1,
        ns.HISTORY,
        ns.MEDIA,
        ns.ITUNES,
        ns.ITUNES_FIRST,
        ns.GEORSS,
        ns.OPENSEARCH,
    )
)


def once_each(elements: Iterable[str]) -> None:
    """Limits extensions to one of each, after the tables are built."""
    for name in elements:
        found = EXTENSIONS[name]
        EXTENSIONS[name] = Extension(found.element, found.contexts, ONCE)


EXTENSIONS[f"{ns.DC} date"] = Extension(
    Element(_DC, (kinds.W3C_DATE,), context="text", ends=(implausible(parse_w3c, 0),)), ANY, ONCE
)
once_each((f"{ns.DC} language",))
