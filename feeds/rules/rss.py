"""RSS 2.0 and its forerunners 0.91 to 0.94, with the RSS Advisory Board's Best Practices Profile."""

from __future__ import annotations

from feeds.rules import addresses, kinds, lexical
from feeds.rules.archives import TIES, feed_links
from feeds.rules.base import Child, Element, Kind, many, once, one
from feeds.rules.dates import parse_rfc822
from feeds.rules.frame import Frame
from feeds.rules.html import flaws, harmless
from feeds.rules.inspection import Inspection
from feeds.rules.itunes import enclosures
from feeds.rules.kinds import may, must, plain_text
from feeds.rules.namespaces import ADMIN, ATOM, DC
from feeds.rules.places import COORDINATES, coordinates

SPEC = "RSS 2.0 specification, "
PROFILE = "RSS Best Practices Profile, "
_LINK = f"{ATOM} link"
# What RSS has a word for must not be said again in another vocabulary with another meaning.
CHANNEL_TWINS = (
    ("pubDate", f"{DC} date"),
    ("language", f"{DC} language"),
    ("copyright", f"{DC} rights"),
    ("managingEditor", f"{DC} creator"),
    ("webMaster", f"{DC} publisher"),
    ("generator", f"{ADMIN} generatorAgent"),
    ("webMaster", f"{ADMIN} errorReportsTo"),
)
ITEM_TWINS = (
    ("author", f"{DC} creator"),
    ("pubDate", f"{DC} date"),
    ("title", f"{DC} title"),
    ("description", f"{DC} description"),
    ("source", f"{DC} source"),
)


def html_text(frame: Frame, inspection: Inspection) -> None:
    """HTML that must not run, and whose addresses lead somewhere."""
    if "<" not in frame.text and "&" not in frame.text:
        return
    for flaw in flaws(frame.text, relative=not frame.base()):
        words = f"{inspection.name_of(frame.name)}: {flaw.problem}"
        inspection.say(frame, flaw.rule, words, flaw.severity, PROFILE + "item description")


def _twins(frame: Frame, pairs: tuple[tuple[str, str], ...], inspection: Inspection) -> None:
    for own, other in pairs:
        if own in frame.counts and other in frame.counts:
            words = f"{own} and {inspection.name_of(other)} say the same thing twice; keep one"
            inspection.say(frame, "duplicate-meaning", words, "warning", PROFILE + "namespace elements")


def _item(frame: Frame, inspection: Inspection) -> None:
    counts = frame.counts
    if "title" not in counts and "description" not in counts:
        inspection.say(frame, "item-empty", "an item needs a title or a description", source=SPEC + "item")
    elif not frame.value("title") and not frame.filled("title") and not frame.filled("description"):
        inspection.say(frame, "item-empty", "title and description are both blank", source=SPEC + "item")
    if counts.get("enclosure", 0) > 1:
        words = "many readers take only one enclosure of an item"
        inspection.say(frame, "several-enclosures", words, "warning", PROFILE + "enclosure")
    if "guid" not in counts:
        inspection.say(frame, "missing-guid", "an item should have a guid", "advice", PROFILE + "guid")


def _item_twins(frame: Frame, inspection: Inspection) -> None:
    _twins(frame, ITEM_TWINS, inspection)


def _guid(frame: Frame, inspection: Inspection) -> None:
    text = frame.text.strip()
    if not text:
        return
    if frame.attributes.get("isPermaLink", "true") == "true" and (problem := kinds.WEB.test(text)):
        words = f'guid: {problem}, or say isPermaLink="false"'
        inspection.say(frame, "guid-address", words, source=SPEC + "guid")
    if inspection.again("guid", text):
        inspection.say(frame, "duplicate-guid", f"the guid {text[:80]!r} stands twice", source=SPEC + "guid")


_FEED_TYPES = ("application/rss+xml", "application/xml", "text/xml", "application/rdf+xml")


def _channel(frame: Frame, inspection: Inspection) -> None:
    _twins(frame, CHANNEL_TWINS, inspection)
    links = frame.get(_LINK)
    own = [link for link in links if link.attributes.get("rel") == "self"]
    if not own:
        inspection.say(
            frame,
            "missing-self",
            "a channel should have an atom:link rel self",
            "advice",
            PROFILE + "atom:link",
        )
    for link in own:
        if not link.attributes.get("type", "text/xml").lower().startswith(_FEED_TYPES):
            words = "the feed itself is application/rss+xml"
            inspection.say(link, "self-type", words, "warning", PROFILE + "atom:link")
        if problem := kinds.URL.test(link.attributes.get("href", "http://absent/")):
            inspection.say(link, "address", f"atom:link href: {problem}", source=PROFILE + "atom:link")


def _distinct(local: str) -> Element:
    kind = Kind("value", lexical.between(0, 23)) if local == "hour" else kinds.word(*DAYS)
    return Element(SPEC + "optional channel elements", (kind,), keep=True)


def _no_twice(local: str, most: int) -> Element:
    def check(frame: Frame, inspection: Inspection) -> None:
        seen: set[str] = set()
        for part in frame.get(local):
            value = part.text.strip().lstrip("0")
            if value in seen:
                inspection.say(part, "duplicate-value", f"{local} {part.text.strip()!r} stands twice")
            seen.add(value)

    child = Child(_distinct(local), 1, most)
    return Element(SPEC + "optional channel elements", children={local: child}, context="skip", ends=(check,))


def _image(frame: Frame, inspection: Inspection) -> None:
    path = frame.value("url").partition("?")[0].lower()
    if path.endswith((".bmp", ".tif", ".tiff", ".svg", ".ico", ".webp", ".avif")):
        inspection.say(frame, "image-format", "the image must be GIF, JPEG or PNG", "advice", SPEC + "image")
    channel = frame.parent
    for name in ("title", "link") if channel is not None else ():
        if channel is not None and channel.has(name) and channel.value(name) != frame.value(name):
            words = f"the image's {name} should be the channel's"
            inspection.say(frame, f"image-{name}", words, "advice", PROFILE + "image")


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CHANNEL_SOURCE = SPEC + "required channel elements"
OPTIONAL = SPEC + "optional channel elements"
DATE = kinds.dated(OPTIONAL, parse_rfc822, kinds.RFC822, kinds.RFC822_DOUBT)
LINK = Element(SPEC + "link", (kinds.NOT_BLANK, *kinds.DOUBTED_URL), keep=True, usual=addresses.everyday)
CATEGORY = Element(
    SPEC + "category", (kinds.BLANK_WARNING,), attributes={"domain": may(kinds.BLANK_WARNING)}, context="text"
)
TITLE = Element(SPEC + "title", (kinds.BLANK_WARNING, kinds.PLAIN), keep=True, usual=harmless)
PERSON = Element(OPTIONAL, (kinds.MAIL_NAME, kinds.MAIL_NAMED))
IMAGE = Element(
    SPEC + "image",
    children={
        "url": one(Element(SPEC + "image", (kinds.NOT_BLANK, *kinds.DOUBTED_URL), keep=True)),
        "title": one(TITLE),
        "link": one(LINK),
        "width": once(Element(SPEC + "image", (Kind("image-size", lexical.between(1, 144)),))),
        "height": once(Element(SPEC + "image", (Kind("image-size", lexical.between(1, 400)),))),
        "description": once(plain_text(SPEC + "image")),
    },
    context="image",
    ends=(_image,),
)
TEXT_INPUT = Element(
    SPEC + "textInput",
    children={
        "title": one(plain_text(SPEC + "textInput", kinds.NOT_BLANK)),
        "description": one(plain_text(SPEC + "textInput", kinds.NOT_BLANK)),
        "name": one(Element(SPEC + "textInput", (kinds.NOT_BLANK, kinds.PLAIN))),
        "link": one(LINK),
    },
    context="textinput",
)


def _cloud(frame: Frame, inspection: Inspection) -> None:
    attributes = frame.attributes
    if attributes.get("registerProcedure") == "" and attributes.get("protocol") != "http-post":
        inspection.say(frame, "blank", "cloud registerProcedure: must not be blank")


CLOUD = Element(
    SPEC + "cloud",
    attributes={
        "domain": must(kinds.NOT_BLANK),
        "port": must(Kind("number", lexical.between(1, 65535))),
        "path": must(kinds.NOT_BLANK),
        "registerProcedure": must(),
        "protocol": must(kinds.word("xml-rpc", "soap", "http-post")),
    },
    ends=(_cloud,),
)
ENCLOSURE = Element(
    SPEC + "enclosure",
    attributes={
        "url": must(kinds.WEB, kinds.ASCII),
        "length": must(kinds.COUNT),
        "type": must(kinds.MEDIA_TYPE),
    },
    context="enclosure",
    keep=True,
)
GUID = Element(
    SPEC + "guid",
    (kinds.NOT_BLANK,),
    attributes={"isPermaLink": may(kinds.word("true", "false"))},
    keep=True,
    ends=(_guid,),
)
SOURCE = Element(
    SPEC + "source", (kinds.BLANK_WARNING,), attributes={"url": must(kinds.NOT_BLANK, *kinds.DOUBTED_URL)}
)
ITEM = Element(
    SPEC + "item",
    children={
        "title": once(TITLE),
        "link": once(LINK),
        "description": once(Element(SPEC + "item", (), ends=(html_text,), keep=True)),
        "author": once(Element(SPEC + "author", (kinds.MAIL_NAME, kinds.MAIL_NAMED))),
        "category": many(CATEGORY),
        "comments": once(Element(SPEC + "comments", (kinds.NOT_BLANK, *kinds.DOUBTED_URL))),
        "enclosure": many(ENCLOSURE),
        "guid": once(GUID),
        "pubDate": once(DATE),
        "source": once(SOURCE),
        "expirationDate": once(Element("RSS 0.93 specification, item", (kinds.RFC822,))),
    },
    context="item",
    identity=("guid",),
    ends=(_item,),
    rare=(_item_twins, enclosures, coordinates, feed_links),
    watched=COORDINATES | TIES | {"enclosure", *(other for _, other in ITEM_TWINS)},
)
CHANNEL = Element(
    CHANNEL_SOURCE,
    children={
        "title": one(Element(CHANNEL_SOURCE, (kinds.NOT_BLANK, kinds.PLAIN), keep=True)),
        "link": one(LINK),
        "description": one(plain_text(CHANNEL_SOURCE, kinds.BLANK_WARNING)),
        "language": once(Element(OPTIONAL, (kinds.LANGUAGE,))),
        "copyright": once(plain_text(OPTIONAL)),
        "managingEditor": once(PERSON),
        "webMaster": once(PERSON),
        "pubDate": once(DATE),
        "lastBuildDate": once(DATE),
        "category": many(CATEGORY),
        "generator": once(plain_text(OPTIONAL)),
        "docs": once(Element(OPTIONAL, (kinds.NOT_BLANK, *kinds.DOUBTED_URL))),
        "cloud": once(CLOUD),
        "ttl": once(Element(SPEC + "ttl", (kinds.COUNT, Kind("number", lexical.positive, "warning")))),
        "image": once(IMAGE),
        "rating": once(Element(OPTIONAL, (kinds.BLANK_WARNING,))),
        "textInput": once(TEXT_INPUT),
        "skipHours": once(_no_twice("hour", 24)),
        "skipDays": once(_no_twice("day", 7)),
        "item": many(ITEM),
    },
    context="channel",
    ends=(_channel, feed_links),
)
RSS = Element(
    SPEC + "about this document",
    children={"channel": one(CHANNEL)},
    attributes={"version": must(kinds.word("2.0", "0.91", "0.92", "0.93", "0.94"))},
    context="rss",
)
ROOTS = {"rss": RSS}
