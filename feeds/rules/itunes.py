"""Apple's tags for podcasts."""

from __future__ import annotations

from feeds.rules import kinds, lexical
from feeds.rules.base import Child, Element, Extension, Kind, many, once, one
from feeds.rules.frame import Frame
from feeds.rules.inspection import Inspection
from feeds.rules.itunes_categories import CURRENT, FIRST, FORMER
from feeds.rules.kinds import may, must, word
from feeds.rules.namespaces import ITUNES, ITUNES_FIRST

SPEC = "Apple Podcasts RSS requirements, "
SHORT, LONG = 255, 4000
FORMATS = frozenset("m4a mp3 mov mp4 m4v pdf epub".split())


def _at_most(length: int) -> Kind:
    return Kind("too-long", lexical.at_most(length), "warning")


def _keywords(text: str) -> str | None:
    if "," not in text and len(text.split()) > 1:
        return "separate the keywords with commas"
    if text.count(",") > 11:
        return "Apple takes at most twelve keywords"
    return None


def _category(frame: Frame, inspection: Inspection) -> None:
    parent, text = frame.parent, frame.attributes.get("text", "")
    if not text:
        return
    inner = parent is not None and parent.name == frame.name
    above = parent.attributes.get("text", "") if inner and parent is not None else ""
    lists = [[*table] if not inner else table.get(above, []) for table in (CURRENT, FORMER, FIRST)]
    if text in lists[0] or (inner and not any(above in table for table in (CURRENT, FORMER, FIRST))):
        return
    if text in lists[1]:
        inspection.say(frame, "category-former", f"Apple dropped the category {text!r} in 2019", "advice")
    elif text in lists[2]:
        inspection.say(frame, "category-obsolete", f"Apple dropped the category {text!r} in 2005", "warning")
    else:
        place = f" below {above!r}" if inner else ""
        inspection.say(frame, "itunes-category", f"Apple has no category {text[:60]!r}{place}")


def _image(frame: Frame, inspection: Inspection) -> None:
    path = frame.attributes.get("href", "").partition("?")[0].lower()
    if path.endswith((".gif", ".bmp", ".svg", ".tif", ".tiff")):
        inspection.say(frame, "itunes-image", "the image must be JPEG or PNG")


HEADS = frozenset(("channel", "feed"))
ENTRIES = frozenset(("item", "entry"))
BOTH = HEADS | ENTRIES


def _text(section: str, *values: Kind) -> Element:
    return Element(SPEC + section, values)


def _categories(uri: str) -> Element:
    def category(**children: Child) -> Element:
        table = {f"{uri} {name}": child for name, child in children.items()}
        attributes = {"text": must(kinds.NOT_BLANK)}
        return Element(
            SPEC + "category", None, table, attributes=attributes, ends=(_category,), context="text"
        )

    return category(category=many(category()))


def _owner(uri: str) -> Element:
    table = {
        f"{uri} name": once(_text("owner", kinds.BLANK_WARNING)),
        f"{uri} email": one(_text("owner", kinds.MAIL)),
    }
    return Element(SPEC + "owner", children=table, context="person")


_TABLE = {
    "author": Extension(_text("author", kinds.BLANK_WARNING, kinds.PLAIN), BOTH, 1),
    "block": Extension(_text("block", word("yes", "no", fold=True)), BOTH, 1),
    "complete": Extension(_text("complete", word("yes", "no", fold=True)), HEADS, 1),
    "duration": Extension(_text("duration", Kind("duration", lexical.duration)), ENTRIES, 1),
    "episode": Extension(_text("episode", kinds.POSITIVE), ENTRIES, 1),
    "episodeType": Extension(_text("episodeType", word("full", "trailer", "bonus", fold=True)), ENTRIES, 1),
    "explicit": Extension(
        _text("explicit", word("yes", "no", "true", "false", "clean", "explicit", fold=True)), BOTH, 1
    ),
    "image": Extension(
        Element(
            SPEC + "image",
            (),
            attributes={"href": must(kinds.NOT_BLANK, kinds.WEB), "rel": may(), "type": may()},
            ends=(_image,),
            context="text",
        ),
        BOTH,
        1,
    ),
    "isClosedCaptioned": Extension(_text("isClosedCaptioned", word("yes", "no", fold=True)), ENTRIES, 1),
    "keywords": Extension(_text("keywords", Kind("keywords", _keywords, "warning")), BOTH, 1),
    "link": Extension(Element(SPEC + "link", free=True), BOTH),
    "new-feed-url": Extension(_text("new-feed-url", kinds.NOT_BLANK, kinds.WEB), HEADS, 1),
    "order": Extension(_text("order", kinds.COUNT), ENTRIES, 1),
    "season": Extension(_text("season", kinds.POSITIVE), BOTH, 1),
    "subtitle": Extension(_text("subtitle", kinds.BLANK_WARNING, kinds.PLAIN, _at_most(SHORT)), BOTH, 1),
    "summary": Extension(_text("summary", kinds.BLANK_WARNING, kinds.PLAIN, _at_most(LONG)), BOTH, 1),
    "title": Extension(_text("title", kinds.BLANK_WARNING, kinds.PLAIN), BOTH, 1),
    "type": Extension(_text("type", word("episodic", "serial", fold=True)), HEADS, 1),
    "applepodcastsverify": Extension(_text("applepodcastsverify"), HEADS, 1),
}


def _extensions(uri: str) -> dict[str, Extension]:
    nested = {"category": Extension(_categories(uri), BOTH), "owner": Extension(_owner(uri), HEADS, 1)}
    return {f"{uri} {name}": extension for name, extension in (_TABLE | nested).items()}


EXTENSIONS = _extensions(ITUNES) | _extensions(ITUNES_FIRST)


def enclosures(frame: Frame, inspection: Inspection) -> None:
    """Whether Apple plays what an item of a podcast encloses."""
    if "enclosure" not in frame.counts or not any(
        name.startswith((ITUNES, ITUNES_FIRST)) for name in frame.counts
    ):
        return
    for enclosure in frame.get("enclosure"):
        name = enclosure.attributes.get("url", "").partition("?")[0].rpartition("/")[2]
        ending = name.rpartition(".")[2].lower()
        if (
            "." in name
            and ending not in FORMATS
            and ending in ("ogg", "wma", "wmv", "wav", "avi", "flac", "aiff", "ram")
        ):
            words = f"Apple does not play .{ending}; it plays {', '.join(sorted(FORMATS))}"
            inspection.say(enclosure, "itunes-format", words, "warning", SPEC + "enclosure")
