"""MJML to the HTML that mail programs understand. The engine (mrml) is fenced in here.

What goes in has passed the shield; what comes out is looked over once more.
"""

from __future__ import annotations

import re
from html import escape

from feeds.newsletter.shield import MjmlError, shielded

__all__ = ["MjmlError", "to_html"]

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
        raise MjmlError(f"the engine refuses it: {problem}", source, 0) from None
    except BaseException as panic:
        # A panic in Rust derives from BaseException, like Ctrl-C, which must pass.
        if type(panic).__name__ != "PanicException":
            raise
        raise MjmlError(f"the engine broke down: {panic}", source, 0) from None


def _texts(safe: str) -> str:
    return re.sub(r"<[^>]*>", "", safe)
