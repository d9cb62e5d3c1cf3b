"""Where else an entry leads: its translations and the full article, as links of RFC 4287."""

from __future__ import annotations

from feeds.article import Article

Link = dict[str, str]


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
