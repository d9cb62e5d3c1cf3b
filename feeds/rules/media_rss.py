"""Media RSS 1.5.1."""

from __future__ import annotations

import re

from feeds.rules import kinds
from feeds.rules.base import Attribute, Child, Element, Extension, Kind, Severity, many, once
from feeds.rules.frame import Frame
from feeds.rules.html import plain
from feeds.rules.inspection import Inspection
from feeds.rules.kinds import may, must, word
from feeds.rules.namespaces import MEDIA

SPEC = "Media RSS 1.5.1, "
RATINGS = {
    "urn:simple": ("adult", "nonadult"),
    "urn:mpaa": ("g", "pg", "pg-13", "r", "nc-17", "nr", "unrated"),
    "urn:v-chip": (
        "tv-y",
        "tv-y7",
        "tv-y7-fv",
        "tv-g",
        "tv-pg",
        "tv-14",
        "tv-ma",
        "14+",
        "18+",
        "c",
        "c8",
        "g",
        "pg",
    ),
}
_ICRA = re.compile(r"r\s*\((?:\s*[a-z]+\s+\d)+\s*\).*", re.I | re.S)
_HASHES = {"md5": 32, "sha-1": 40}
_HEX = re.compile(r"[0-9a-fA-F]+")
# The roles of the European Broadcasting Union that feeds use.
ROLES = frozenset(
    """actor adaptor anchor person|animal trainer|animator|announcer|armourer|art director|
    artist executive|assistant camera|assistant chief lighting technician|assistant director|
    assistant producer|assistant visual editor|associate producer|author|broadcast assistant|
    broadcast journalist|camera operator|carpenter|casting|causeur|chief lighting technician|choir|
    choreographer|clapper loader|commentary or commentator|commentator|commissioning broadcaster|
    composer|computer programmer|conductor|consultant|continuity checker|correspondent|
    costume designer|dancer|dialogue coach|director|director of photography|distribution company|
    draughtsman|dresser|dubber|editor|editor/producer (news)|editor-in-chief|ensemble|
    executive producer|expert|fight director|floor manager|focus puller|foley artist|foley editor|
    foley mixer|graphic assistant|graphic designer|graphic artist|greensman|grip|hairdresser|
    illustrator|interviewed guest|interviewer|key character|key grip|key talents|leadman|librettist|
    lighting director|lighting technician|location manager|lyricist|make up artist|manufacturer|
    matte artist|music arranger|music group|musician|news reader|orchestra|participant|performer|
    photographer|post-production editor|producer|production manager|production department|
    production secretary|programme production researcher|property manager|publishing company|puppeteer|
    pyrotechnician|reporter|rigger|runner|scenario|scenic operative|script supervisor|
    second assistant camera|second assistant director|second unit director|set designer|set dresser|
    sign language|singer|sound mixer|sound recordist|special effects|stunts|subtitles|
    technical director|term|translation|transportation manager|treatment/programme proposal|
    vision mixer|visual editor|visual effects|vocalist|wardrobe|witness|owner|uploader|guest|host|
    narrator|presenter|writer|band|actress|cast|creator""".replace("\n", " ").split("|")
)
_ROLES = frozenset(" ".join(role.split()) for role in ROLES) | {"actor", "adaptor", "anchor person"}


def media(local: str) -> str:
    """A name of Media RSS as the parser says it."""
    return f"{MEDIA} {local}"


def _say(frame: Frame, inspection: Inspection, rule: str, problem: str, severity: Severity = "error") -> None:
    inspection.say(frame, rule, f"{inspection.name_of(frame.name)}: {problem}", severity)


def _rating(frame: Frame, inspection: Inspection) -> None:
    scheme = frame.attributes.get("scheme", "urn:simple").lower()
    text = frame.text.strip().lower()
    known = RATINGS.get(scheme)
    if known and text not in known:
        _say(frame, inspection, "rating", f"{text[:40]!r} is not one of {', '.join(known)}")
    elif scheme == "urn:icra" and not _ICRA.fullmatch(text):
        _say(frame, inspection, "rating", f"{text[:40]!r} is not a label such as r (cz 1 lz 1)")
    elif not known and scheme != "urn:icra" and (problem := kinds.URL.test(scheme)):
        _say(frame, inspection, "address", f"scheme: {problem}")


def _hash(frame: Frame, inspection: Inspection) -> None:
    length = _HASHES.get(frame.attributes.get("algo", "md5").lower())
    text = frame.text.strip()
    if length and (len(text) != length or not _HEX.fullmatch(text)):
        _say(frame, inspection, "hash", f"{text[:50]!r} is not {length} hexadecimal digits")


def _credit(frame: Frame, inspection: Inspection) -> None:
    role = frame.attributes.get("role", "")
    scheme = frame.attributes.get("scheme", "urn:ebu").lower()
    if role != role.lower():
        _say(frame, inspection, "credit-role", f"write the role {role[:40]!r} in small letters")
    elif role and scheme == "urn:ebu" and role not in _ROLES:
        _say(frame, inspection, "credit-role", f"the role {role[:40]!r} is not of the EBU's list", "warning")


def _restriction(frame: Frame, inspection: Inspection) -> None:
    text, kind = frame.text.strip(), frame.attributes.get("type", "")
    if kind == "country" and (problem := kinds.COUNTRIES.test(text)):
        _say(frame, inspection, "country", problem)
    elif kind == "uri":
        for address in text.split():
            if problem := kinds.URL.test(address):
                _say(frame, inspection, "address", problem)
                return
    elif not kind and text not in ("all", "none", ""):
        _say(frame, inspection, "restriction", "without a type it says all or none")


def _plain(frame: Frame, inspection: Inspection) -> None:
    if frame.attributes.get("type", "plain") == "plain" and (problem := plain(frame.text)):
        _say(frame, inspection, "html-in-text", f"{problem}; say type html", "warning")


def _content(frame: Frame, inspection: Inspection) -> None:
    if "url" not in frame.attributes and not frame.has(media("player")) and not _has_player(frame):
        _say(frame, inspection, "media-address", "needs a url, or a media:player")


def _has_player(frame: Frame) -> bool:
    parent = frame.parent
    while parent is not None:
        if parent.has(media("player")):
            return True
        parent = parent.parent if parent.name == media("group") else None
    return False


def _group(frame: Frame, inspection: Inspection) -> None:
    contents = frame.get(media("content"))
    defaults = [content for content in contents if content.attributes.get("isDefault") == "true"]
    if len(defaults) > 1:
        _say(defaults[1], inspection, "media-default", "only one content of a group is the default")
    if len(contents) == 1:
        _say(frame, inspection, "media-group", "a group is for several versions of one content", "advice")
    elif not contents:
        _say(frame, inspection, "media-group", "a group needs a media:content", "warning")


def _scheme(text: str) -> str | None:
    return None if text.lower().startswith("urn:") else kinds.URL.test(text)  # urn:ebu is the spec's own


_SCHEME = Kind("address", _scheme)
_PLAIN = frozenset(("media:title", "media:description", "media:text"))
_SIZES = {"height": may(kinds.POSITIVE), "width": may(kinds.POSITIVE)}
_ADDRESS = must(kinds.NOT_BLANK, kinds.URL)
_TYPED = {"type": may(word("plain", "html"))}
_FREE = Element(SPEC + "community and others", free=True)


def _element(section: str, *values: Kind, **attributes: Attribute) -> Element:
    ends = (_plain,) if section in _PLAIN else ()
    return Element(SPEC + section, values, attributes=attributes, context="media-part", ends=ends)


PLAYER = Element(SPEC + "media:player", (), attributes={"url": _ADDRESS, **_SIZES}, context="media-part")
OPTIONAL: dict[str, Child] = {
    media(name): child
    for name, child in {
        "adult": once(_element("media:adult", word("true", "false"))),
        "rating": many(Element(SPEC + "media:rating", (), attributes={"scheme": may()}, ends=(_rating,))),
        "title": once(_element("media:title", kinds.BLANK_WARNING, **_TYPED)),
        "description": once(_element("media:description", **_TYPED)),
        "keywords": once(_element("media:keywords", kinds.PLAIN)),
        "thumbnail": many(
            Element(
                SPEC + "media:thumbnail",
                (),
                attributes={"url": _ADDRESS, **_SIZES, "time": may(kinds.NPT)},
                context="media-part",
            )
        ),
        "category": many(_element("media:category", kinds.BLANK_WARNING, scheme=may(_SCHEME), label=may())),
        "hash": many(
            Element(
                SPEC + "media:hash",
                (kinds.NOT_BLANK,),
                attributes={"algo": may(word("md5", "sha-1"))},
                ends=(_hash,),
            )
        ),
        "player": once(PLAYER),
        "credit": many(
            Element(
                SPEC + "media:credit",
                (kinds.BLANK_WARNING, kinds.PLAIN),
                attributes={"role": may(kinds.NOT_BLANK), "scheme": may(_SCHEME)},
                ends=(_credit,),
            )
        ),
        "copyright": once(_element("media:copyright", kinds.PLAIN, url=may(kinds.URL))),
        "text": many(
            _element(
                "media:text",
                **_TYPED,
                lang=may(kinds.LANGUAGE),
                start=may(kinds.NPT),
                end=may(kinds.NPT),
            )
        ),
        "restriction": many(
            Element(
                SPEC + "media:restriction",
                (),
                attributes={
                    "relationship": must(word("allow", "deny")),
                    "type": may(word("country", "uri", "sharing")),
                },
                ends=(_restriction,),
            )
        ),
        "embed": once(
            Element(
                SPEC + "media:embed",
                (),
                attributes={"url": may(kinds.URL), **_SIZES},
                context="media-part",
                children={media("param"): many(_element("media:embed", name=must(kinds.NOT_BLANK)))},
            )
        ),
        "license": many(_element("media:license", type=may(kinds.MEDIA_TYPE), href=may(kinds.URL))),
        "status": once(
            _element("media:status", state=may(word("active", "blocked", "deleted")), reason=may())
        ),
        "price": many(
            _element(
                "media:price",
                type=may(word("rent", "purchase", "package", "subscription")),
                info=may(kinds.URL),
                price=may(kinds.AMOUNT),
                currency=may(),
            )
        ),
        "subTitle": many(
            _element(
                "media:subTitle", type=may(kinds.MEDIA_TYPE), lang=may(kinds.LANGUAGE), href=may(kinds.URL)
            )
        ),
        "peerLink": many(_element("media:peerLink", type=may(kinds.MEDIA_TYPE), href=may(kinds.URL))),
        "rights": once(_element("media:rights", status=may(word("userCreated", "official")))),
        **dict.fromkeys(
            ("community", "comments", "responses", "backLinks", "location", "scenes"), once(_FREE)
        ),
    }.items()
}
CONTENT = Element(
    SPEC + "media:content",
    children=OPTIONAL,
    attributes={
        "url": may(kinds.NOT_BLANK, kinds.URL),
        "fileSize": may(kinds.COUNT),
        "type": may(kinds.MEDIA_TYPE),
        "medium": may(word("image", "audio", "video", "document", "executable")),
        "isDefault": may(word("true", "false")),
        "expression": may(word("sample", "full", "nonstop")),
        **dict.fromkeys(("bitrate", "framerate", "samplingrate", "duration"), may(kinds.AMOUNT)),
        "channels": may(kinds.POSITIVE),
        **_SIZES,
        "lang": may(kinds.LANGUAGE),
    },
    context="media-content",
    keep=True,
    ends=(_content,),
)
GROUP = Element(
    SPEC + "media:group",
    children={**OPTIONAL, media("content"): many(CONTENT)},
    context="media-group",
    ends=(_group,),
)
_ENTRY = frozenset(("item", "entry"))
EXTENSIONS = {
    **{name: Extension(child.element, frozenset(), child.maximum) for name, child in OPTIONAL.items()},
    media("content"): Extension(CONTENT, _ENTRY | {"channel", "feed"}),
    media("group"): Extension(GROUP, _ENTRY),
}
