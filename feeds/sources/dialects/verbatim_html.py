"""HTML in which Markdown finds nothing to do: posts that are written in HTML come through as they are."""

from __future__ import annotations

import re


def verbatim(html: str) -> str:
    """Some HTML as one block of HTML, as CommonMark has it (4.6, kind 6): it ends at an empty line."""
    parts = re.split(r"(<pre\b.*?</pre\s*>)", html.strip(), flags=re.DOTALL | re.IGNORECASE)
    joined = "".join(
        re.sub(r"\n((?:[ \t]*\n)+)", _kept, part) if number % 2 else re.sub(r"\n\s*\n", "\n", part)
        for number, part in enumerate(parts)
    )
    return f"<div>\n{joined}\n</div>\n" if joined else ""


def _kept(empty: re.Match[str]) -> str:
    """Empty lines within <pre>, which mean something there."""
    return "\n" + "&#10;" * empty[1].count("\n")
