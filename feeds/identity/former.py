"""What feeds.lock said of articles before white space stopped to count: an upgrade moves nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from feeds.article import Article
from feeds.identity.records import Lock


def renewed(lock: Lock, articles: Iterable[Article]) -> Lock:
    """The lock with today's digest for each article of which it has the former one."""
    live = {record.file: record for record in lock.values() if not record.withdrawn}
    changed = {}
    for article in articles:
        record = live.get(article.file)
        if record and record.meaning != article.meaning and record.meaning == _former(article):
            changed[record.id] = record._replace(meaning=article.meaning)
    return {**lock, **changed} if changed else lock


def _former(article: Article) -> str:
    """The digest of an article's meaning, with one space wherever there is any."""
    said = [
        article.title,
        article.teaser or "",
        re.sub(r"\]\([^()\[\]\s]*\)", "]", article.markdown),
        *(author.name for author in article.authors),
        *(f"{one.url.rpartition('/')[2]} {one.length}" for one in article.attachments),
    ]
    plain = "\0".join(" ".join(part.split()) for part in said)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
