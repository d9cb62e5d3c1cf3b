"""Where a feed and its entries lead: hub, archive, translations, full article; links of RFC 4287."""

from __future__ import annotations

from feeds.article import Article
from feeds.library import Feed

Link = dict[str, str]


def documents(feed: Feed, form: str, media_type: str) -> list[Link]:
    """The hub that tells of changes (WebSub section 4), and the feed's other documents (RFC 5005)."""
    hub = [{"href": feed.hub, "rel": "hub"}] if feed.hub and not feed.archive else []
    return [*hub, *({"href": address, "rel": rel, "type": media_type} for rel, address in feed.linked(form))]


def alternates(article: Article) -> list[Link]:
    """The article's page and its translations, no two of one type and language (section 4.1.1).

    Half of the readers take the first alternate for the article's address, and feedparser and
    newsboat the last. So where there are translations the page stands at both ends, the second
    time without the type and the language, which makes it another combination.
    """
    page = _alternate(article.url, article.language)
    others = {version.language: version.url for version in article.translations}
    others.pop(article.language, None)
    if not others:
        return [page]
    versions = [_alternate(url, language) for language, url in others.items()]
    return [page, *versions, {"href": article.url, "rel": "alternate"}]


def related(article: Article) -> list[Link]:
    """The full article where it stands elsewhere. NetNewsWire shows rel=related as JSON's external_url.

    rel=canonical would claim that what stands there holds all of our text (RFC 6596), and it may be
    in another language. The type is left out: it may be a PDF.
    """
    full = article.full_article
    return [{"href": full.url, "rel": "related", "hreflang": full.language}] if full else []


def _alternate(url: str, language: str) -> Link:
    return {"href": url, "rel": "alternate", "type": "text/html", "hreflang": language}
