"""MJML to the HTML that mail programs understand. The engine (mrml) is fenced in here.

What goes in has passed the shield; what comes out is looked over once more.
"""

from __future__ import annotations

import re
from html import escape
from itertools import islice

from feeds.newsletter.shield import MjmlError, shielded

__all__ = ["MjmlError", "to_html"]

_OPENING = re.compile(r"<[A-Za-z]")
_LAYOUT_TABLE = re.compile(r"<table(?![^>]*\srole=)")


def to_html(source: str, *, title: str, language: str, direction: str) -> str:
    """The HTML of some MJML; it asks nobody for anything but the pictures named in it.

    Title, language and direction stand in for what the MJML does not say. Raises `MjmlError`, which
    knows the offset in `source`.
    """
    safe = shielded(source, {"lang": language, "dir": direction})
    made = _made(safe, source)
    made = made.replace("<title></title>", f"<title>{escape(title)}</title>", 1)
    made = _LAYOUT_TABLE.sub('<table role="presentation"', made)
    for residue in ("<mj-", "\\u{"):
        if residue in made and residue not in _texts(safe):
            raise MjmlError(f"the engine left “{residue}” in the HTML", source, 0)
    return made


def _made(safe: str, source: str) -> str:
    from mjml import mjml2html  # compiled, and feeds alone never need it

    try:
        return mjml2html(safe, fonts={})
    except ValueError as problem:
        offset = _offset(str(problem), safe, source)
        raise MjmlError(f"the engine refuses it: {problem}", source, offset) from None
    except BaseException as panic:
        # A panic in Rust derives from BaseException, like Ctrl-C, which must pass.
        if type(panic).__name__ != "PanicException":
            raise
        raise MjmlError(f"the engine broke down: {panic}", source, 0) from None


def _offset(problem: str, safe: str, source: str) -> int:
    """Where in the source the byte stands that the engine names: behind as many opening tags."""
    found = re.search(r"at position (\d+)", problem)
    if not found:
        return 0
    before = safe.encode()[: int(found[1]) + 2].decode(errors="ignore")  # and “<m”, if it stands there
    count = len(_OPENING.findall(before))
    comments = re.sub(r"<!--.*?-->", lambda comment: " " * len(comment[0]), source, flags=re.DOTALL)
    return next((tag.start() for tag in islice(_OPENING.finditer(comments), max(count - 1, 0), None)), 0)


def _texts(safe: str) -> str:
    return re.sub(r"<[^>]*>", "", safe)
