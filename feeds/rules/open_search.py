"""OpenSearch 1.1: the description document, and what a feed of results says."""

from __future__ import annotations

from feeds.rules import addresses, kinds, lexical
from feeds.rules.base import Element, Extension, Kind, many, once, one, some
from feeds.rules.kinds import may, must, word
from feeds.rules.namespaces import OPENSEARCH, OPENSEARCH_RSS

SPEC = "OpenSearch 1.1, "
HEADS = frozenset(("feed", "channel"))


def search(local: str) -> str:
    """A name of OpenSearch as the parser says it."""
    return f"{OPENSEARCH} {local}"


def _role(text: str) -> str | None:
    known = ("request", "example", "related", "correction", "subset", "superset")
    return addresses.iri(text) if ":" in text else lexical.choice(*known)(text)


def _template(text: str) -> str | None:
    return addresses.iri(text.replace("{", "").replace("}", ""))


def _language(text: str) -> str | None:
    return None if text == "*" else kinds.LANGUAGE.test(text)


_NUMBERS = dict.fromkeys(("totalResults", "count", "startIndex"), may(kinds.COUNT))
QUERY = Element(
    SPEC + "Query",
    attributes={
        "role": must(Kind("value", _role)),
        "title": may(),
        "searchTerms": may(),
        "language": may(),
        "inputEncoding": may(),
        "outputEncoding": may(),
        **_NUMBERS,
        "startPage": may(kinds.WHOLE),
    },
)


def _text(name: str, most: int, *values: Kind) -> Element:
    return Element(
        SPEC + name, (kinds.NOT_BLANK, *values, Kind("too-long", lexical.at_most(most)), kinds.PLAIN)
    )


_TRUTH = word("0", "1", "true", "false", "yes", "no", fold=True)
DESCRIPTION = Element(
    SPEC + "description document",
    children={
        search(name): child
        for name, child in {
            "ShortName": one(_text("ShortName", 16)),
            "Description": one(_text("Description", 1024)),
            "Url": some(
                Element(
                    SPEC + "Url",
                    attributes={
                        "template": must(kinds.NOT_BLANK, Kind("address", _template)),
                        "type": must(kinds.MEDIA_TYPE),
                        "rel": may(),
                        "indexOffset": may(kinds.WHOLE),
                        "pageOffset": may(kinds.WHOLE),
                        "method": may(),
                    },
                    context="search",
                )
            ),
            "Contact": once(Element(SPEC + "Contact", (kinds.MAIL,))),
            "Tags": once(_text("Tags", 256)),
            "LongName": once(_text("LongName", 48)),
            "Image": many(
                Element(
                    SPEC + "Image",
                    (kinds.NOT_BLANK, kinds.URL),
                    attributes={
                        "height": may(kinds.COUNT),
                        "width": may(kinds.COUNT),
                        "type": may(kinds.MEDIA_TYPE),
                    },
                )
            ),
            "Query": many(QUERY),
            "Developer": once(_text("Developer", 64)),
            "Attribution": once(_text("Attribution", 256)),
            "SyndicationRight": once(
                Element(SPEC + "SyndicationRight", (word("open", "limited", "private", "closed", fold=True),))
            ),
            "AdultContent": once(Element(SPEC + "AdultContent", (_TRUTH,))),
            "Language": many(Element(SPEC + "Language", (Kind("language", _language),))),
            "InputEncoding": many(Element(SPEC + "InputEncoding", (kinds.NOT_BLANK,))),
            "OutputEncoding": many(Element(SPEC + "OutputEncoding", (kinds.NOT_BLANK,))),
        }.items()
    },
    context="search",
)
ROOTS = {search("OpenSearchDescription"): DESCRIPTION}
EXTENSIONS = {
    f"{uri} {name}": Extension(Element(SPEC + "response elements", (kinds.COUNT,)), HEADS, 1)
    for uri in (OPENSEARCH, OPENSEARCH_RSS)
    for name in ("totalResults", "startIndex", "itemsPerPage")
} | {search("Query"): Extension(QUERY, HEADS)}
