"""Attributes in braces, which several Markdown engines read and ours shows: taken away."""

from __future__ import annotations

import re

_HEADING = re.compile(r"^(#{1,6}[ \t][^\n]*?)[ \t]*\{[#.][^{}\n]*\}[ \t#]*$", re.MULTILINE)
_BLOCK = re.compile(r"^[ \t]*\{[#.][\w-][^{}\n]*\}[ \t]*$\n?", re.MULTILINE)
_CONTENTS = re.compile(r"^[*+-] .*\n\{:[ \t]*toc[^}\n]*\}[ \t]*$\n?|^\[TOC\][ \t]*$\n?", re.MULTILINE)
_ABBREVIATION = re.compile(r"^\*\[[^\]\n]+\]:[^\n]*\n?", re.MULTILINE)
_INNER = re.compile(r"<(\w+)([^<>]*?)\s+markdown=[\"']?(?:1|block|span)[\"']?([^<>]*)>")
_KRAMDOWN = re.compile(r"[ \t]*\{:{1,2}/?[^{}\n]*\}[ \t]*(?=\n|$)|\{:{1,2}/?[^{}\n]*\}")


def headings(text: str) -> str:
    """Text without `{#id}` at its headings, or `{.class}` below its blocks."""
    return _BLOCK.sub("", _HEADING.sub(r"\1", text)) if "{" in text else text


def kramdown(text: str) -> str:
    """Text without `{: .class}` and abbreviations, with Markdown read in elements that ask for it."""
    if "markdown=" in text:
        text = _INNER.sub(r"<\1\2\3>\n\n", text)
    if "*[" in text:
        text = _ABBREVIATION.sub("", text)
    if "{:" in text or "[TOC]" in text:
        text = _KRAMDOWN.sub("", _CONTENTS.sub("", text))
    return headings(text)
