"""Podcasting 2.0: the podcast namespace of the Podcast Index."""

from __future__ import annotations

from feeds.rules import kinds, lexical
from feeds.rules import namespaces as ns
from feeds.rules.base import Attribute, Child, Element, Extension, Kind, many, once, some
from feeds.rules.kinds import may, must, word

SPEC = "Podcasting 2.0 namespace, "
URIS = (ns.PODCAST, "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md")
HEADS = frozenset(("channel",))
ENTRIES = frozenset(("item", "live"))
BOTH = HEADS | ENTRIES
_ADDRESS = must(kinds.NOT_BLANK, kinds.URL)
_TYPE = must(kinds.MEDIA_TYPE)
_SHORT = Kind("too-long", lexical.at_most(128), "warning")
_MEDIUM = word(
    *(
        name + ending
        for name in "podcast music video film audiobook newsletter blog publisher course".split()
        for ending in ("", "L")
    ),
    "mixed",
)
_YES = word("yes", "no")
_TRUTH = word("true", "false")


def _guid(text: str) -> str | None:
    return lexical.uuid(text)


def _part(name: str, values: tuple[Kind, ...] | None = (), /, **attributes: Attribute) -> Element:
    # The namespace grows: what we do not know yet is no fault.
    return Element(SPEC + name, values, attributes=attributes, context="podcast", any_attribute=True)


def _extensions(uri: str) -> dict[str, Extension]:
    def tag(local: str) -> str:
        return f"{uri} {local}"

    recipient = _part(
        "valueRecipient",
        name=may(),
        customKey=may(),
        customValue=may(),
        type=must(kinds.NOT_BLANK),
        address=must(kinds.NOT_BLANK),
        split=must(kinds.COUNT),
        fee=may(_TRUTH),
    )
    remote = _part(
        "remoteItem",
        feedGuid=must(),
        feedUrl=may(kinds.URL),
        itemGuid=may(),
        medium=may(_MEDIUM),
        title=may(),
    )
    time_split = Element(
        SPEC + "valueTimeSplit",
        attributes={
            "startTime": must(kinds.AMOUNT),
            "duration": must(kinds.AMOUNT),
            "remoteStartTime": may(kinds.AMOUNT),
            "remotePercentage": may(kinds.COUNT),
        },
        children={tag("remoteItem"): once(remote), tag("valueRecipient"): many(recipient)},
        context="podcast",
    )
    value = Element(
        SPEC + "value",
        attributes={
            "type": must(kinds.NOT_BLANK),
            "method": must(kinds.NOT_BLANK),
            "suggested": may(kinds.AMOUNT),
        },
        children={tag("valueRecipient"): some(recipient), tag("valueTimeSplit"): many(time_split)},
        context="podcast",
    )
    source = _part("source", uri=must(kinds.NOT_BLANK, kinds.URL), contentType=may(kinds.MEDIA_TYPE))
    integrity = _part("integrity", type=must(word("sri", "pgp-signature")), value=must(kinds.NOT_BLANK))
    enclosure = Element(
        SPEC + "alternateEnclosure",
        attributes={
            "type": _TYPE,
            "length": may(kinds.COUNT),
            "bitrate": may(kinds.AMOUNT),
            "height": may(kinds.COUNT),
            "lang": may(kinds.LANGUAGE),
            "title": may(),
            "rel": may(),
            "codecs": may(),
            "default": may(_TRUTH),
        },
        children={tag("source"): some(source), tag("integrity"): once(integrity)},
        context="podcast",
    )
    social = _part(
        "socialInteract",
        uri=may(kinds.URL),
        protocol=must(kinds.NOT_BLANK),
        accountId=may(),
        accountUrl=may(kinds.URL),
        priority=may(kinds.COUNT),
    )
    live = _live()
    table: dict[str, tuple[Element, frozenset[str], int]] = {
        "locked": (_part("locked", (_YES,), owner=may(kinds.MAIL)), HEADS, 1),
        "transcript": (
            _part(
                "transcript",
                url=_ADDRESS,
                type=_TYPE,
                language=may(kinds.LANGUAGE),
                rel=may(word("captions")),
            ),
            ENTRIES,
            ns_many,
        ),
        "funding": (_part("funding", (_SHORT,), url=_ADDRESS), BOTH, ns_many),
        "chapters": (_part("chapters", url=_ADDRESS, type=_TYPE), ENTRIES, 1),
        "soundbite": (
            _part("soundbite", (_SHORT,), startTime=must(kinds.AMOUNT), duration=must(kinds.AMOUNT)),
            ENTRIES,
            ns_many,
        ),
        "person": (
            _part(
                "person",
                (kinds.NOT_BLANK, _SHORT),
                role=may(),
                group=may(),
                img=may(kinds.URL),
                href=may(kinds.URL),
            ),
            BOTH,
            ns_many,
        ),
        "location": (
            _part("location", (_SHORT,), geo=may(), osm=may(), rel=may(), country=may(kinds.COUNTRIES)),
            BOTH,
            ns_many,
        ),
        "season": (_part("season", (kinds.COUNT,), name=may(_SHORT)), ENTRIES, 1),
        "episode": (_part("episode", (kinds.AMOUNT,), display=may()), ENTRIES, 1),
        "trailer": (
            _part(
                "trailer",
                (kinds.NOT_BLANK, _SHORT),
                url=_ADDRESS,
                pubdate=must(kinds.RFC822),
                length=may(kinds.COUNT),
                type=may(kinds.MEDIA_TYPE),
                season=may(kinds.COUNT),
            ),
            HEADS,
            ns_many,
        ),
        "license": (_part("license", (kinds.NOT_BLANK,), url=may(kinds.URL)), BOTH, 1),
        "alternateEnclosure": (enclosure, ENTRIES, ns_many),
        "guid": (_part("guid", (kinds.NOT_BLANK, Kind("uuid", _guid, "warning"))), HEADS, 1),
        "value": (value, BOTH, ns_many),
        "medium": (_part("medium", (_MEDIUM,)), HEADS, 1),
        "images": (_part("images", srcset=must(kinds.NOT_BLANK)), BOTH, 1),
        "image": (
            _part(
                "image",
                href=_ADDRESS,
                alt=may(),
                width=may(kinds.POSITIVE),
                height=may(kinds.POSITIVE),
                type=may(kinds.MEDIA_TYPE),
                purpose=may(),
                **{"aspect-ratio": may()},
            ),
            BOTH,
            ns_many,
        ),
        "liveItem": (live, HEADS, ns_many),
        "contentLink": (_part("contentLink", href=_ADDRESS), ENTRIES, ns_many),
        "socialInteract": (social, BOTH, ns_many),
        "block": (_part("block", (_YES,), id=may(kinds.NOT_BLANK)), HEADS, ns_many),
        "txt": (_part("txt", (kinds.NOT_BLANK,), purpose=may(_SHORT)), BOTH, ns_many),
        "remoteItem": (remote, BOTH, ns_many),
        "podroll": (
            Element(SPEC + "podroll", children={tag("remoteItem"): some(remote)}, context="podcast"),
            HEADS,
            1,
        ),
        "publisher": (
            Element(SPEC + "publisher", children={tag("remoteItem"): some(remote)}, context="podcast"),
            HEADS,
            1,
        ),
        "updateFrequency": (
            _part("updateFrequency", (_SHORT,), complete=may(_TRUTH), dtstart=may(), rrule=may()),
            HEADS,
            1,
        ),
        "podping": (_part("podping", usesPodping=may(_TRUTH)), HEADS, 1),
        "chat": (
            _part(
                "chat",
                server=must(kinds.NOT_BLANK),
                protocol=must(kinds.NOT_BLANK),
                accountId=may(),
                space=may(),
            ),
            BOTH,
            1,
        ),
    }
    return {tag(name): Extension(*row) for name, row in table.items()}


ns_many = 1 << 30


def _live() -> Element:
    from feeds.rules.rss import ITEM

    return Element(
        SPEC + "liveItem",
        children={name: Child(child.element, 0, child.maximum) for name, child in ITEM.children.items()},
        attributes={
            "status": must(word("pending", "live", "ended")),
            "start": must(kinds.NOT_BLANK),
            "end": may(kinds.NOT_BLANK),
            "chat": may(),
        },
        context="live",
    )


EXTENSIONS = {name: extension for uri in URIS for name, extension in _extensions(uri).items()}
