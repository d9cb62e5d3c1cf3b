"""What other Markdown engines read and ours would show: attributes in braces, alerts, definitions."""

from __future__ import annotations

import re

_HEADING = re.compile(r"^(#{1,6}[ \t][^\n]*?)[ \t]*\{[ \t]*[#.][^{}\n]*\}[ \t#]*$", re.MULTILINE)
_BLOCK = re.compile(r"^[ \t]*\{[ \t]*[#.][\w-][^{}\n]*\}[ \t]*$\n?", re.MULTILINE)
_AFTER_LINK = re.compile(r"(?<=\))\{[ \t]*(?:[.#][\w-]+|[\w-]+=[\"'\w])[^{}\n]*\}")
_COMMENT = re.compile(r"\{::comment\}.{0,2000}?\{:/(?:comment)?\}", re.DOTALL)
_CONTENTS = re.compile(r"^[*+-] .*\n\{:[ \t]*toc[^}\n]*\}[ \t]*$\n?|^\[TOC\][ \t]*$\n?", re.MULTILINE)
_ABBREVIATION = re.compile(r"^\*\[[^\]\n]+\]:[^\n]*\n?", re.MULTILINE)
_INNER = re.compile(r"<(\w+)([^<>]*?)\s+markdown=[\"']?(?:1|block|span)[\"']?([^<>]*)>")
_KRAMDOWN = re.compile(r"[ \t]*\{:{1,2}/?[^{}\n]*\}[ \t]*(?=\n|$)|\{:{1,2}/?[^{}\n]*\}")

_ALERT = re.compile(
    r"^((?:[ \t]*>)+[ \t]*)\[!(?P<kind>[A-Za-z]+)\][-+]?[ \t]*(?P<title>[^\n]*)\n?", re.MULTILINE
)
_ADMONITION = re.compile(
    r"^(?:!!!|\?\?\?\+?) (?P<kind>[A-Za-z]+)[\w -]*(?:(?P<empty>\"\")|\"(?P<title>[^\"\n]*)\")?[ \t]*\n"
    r"(?P<inner>(?:(?:(?: {4}|\t)[^\n]*|[ \t]*)(?:\n|\Z))+)",
    re.MULTILINE,
)
_DEFINED = re.compile(r"^(?![ \t>#|*+-])([^\n|]*\S)[ \t]*\n:[ \t]+(?=\S)([^\n]*)", re.MULTILINE)
_ROWS = re.compile(r"(?:(?<=\n\n)|\A)(?:\|[^\n]*(?:\n|\Z)){2,}")


def means_more(text: str) -> bool:
    """Whether a text holds any sign of what is read here."""
    return any(sign in text for sign in ("{", "[!", "!!! ", "??? ", "\n:"))


def headings(text: str) -> str:
    """Text without `{#id}` at its headings, or `{.class}` below its blocks."""
    return asides(_BLOCK.sub("", _HEADING.sub(r"\1", text)) if "{" in text else text)


def asides(text: str) -> str:
    """Text with what stands out said in bold: `> [!NOTE]`, `!!! note`; and a term above its definition."""
    if "[!" in text:
        text = _ALERT.sub(lambda found: f"{found[1]}**{_name(found)}**\n{found[1]}\n", text)
    if "!!! " in text or "??? " in text:
        text = _ADMONITION.sub(_unfolded, text)
    return _DEFINED.sub(r"**\1**\\\n\2", text) if "\n:" in text else text


def _name(found: re.Match[str]) -> str:
    """What a note calls itself, or what kind of note it is."""
    return (found["title"] or found["kind"].title()).replace("*", "").strip()


def _unfolded(found: re.Match[str]) -> str:
    """A note that is indented as Python-Markdown has it, without its indentation."""
    inner = re.sub(r"^(?: {4}|\t)", "", found["inner"], flags=re.MULTILINE).strip("\n")
    title = "" if found["empty"] is not None else f"**{_name(found)}**\n\n"
    return f"{title}{inner}\n\n"


def kramdown(text: str) -> str:
    """Text without `{: .class}` and abbreviations, with Markdown read in elements that ask for it."""
    if "markdown=" in text:
        text = _INNER.sub(r"<\1\2\3>\n\n", text)
    if "*[" in text:
        text = _ABBREVIATION.sub("", text)
    if "{:" in text or "[TOC]" in text:
        text = _KRAMDOWN.sub("", _CONTENTS.sub("", _COMMENT.sub("", text)))
    if "){" in text:
        text = _AFTER_LINK.sub("", text)
    return headings(text)


def tables(text: str) -> str:
    """Tables without a head, which kramdown knows, with an empty one."""
    return _ROWS.sub(_headed, text) if "\n|" in text else text


def _headed(found: re.Match[str]) -> str:
    first, _, rest = found[0].partition("\n")
    if not rest or re.match(r"[|: \t+=-]+$", rest.partition("\n")[0]) or re.match(r"[|: \t+=-]+$", first):
        return found[0]
    columns = first.strip().strip("|").count("|") + 1
    return f"|{' |' * columns}\n|{'---|' * columns}\n{found[0]}"
