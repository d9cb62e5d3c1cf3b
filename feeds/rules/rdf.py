"""RSS 1.0, and 0.90 before it: the vocabulary of RDF."""

from __future__ import annotations

from feeds.rules import kinds
from feeds.rules.base import Child, Element, many, once, one
from feeds.rules.frame import Frame
from feeds.rules.inspection import Inspection
from feeds.rules.kinds import may, must, plain_text
from feeds.rules.namespaces import RDF, RSS090, RSS090_OLD, RSS1

SPEC = "RSS 1.0 specification section 5."
ABOUT = f"{RDF} about"
RESOURCE = f"{RDF} resource"


def _items(frame: Frame, inspection: Inspection) -> None:
    """Every item that the channel lists is there."""
    listed = inspection.listed
    for address in inspection.described:
        listed.pop(address, None)
    for place in list(listed.values())[:1]:
        address = place.attributes.get(RESOURCE) or place.attributes.get("resource", "")
        words = f"the channel lists {address[:80]!r}, and no item is about it"
        inspection.say(place, "rdf-item", words, "advice", SPEC + "3.5")


def _li(frame: Frame, inspection: Inspection) -> None:
    address = frame.attributes.get(RESOURCE) or frame.attributes.get("resource")
    if not address:
        inspection.say(frame, "missing-attribute", "rdf:li needs the attribute rdf:resource")
    else:
        inspection.listed[address] = frame


def _about(frame: Frame, inspection: Inspection) -> None:
    address = frame.attributes.get(ABOUT)
    if address is None:
        return
    if address in inspection.described:
        inspection.say(frame, "duplicate-about", f"two items are about {address[:80]!r}", source=SPEC + "5")
    inspection.described.add(address)


LI = Element(
    SPEC + "3.5",
    attributes={RESOURCE: may(kinds.REFERENCE), "resource": may(kinds.REFERENCE)},
    begins=(_li,),
)
SEQUENCE = Element(SPEC + "3.5", children={f"{RDF} li": many(LI)}, context="rdf", attributes={ABOUT: may()})
ITEMS = Element(SPEC + "3.5", children={f"{RDF} Seq": one(SEQUENCE)}, context="rdf")
REFERRING = Element(SPEC + "3.4", attributes={RESOURCE: must(kinds.REFERENCE)}, context="rdf")
URL = Element(SPEC + "3.2", (kinds.NOT_BLANK, kinds.URL))
TITLE = plain_text(SPEC + "3.1", kinds.BLANK_WARNING)


def parts(uri: str, *, about: bool) -> dict[str, Child]:
    """The table for one namespace; only RSS 1.0 names its parts with rdf:about."""

    def name(local: str) -> str:
        return f"{uri} {local}"

    attributes = {ABOUT: must(kinds.NOT_BLANK, kinds.REFERENCE)} if about else {}
    texts = {name("title"): one(TITLE), name("link"): one(URL)}
    described = texts | {name("description"): one(plain_text(SPEC + "3.3", kinds.BLANK_WARNING))}
    named = {name("image"): once(REFERRING), name("textinput"): once(REFERRING)}
    channel = described | ({name("items"): one(ITEMS)} | named if about else {})
    item = texts | {name("description"): once(Element(SPEC + "5", ()))}
    field = {name("name"): one(Element(SPEC + "6", (kinds.NOT_BLANK,)))}
    image = texts | {name("url"): one(URL)}
    return {
        name("channel"): once(
            Element(SPEC + "3", children=channel, attributes=attributes, context="channel")
        ),
        name("image"): once(Element(SPEC + "4", children=image, attributes=attributes, context="image")),
        name("item"): many(
            Element(SPEC + "5", children=item, attributes=attributes, context="item", begins=(_about,))
        ),
        name("textinput"): once(
            Element(SPEC + "6", children=described | field, attributes=attributes, context="textinput")
        ),
    }


def _channel(frame: Frame, inspection: Inspection) -> None:
    if not any(f"{uri} channel" in frame.counts for uri in TABLES):
        inspection.say(frame, "missing-element", "RDF needs a channel of RSS 1.0", source=SPEC + "3")
    elif f"{RSS1} channel" in frame.counts and f"{RSS1} item" not in frame.counts:
        inspection.say(frame, "missing-element", "RSS 1.0 needs an item", "advice", SPEC + "5")


TABLES = {
    RSS1: parts(RSS1, about=True),
    RSS090: parts(RSS090, about=False),
    RSS090_OLD: parts(RSS090_OLD, about=False),
}
RDF_ROOT = Element(
    SPEC + "2",
    children={name: child for table in TABLES.values() for name, child in table.items()},
    context="rdf",
    ends=(_channel, _items),
)
ROOTS = {f"{RDF} RDF": RDF_ROOT}
