"""Apple's tags for podcasts."""

from __future__ import annotations

from feeds.rules import kinds, lexical
from feeds.rules.base import Element, Extension, Kind, many, once, one
from feeds.rules.frame import Frame
from feeds.rules.inspection import Inspection
from feeds.rules.itunes_categories import CURRENT, FIRST, FORMER
from feeds.rules.kinds import may, must, word
from feeds.rules.namespaces import ITUNES

SPEC = "Apple Podcasts RSS requirements, "
SHORT, LONG = 255, 4000
FORMATS = frozenset("m4a mp3 mov mp4 m4v pdf epub".split())


def itunes(local: str) -> str:
    """A name of Apple's as the parser says it."""
    return f"{ITUNES} {local}"


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


_ROOT = {"text": must(kinds.NOT_BLANK)}
CATEGORY = Element(SPEC + "category", attributes=_ROOT, ends=(_category,), context="text")
CATEGORY.children[itunes("category")] = many(
    Element(SPEC + "category", attributes=_ROOT, ends=(_category,), context="text")
)
OWNER = Element(
    SPEC + "owner",
    children={
        itunes("name"): once(Element(SPEC + "owner", (kinds.BLANK_WARNING,))),
        itunes("email"): one(Element(SPEC + "owner", (kinds.MAIL,))),
    },
    context="person",
)
HEADS = frozenset(("channel", "feed"))
ENTRIES = frozenset(("item", "entry"))
BOTH = HEADS | ENTRIES
SUBTITLE = Element(
    SPEC + "subtitle", (kinds.BLANK_WARNING, kinds.PLAIN, Kind("too-long", lexical.at_most(SHORT), "warning"))
)
SUMMARY = Element(
    SPEC + "summary", (kinds.BLANK_WARNING, kinds.PLAIN, Kind("too-long", lexical.at_most(LONG), "warning"))
)


def _text(section: str, *values: Kind) -> Element:
    return Element(SPEC + section, values)


EXTENSIONS = {
    itunes(name): extension
    for name, extension in {
        "author": Extension(_text("author", kinds.BLANK_WARNING, kinds.PLAIN), BOTH, 1),
        "block": Extension(_text("block", word("yes", "no", fold=True)), BOTH, 1),
        "category": Extension(CATEGORY, BOTH),
        "complete": Extension(_text("complete", word("yes", "no", fold=True)), HEADS, 1),
        "duration": Extension(_text("duration", Kind("duration", lexical.duration)), ENTRIES, 1),
        "episode": Extension(_text("episode", kinds.POSITIVE), ENTRIES, 1),
        "episodeType": Extension(
            _text("episodeType", word("full", "trailer", "bonus", fold=True)), ENTRIES, 1
        ),
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
        "owner": Extension(OWNER, HEADS, 1),
        "season": Extension(_text("season", kinds.POSITIVE), BOTH, 1),
        "subtitle": Extension(SUBTITLE, BOTH, 1),
        "summary": Extension(SUMMARY, BOTH, 1),
        "title": Extension(_text("title", kinds.BLANK_WARNING, kinds.PLAIN), BOTH, 1),
        "type": Extension(_text("type", word("episodic", "serial", fold=True)), HEADS, 1),
        "applepodcastsverify": Extension(_text("applepodcastsverify"), HEADS, 1),
    }.items()
}


def enclosures(frame: Frame, inspection: Inspection) -> None:
    """Whether Apple plays what an item of a podcast encloses."""
    if not any(name.startswith(ITUNES) for name in frame.counts):
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
