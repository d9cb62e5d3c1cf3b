"""The namespaces of feeds, their usual prefixes, and those that people write almost right."""

from __future__ import annotations

import re

from feeds.rules.base import Severity

ATOM = "http://www.w3.org/2005/Atom"
APP = "http://www.w3.org/2007/app"
XHTML = "http://www.w3.org/1999/xhtml"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RSS1 = "http://purl.org/rss/1.0/"
RSS090 = "http://my.netscape.com/rdf/simple/0.9/"
RSS090_OLD = "http://channel.netscape.com/rdf/simple/0.9/"
RSS2_ALIASES = (
    "http://backend.userland.com/rss2",
    "http://backend.userland.com/RSS2",
    "http://blogs.law.harvard.edu/tech/rss",
    "http://backend.userland.com/rss",
    "http://cyber.law.harvard.edu/rss/rss.html",
)
MEDIA = "http://search.yahoo.com/mrss/"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
ITUNES_FIRST = "http://www.itunes.com/DTDs/Podcast-1.0.dtd"  # as Apple wrote it in 2005, and takes it still
PODCAST = "https://podcastindex.org/namespace/1.0"
HISTORY = "http://purl.org/syndication/history/1.0"
THREAD = "http://purl.org/syndication/thread/1.0"
TOMBSTONE = "http://purl.org/atompub/tombstones/1.0"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
SLASH = "http://purl.org/rss/1.0/modules/slash/"
SY = "http://purl.org/rss/1.0/modules/syndication/"
WFW = "http://wellformedweb.org/CommentAPI/"
ADMIN = "http://webns.net/mvcb/"
ANNOTATE = "http://purl.org/rss/1.0/modules/annotate/"
AGGREGATION = "http://purl.org/rss/1.0/modules/aggregation/"
EVENT = "http://purl.org/rss/1.0/modules/event/"
LINK = "http://purl.org/rss/1.0/modules/link/"
TAXONOMY = "http://purl.org/rss/1.0/modules/taxonomy/"
WIKI = "http://purl.org/rss/1.0/modules/wiki/"
CREATIVE_COMMONS = "http://backend.userland.com/creativeCommonsRssModule"
CC = "http://web.resource.org/cc/"
BLOG_CHANNEL = "http://backend.userland.com/blogChannelModule"
TRACKBACK = "http://madskills.com/public/xml/rss/module/trackback/"
PINGBACK = "http://madskills.com/public/xml/rss/module/pingback/"
GEO = "http://www.w3.org/2003/01/geo/wgs84_pos#"
GEORSS = "http://www.georss.org/georss"
GML = "http://www.opengis.net/gml"
ICBM = "http://postneo.com/icbm"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
OPENSEARCH_RSS = "http://a9.com/-/spec/opensearchrss/1.0/"
GOOGLE_BASE = "http://base.google.com/ns/1.0"
FEEDBURNER = "http://rssnamespace.org/feedburner/ext/1.0"
SIMPLE_LIST = "http://www.microsoft.com/schemas/rss/core/2005"
SHARING = "http://www.microsoft.com/schemas/sse"
GOOGLE_PLAY = "http://www.google.com/schemas/play-podcasts/1.0"

# Prefixes so usual that another address behind one is a slip of the pen.
PREFIXES = {
    "atom": ATOM,
    "app": APP,
    "xhtml": XHTML,
    "rdf": RDF,
    "media": MEDIA,
    "itunes": ITUNES,
    "podcast": PODCAST,
    "fh": HISTORY,
    "thr": THREAD,
    "at": TOMBSTONE,
    "dc": DC,
    "dcterms": DCTERMS,
    "content": CONTENT,
    "slash": SLASH,
    "sy": SY,
    "wfw": WFW,
    "admin": ADMIN,
    "annotate": ANNOTATE,
    "ag": AGGREGATION,
    "ev": EVENT,
    "l": LINK,
    "taxo": TAXONOMY,
    "wiki": WIKI,
    "creativeCommons": CREATIVE_COMMONS,
    "cc": CC,
    "blogChannel": BLOG_CHANNEL,
    "trackback": TRACKBACK,
    "pingback": PINGBACK,
    "geo": GEO,
    "georss": GEORSS,
    "gml": GML,
    "icbm": ICBM,
    "opensearch": OPENSEARCH,
    "g": GOOGLE_BASE,
    "feedburner": FEEDBURNER,
    "cf": SIMPLE_LIST,
    "sx": SHARING,
    "googleplay": GOOGLE_PLAY,
}
_FIRM = frozenset(
    """atom xhtml rdf media itunes dc dcterms content slash sy wfw admin annotate creativeCommons blogChannel
    trackback thr georss feedburner opensearch podcast googleplay""".split()
)
# Other addresses that stand behind the same prefix with good reason.
ALIASES = {
    ITUNES_FIRST: "itunes",
    OPENSEARCH_RSS: "opensearch",
    "http://creativecommons.org/ns#": "cc",
    "http://cyber.law.harvard.edu/rss/creativeCommonsRssModule.html": "creativeCommons",
    "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
    "http://www.opengis.net/gml/3.2": "gml",
    "http://base.google.com/cns/1.0": "c",
    "http://purl.org/dc/dcmitype/": "dcmitype",
    RSS1: "",
    RSS090: "",
    "http://purl.org/net/rss1.1#": "",
    "http://purl.org/net/rss1.1/payload#": "p",
    "http://purl.org/atom/ns#": "",
    "http://www.w3.org/2000/svg": "svg",
    "http://www.w3.org/1998/Math/MathML": "math",
}
OBSOLETE = {
    "http://purl.org/atom/ns#": f"Atom 0.3 became {ATOM} in 2005",
    "http://purl.org/atom/app#": f"the draft's namespace became {APP}",
    "http://purl.org/dc/elements/1.0/": f"write {DC}",
    "http://rssnamespace.org/feedburner/ext/1.0/": f"write {FEEDBURNER}",
    "http://my.netscape.com/publish/formats/rss-0.91.dtd": "a document type is no namespace",
}
_SHAPE = re.compile(r"^https?://(www\.)?|[/#]+$")
KNOWN = {uri: prefix for prefix, uri in PREFIXES.items()} | ALIASES


def _shape(uri: str) -> str:
    return _SHAPE.sub("", uri.strip().lower())


_SHAPES = {_shape(uri): uri for uri in (*PREFIXES.values(), RSS1)}


def fault(prefix: str, uri: str) -> tuple[Severity, str, str] | None:
    """What is wrong with binding this prefix to this address, if anything."""
    if uri in OBSOLETE:
        return "warning", "namespace-obsolete", f"the namespace {uri} is obsolete: {OBSOLETE[uri]}"
    if uri in RSS2_ALIASES and not prefix:
        return "error", "namespace-rss", "the elements of RSS 2.0 are in no namespace"
    if uri in KNOWN:
        return None
    meant = _SHAPES.get(_shape(uri))
    if meant:
        severity: Severity = "warning" if meant in (MEDIA, ITUNES, FEEDBURNER) else "error"
        return (
            severity,
            "namespace-misspelt",
            f"{uri!r} is not {meant}: namespaces are compared letter by letter",
        )
    if prefix in _FIRM:
        return (
            "warning",
            "namespace-unexpected",
            f"the prefix {prefix!r} usually stands for {PREFIXES[prefix]}, not {uri[:80]}",
        )
    return None
