"""Texts that are nested too deeply for a feed, found while the others can still go on without them."""

from __future__ import annotations

import re

from feeds import markup
from feeds.sources.dialects.base import RefusedError

_TAG = re.compile(r"<(/?)[A-Za-z][^<>]*?(/?)>")
_DEEP = re.compile(rf"^(?:(?:[ \t]*[>*+-]){{{markup.DEPTH // 2}}}|[ \t]{{{markup.DEPTH},}}[*+\d-])", re.M)
"""Quotations and lists so deep that it is worth a look."""
_PARAGRAPH = re.compile(r"<p(?:\s[^<>]*)?>", re.IGNORECASE)


def bounded(text: str) -> str:
    """The text, where it is not too deep, if need be by ending paragraphs that nobody has ended.

    Raises `RefusedError`.
    """
    if not _may_be_deep(text) or not _is_deep(text):
        return text
    ended = re.sub(r"</p\s*>", "", _PARAGRAPH.sub("<br><br>", text), flags=re.IGNORECASE)
    if _is_deep(ended):
        raise RefusedError("body", f"is nested more than {markup.DEPTH} levels deep; make it flatter")
    return ended


def _may_be_deep(text: str) -> bool:
    """Whether a glance at the text finds so many marks open at once."""
    if text.count("<") > markup.DEPTH:
        depth = 0
        for closing, alone in _TAG.findall(text):
            depth = max(depth - 1, 0) if closing else depth + (not alone)
            if depth > markup.DEPTH:
                return True
    return bool(_DEEP.search(text))


def _is_deep(text: str) -> bool:
    try:
        markup.html(text, base="https://example.org/", page="https://example.org/", links={})
    except markup.TooDeepError:
        return True
    return False
