"""OPML 1.0 to 2.0."""

from __future__ import annotations

from feeds.rules import kinds, lexical
from feeds.rules.base import Element, Kind, many, once, one, some
from feeds.rules.dates import parse_rfc822, rfc822, weekday
from feeds.rules.frame import Frame
from feeds.rules.inspection import Inspection
from feeds.rules.kinds import may, must

SPEC = "OPML 2.0, "
HEAD_SOURCE, OUTLINE_SOURCE = SPEC + "what is a <head>", SPEC + "what is an <outline>"
_DATES = (Kind("date", rfc822), Kind("date-doubtful", weekday, "warning"))
_TRUTH = kinds.word("true", "false")


def _filled(text: str) -> str | None:
    return kinds.URL.test(text) if text else None


_URL = Kind("address", _filled)


def _outline(frame: Frame, inspection: Inspection) -> None:
    attributes = frame.attributes
    kind = attributes.get("type", "").lower()
    if kind == "rss" and "xmlUrl" not in attributes:
        inspection.say(
            frame,
            "missing-attribute",
            "an outline of type rss needs xmlUrl",
            source=SPEC + "subscription lists",
        )
    elif kind in ("link", "include") and "url" not in attributes:
        words = f"an outline of type {kind} needs url"
        inspection.say(frame, "missing-attribute", words, source=SPEC + "inclusion")
    elif not kind and "xmlUrl" in attributes:
        words = "an outline with xmlUrl should say type rss"
        inspection.say(frame, "missing-type", words, "warning", SPEC + "subscription lists")


def _number() -> Element:
    return Element(HEAD_SOURCE, (kinds.WHOLE,))


HEAD = Element(
    HEAD_SOURCE,
    children={
        "title": once(Element(HEAD_SOURCE, ())),
        "dateCreated": once(kinds.dated(HEAD_SOURCE, parse_rfc822, kinds.BLANK_WARNING, *_DATES)),
        "dateModified": once(kinds.dated(HEAD_SOURCE, parse_rfc822, kinds.BLANK_WARNING, *_DATES)),
        "ownerName": once(Element(HEAD_SOURCE, ())),
        "ownerEmail": once(Element(HEAD_SOURCE, (kinds.BLANK_WARNING, kinds.MAIL))),
        "ownerId": once(Element(HEAD_SOURCE, (kinds.BLANK_WARNING, kinds.URL))),
        "docs": once(Element(HEAD_SOURCE, (kinds.BLANK_WARNING, kinds.URL))),
        "expansionState": once(Element(HEAD_SOURCE, (Kind("number", lexical.counts),))),
        **{
            name: once(_number())
            for name in ("vertScrollState", "windowTop", "windowLeft", "windowBottom", "windowRight")
        },
    },
    context="head",
)
OUTLINE = Element(
    OUTLINE_SOURCE,
    attributes={
        "text": must(),
        "type": may(),
        "isComment": may(_TRUTH),
        "isBreakpoint": may(_TRUTH),
        "created": may(*_DATES),
        "xmlUrl": may(kinds.NOT_BLANK, kinds.URL),
        "htmlUrl": may(_URL),
        "url": may(kinds.NOT_BLANK, kinds.URL),
        "language": may(
            Kind("language", lambda text: kinds.LANGUAGE.test(text) if text not in ("", "unknown") else None)
        ),
        "version": may(
            kinds.word("RSS", "RSS1", "RSS2", "scriptingNews", "ATOM", "atom", "Atom", "", "rss", "RSS 2.0")
        ),
    },
    any_attribute=True,
    context="outline",
    ends=(_outline,),
)
OUTLINE.children["outline"] = many(OUTLINE)
BODY = Element(SPEC + "what is a <body>", children={"outline": some(OUTLINE)}, context="body")
OPML = Element(
    SPEC + "what is an <opml>",
    children={"head": one(HEAD), "body": one(BODY)},
    attributes={"version": must(kinds.word("1.0", "1.1", "2.0"))},
    context="opml",
)
ROOTS = {"opml": OPML}
