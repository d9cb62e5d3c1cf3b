"""What is said before an issue is sent: what its readers would stumble over. All of it warnings."""

from __future__ import annotations

from collections.abc import Iterator

from feeds.article import Article
from feeds.errors import Fault, Place
from feeds.newsletter.digest import Digest
from feeds.newsletter.story import obstacle

CLIPPED = 102_400
"""Gmail shows this many bytes of HTML, and hides the rest behind a link."""
NEARLY = 80 * 1024
LONG_SUBJECT = 70


def check(digest: Digest) -> list[Fault]:
    """Everything that stands in the way of a digest, the most general first; nothing if all is well."""
    return [*_size(digest), *_subject(digest), *_pictures(digest)]


def _size(digest: Digest) -> Iterator[Fault]:
    size = digest.size
    if size > CLIPPED:
        yield _said(digest, f"its HTML has {size:,} bytes; Gmail clips at {CLIPPED:,}, so send fewer items")
    elif size > NEARLY:
        yield _said(digest, f"its HTML has {size:,} bytes; Gmail clips at {CLIPPED:,}")


def _subject(digest: Digest) -> Iterator[Fault]:
    if (length := len(digest.subject)) > LONG_SUBJECT:
        yield _said(digest, f"its subject has {length} characters; mailboxes show about {LONG_SUBJECT}")


def _pictures(digest: Digest) -> Iterator[Fault]:
    for article in digest.issue.articles:
        image = article.image
        if image and (problem := obstacle(image)):
            yield Fault(_place(article), f"{image.src} {problem}", warning=True)
        elif image and not image.alt:
            yield Fault(_place(article), "has no words for those who do not see it; write alt", warning=True)


def _place(article: Article) -> Place:
    return Place(article.file or article.url, 0, "image")


def _said(digest: Digest, problem: str) -> Fault:
    return Fault(Place(f"newsletter {digest.issue.newsletter}"), problem, warning=True)
