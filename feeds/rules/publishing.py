"""Service and category documents of the Atom Publishing Protocol, RFC 5023."""

from __future__ import annotations

from feeds.rules import kinds, lexical
from feeds.rules.atom import CATEGORY, atom
from feeds.rules.atom_text import TEXT
from feeds.rules.base import Element, Kind, many, one, some
from feeds.rules.frame import Frame
from feeds.rules.inspection import Inspection
from feeds.rules.kinds import may, must
from feeds.rules.namespaces import APP

RFC = "RFC 5023 section "


def app(local: str) -> str:
    """A name of the publishing protocol as the parser says it."""
    return f"{APP} {local}"


def _categories(frame: Frame, inspection: Inspection) -> None:
    if "href" in frame.attributes and (
        {"fixed", "scheme"} & set(frame.attributes) or frame.has(atom("category"))
    ):
        words = "with href the categories are elsewhere: neither fixed, scheme nor categories stand here"
        inspection.say(frame, "categories-elsewhere", words)


CATEGORIES = Element(
    RFC + "7.2.1",
    children={atom("category"): many(CATEGORY)},
    attributes={
        "href": may(kinds.NOT_BLANK, kinds.REFERENCE),
        "fixed": may(kinds.word("yes", "no")),
        "scheme": may(kinds.URL),
    },
    context="app",
    ends=(_categories,),
)
ACCEPT = Element(RFC + "8.3.4", (Kind("media-type", lexical.media_ranges),))
COLLECTION = Element(
    RFC + "8.3.3",
    children={atom("title"): one(TEXT), app("accept"): many(ACCEPT), app("categories"): many(CATEGORIES)},
    attributes={"href": must(kinds.NOT_BLANK, kinds.REFERENCE)},
    context="app",
)
WORKSPACE = Element(
    RFC + "8.3.2", children={atom("title"): one(TEXT), app("collection"): many(COLLECTION)}, context="app"
)
SERVICE = Element(RFC + "8.3.1", children={app("workspace"): some(WORKSPACE)}, context="app")
ROOTS = {app("service"): SERVICE, app("categories"): CATEGORIES}
