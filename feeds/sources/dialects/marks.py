"""Marks in a text, such as shortcodes, found where they are no code, and replaced or left out.

Code that merely shows such marks stays as it is: fenced and indented blocks, spans, <pre>, <code>.
A dialect may have ways of its own to say “this is code” or “leave this alone”, and which of all of
them begins first counts.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_CODE = (
    r"(?P<fence>^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<tick>`{3,}(?=[^`\n]*$)|~{3,})[^\n]*$)"
    r"|(?P<span>`+)|<(?P<element>pre|code|script|style|textarea)\b|(?P<comment><!--)"
)
_SIGN = re.compile("[`~<{]")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)")
# What ends a paragraph, and with it any span that is open: an empty line, or the start of a block.
_INTERRUPTING = re.compile(
    r"\n[ \t]*\n|\n {0,3}(?:`{3,}|~{3,}|#{1,6}[ \t\n]|>|[-*+_=]{3,}[ \t]*\n|<[A-Za-z!/?]"
    r"|[-*+][ \t\n]|\d{1,9}[.)][ \t\n])"
)
_ITEM = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")


@dataclass(frozen=True)
class Enclosure:
    """What a dialect encloses, to be kept as it is or turned to code or left out."""

    closing: re.Pattern[str]
    made: Callable[[re.Match[str], str], str]
    """What becomes of it, from its opening mark and what it encloses."""


@dataclass(frozen=True)
class Marks:
    """The marks of one dialect, and what becomes of them."""

    mark: re.Pattern[str]
    replaced: Callable[[re.Match[str]], str]
    opening: re.Pattern[str] | None = None
    """What begins an enclosure."""
    enclosure: Callable[[re.Match[str]], Enclosure] | None = None
    code: Callable[[str], str] = str
    """What becomes of code: only marks that say “leave this alone” go."""
    prose: Callable[[str], str] = str
    """What else is to be done to text that is no code, after its marks are gone."""


NEVER = re.compile(r"(?!)")
"""The mark of a text that has none."""
PASSES = 4
"""How often a text is read anew, because what was left out of it has made new marks."""


def without(body: str, marks: Marks) -> str:
    """A text with its marks replaced."""
    for _ in range(PASSES):
        before, body = body, _once(body, marks)
        if body == before or not marks.mark.search(body):
            break
    return body


def _once(body: str, marks: Marks) -> str:
    blocks, lazy = _indentation(body)
    starts = [start for start, _ in blocks]
    made: list[str] = []
    for kind, start, text in _pieces(body, marks, lambda at: at in lazy or _inside(at, blocks, starts)):
        if kind == "code":
            made.append(marks.code(text))
        elif kind == "made":
            made.append(text)
        else:
            made.append(marks.prose(_replaced(text, start, marks, blocks, starts)))
    return "".join(made)


def _replaced(
    text: str, offset: int, marks: Marks, blocks: Sequence[tuple[int, int]], starts: Sequence[int]
) -> str:
    def replaced(found: re.Match[str]) -> str:
        at = offset + found.start()
        if _inside(at, blocks, starts):
            return found[0]
        made = marks.replaced(found)
        return _as_html(made) if made[:1] in ("!", "[") and _in_html(text, found.start()) else made

    return marks.mark.sub(replaced, text)


def _in_html(text: str, at: int) -> bool:
    """Whether a place is in a paragraph that begins with a tag, where Markdown may mean nothing."""
    return bool(re.match(r"\s*</?[A-Za-z]", text[text.rfind("\n\n", 0, at) + 1 : at]))


def _as_html(made: str) -> str:
    """A picture or a link of ours in HTML, which means the same within HTML and within Markdown."""

    def shown(found: re.Match[str]) -> str:
        words = html.escape(re.sub(r"\\(.)", r"\1", found[2]))
        return f'<img src="{found[3]}" alt="{words}">' if found[1] else f'<a href="{found[3]}">{words}</a>'

    return re.sub(r"^(!?)\[((?:[^\]\\]|\\.)*)\]\(([^()\s]*)\)", shown, made)


def _inside(at: int, blocks: Sequence[tuple[int, int]], starts: Sequence[int]) -> bool:
    block = bisect_right(starts, at) - 1
    return block >= 0 and at < blocks[block][1]


def _pieces(body: str, marks: Marks, is_indented: Callable[[int], bool]) -> Iterator[tuple[str, int, str]]:
    """Each piece of a text: what it is (text, code, made), where it begins, and what it says."""
    opening = _opening(marks.opening.pattern if marks.opening else "")
    missing: set[str] = set()
    begin = position = 0
    while found := _next(opening, body, position):
        if found["fence"] and is_indented(found.start()):
            end, made = None, None
        else:
            end, made = _piece(body, found, marks, missing)
        if end is None:
            position = found.end()
            continue
        yield "text", begin, body[begin : found.start()]
        yield ("code" if made is None else "made"), found.start(), made or body[found.start() : end]
        begin = position = end
    yield "text", begin, body[begin:]


@lru_cache(maxsize=16)
def _opening(own: str) -> re.Pattern[str]:
    """What begins a piece; `own` is the dialect's pattern, whose marks all begin with a brace."""
    return re.compile(f"{_CODE}|(?P<own>{own})" if own else _CODE, re.MULTILINE | re.IGNORECASE)


def _next(opening: re.Pattern[str], body: str, position: int) -> re.Match[str] | None:
    """The next beginning of a piece, looked for only where one of its signs is."""
    for sign in _SIGN.finditer(body, position):
        at = sign.start()
        line = body.rfind("\n", 0, at) + 1
        if line >= position and sign[0] in "`~":
            found = opening.match(body, line)
            if found and found["fence"] is not None and found.start("tick") == at:
                return found
        if found := opening.match(body, at):
            return found
    return None


def _piece(body: str, found: re.Match[str], marks: Marks, missing: set[str]) -> tuple[int | None, str | None]:
    """Where a piece that begins here ends, and what becomes of it if it is an enclosure."""
    if found["fence"]:
        return _fence(body, found), None
    if found["span"]:
        return _span(body, found, missing), None
    if found["element"]:
        name = found["element"].lower()
        return _end(body, found, re.compile(rf"</{name}\s*>", re.IGNORECASE), name, missing), None
    if found["comment"]:
        return _end(body, found, re.compile("-->"), "-->", missing), None
    assert marks.enclosure
    enclosure = marks.enclosure(found)
    name = enclosure.closing.pattern
    closing_mark = None if name in missing else enclosure.closing.search(body, found.end())
    if closing_mark is None:
        missing.add(name)
        return None, None
    return closing_mark.end(), enclosure.made(found, body[found.end() : closing_mark.start()]) or " "


def _fence(body: str, found: re.Match[str]) -> int:
    """Where a fenced block ends: at its fence, or where the quotation or list does that holds it."""
    tick, before = found["tick"], body[found.start() : found.start("tick")]
    outside = ""
    if ">" in before:
        outside = r"|^(?![ \t]*>)"
    elif before.strip():
        outside = rf"|^(?= {{0,{len(before) - 1}}}\S)"
    closing = re.compile(rf"^[ \t>]*{tick[0]}{{{len(tick)},}}[ \t]*$\n?{outside}", re.MULTILINE)
    end = closing.search(body, found.end() + 1)
    return end.end() if end else len(body)


def _end(
    body: str, found: re.Match[str], closing: re.Pattern[str], name: str, missing: set[str]
) -> int | None:
    """Where a piece ends; what is missing once is missing from there on, and not looked for again."""
    if name in missing:
        return None
    end = closing.search(body, found.end())
    if end is None and name:
        missing.add(name)
    return end.end() if end else None


def _span(body: str, found: re.Match[str], missing: set[str]) -> int | None:
    """Where a code span ends: at as many backticks again, in the same paragraph (CommonMark 6.1)."""
    ticks = found["span"]
    end = _end(body, found, re.compile(rf"(?<!`){ticks}(?!`)"), ticks, missing)
    return None if end is None or _INTERRUPTING.search(body, found.end() - 1, end) else end


def _indentation(body: str) -> tuple[list[tuple[int, int]], set[int]]:
    """The blocks of indented code (CommonMark 4.4), and where indented lines begin that go on a paragraph.

    Those within lists aside. No fence opens in either (CommonMark 4.5: at most three spaces).
    """
    blocks: list[tuple[int, int]] = []
    lazy: set[int] = set()
    if not re.search(r"^(?: {4}| {0,3}\t)", body, re.MULTILINE):
        return blocks, lazy
    position, after_blank, in_list = 0, True, False
    for line in body.splitlines(keepends=True):
        end = position + len(line)
        if not line.strip():
            after_blank = True
        elif _INDENTED.match(line):
            goes_on = bool(blocks) and not body[blocks[-1][1] : position].strip()
            if not in_list and (after_blank or goes_on):
                blocks.append((position, end))
                after_blank = True
            elif not in_list:
                lazy.add(position)
        else:
            in_list = bool(_ITEM.match(line)) or (in_list and line[0] in " \t")
            after_blank = False
        position = end
    return blocks, lazy


def arguments(text: str) -> tuple[list[str], dict[str, str]]:
    """The positional and the named arguments of a mark: a "b c" d=1 e="f" g: 'h'."""
    alone: list[str] = []
    named: dict[str, str] = {}
    for found in _ARGUMENT.finditer(text):
        value = next((group for group in found.groups()[1:] if group is not None), "")
        value = re.sub(r"\\([\"'\\])", r"\1", value)
        if found[1]:
            named[found[1].lower()] = value
        elif value:
            alone.append(value)
    return alone, named


_ARGUMENT = re.compile(
    r"(?:([A-Za-z_][\w.-]*)\s*(?:=|:(?=\s*[\"'\s]))\s*)?"
    r"(?:\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|`([^`]*)`|([^\s\"'`,()=]+))",
    re.DOTALL,
)


def fenced(code: str, language: str = "") -> str:
    """Code as a fenced block that nothing in it can end."""
    longest = max((len(run) for run in re.findall("`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    info = re.sub(r"[^A-Za-z0-9+#_.-]", "", language)
    lines = code.strip("\n").rstrip()
    return f"\n\n{fence}{info}\n{lines}\n{fence}\n\n"


def span(code: str) -> str:
    """Code as a span that nothing in it can end."""
    flat = " ".join(code.split())
    if not flat:
        return ""
    longest = max((len(run) for run in re.findall("`+", flat)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if flat[0] == "`" or flat[-1] == "`" else ""
    return f"{ticks}{pad}{flat}{pad}{ticks}"
