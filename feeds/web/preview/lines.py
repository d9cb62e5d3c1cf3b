"""A text with the numbers of its lines, each of which has an address of its own."""

from __future__ import annotations

from html import escape

from markupsafe import Markup

MOST = 1_000_000
"""Characters that are shown; beyond it a browser is slower than an editor."""


def numbered(text: str) -> Markup:
    """The lines as a list, `#L12` being the twelfth."""
    shown = text[:MOST].splitlines()
    items = "".join(
        f'<li id="L{number}"><code>{escape(line) or " "}</code></li>' for number, line in enumerate(shown, 1)
    )
    more = "<p>The rest is left out here.</p>" if len(text) > MOST else ""
    return Markup(f'<ol class="source">{items}</ol>{more}')  # noqa: S704 - escaped above
