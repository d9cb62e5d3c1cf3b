"""Which style an element ends up with: a cascade as small as mails are (CSS Cascade 4, Selectors 3).

Known are type, class, id and universal selectors, descendants and children, `:root`, media queries
of width and colour scheme, `!important`, and inline styles. A rule that needs more matches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from feeds.newsletter.checks.page import Node, Page

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_COMPOUND = re.compile(r"(?:\*|[a-z][\w-]*)?(?:[.#][\w-]+|:root)*", re.IGNORECASE)
_PART = re.compile(r"[.#:]?[\w-]+|\*")
_FEATURE = re.compile(r"\(\s*([\w-]+)\s*(?::\s*([^)]*?)\s*)?\)")

# The long name of what a shorthand sets, as far as colours go.
_LONG = {"background": "background-color"}

Specificity = tuple[int, int, int]
Step = tuple[str, tuple[str, ...]]
"""A combinator to the step before (" " or ">"), and the parts of a compound: a type, .class, #id, :root."""


@dataclass(frozen=True)
class Declaration:
    """One property with its value, in small letters."""

    name: str
    value: str
    important: bool = False


@dataclass(frozen=True)
class Rule:
    """One selector of a rule, the media queries around it, and what it declares."""

    media: tuple[str, ...]
    selector: str
    steps: tuple[Step, ...]
    """From the right; where there are none, it matches nothing."""
    specificity: Specificity
    declarations: tuple[Declaration, ...]


@dataclass(frozen=True)
class Screen:
    """What a mail is shown on."""

    dark: bool = False
    width: int = 600


def rules(page: Page, screen: Screen) -> tuple[Rule, ...]:
    """Every rule of every style block that applies, in order."""
    every = (rule for media, css in page.sheets for rule in parsed(css, (media,) if media else ()))
    return tuple(rule for rule in every if applies(rule, screen))


def parsed(css: str, media: tuple[str, ...] = ()) -> Iterator[Rule]:
    """The rules of a style sheet, those within @media too; other at-rules are left out."""
    for head, body in blocks(_COMMENT.sub("", css)):
        if head.lower().startswith("@media"):
            yield from parsed(body, (*media, head[6:].strip()))
        elif not head.startswith("@"):
            found = declarations(body)
            for selector in head.split(","):
                yield _rule(media, selector.strip(), found)


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """What stands before each pair of outermost braces, and within."""
    depth, start, head = 0, 0, ""
    for found in re.finditer(r"[{}]", css):
        if found[0] == "{":
            depth += 1
            if depth == 1:
                head, start = css[start : found.start()].rpartition(";")[2].strip(), found.end()
        elif depth:
            depth -= 1
            if depth == 0:
                yield head, css[start : found.start()]
                start = found.end()


@lru_cache(maxsize=1024)
def declarations(text: str) -> tuple[Declaration, ...]:
    """What an inline style or the body of a rule declares."""
    return tuple(_declared(text))


def _declared(text: str) -> Iterator[Declaration]:
    for part in re.split(r";(?![^()]*\))", text):
        name, colon, value = part.partition(":")
        value = value.strip().lower()
        plain = re.sub(r"\s*!\s*important$", "", value)
        if colon and plain:
            yield Declaration(name.strip().lower(), plain, plain != value)


def styled(node: Node, sheet: Iterable[Rule]) -> dict[str, str]:
    """What the rules that apply declare for an element itself: the strongest of each property.

    A background counts as its colour.
    """
    found: dict[str, tuple[tuple[bool, bool, Specificity], str]] = {}
    for rule in sheet:
        if matches(node, rule):
            _weigh(found, rule.declarations, False, rule.specificity)
    _weigh(found, declarations(node.attributes.get("style", "")), True, (0, 0, 0))
    return {name: value for name, (_, value) in found.items()}


def applies(rule: Rule, screen: Screen) -> bool:
    """Whether all media queries around a rule hold."""
    return all(
        any(_holds(query.strip().lower(), screen) for query in media.split(",")) for media in rule.media
    )


def matches(node: Node, rule: Rule) -> bool:
    """Whether a rule's selector takes an element."""
    return bool(rule.steps) and _takes(node, rule.steps)


def _takes(node: Node, steps: tuple[Step, ...]) -> bool:
    combinator, parts = steps[0]
    if not all(_fits(node, part) for part in parts):
        return False
    if len(steps) == 1:
        return True
    before = [node.parent] if combinator == ">" else node.ancestors
    return any(_takes(above, steps[1:]) for above in before if above)


def _fits(node: Node, part: str) -> bool:
    match part[0]:
        case ".":
            return part[1:] in node.classes
        case "#":
            return part[1:] == node.attributes.get("id")
        case "*":
            return bool(node.tag)
    return node.tag == ("html" if part == ":root" else part)


def _rule(media: tuple[str, ...], selector: str, found: tuple[Declaration, ...]) -> Rule:
    steps: list[Step] = []
    for part in reversed(re.sub(r"\s*>\s*", " > ", selector).split()):
        if part == ">" and steps:
            steps[-1] = (">", steps[-1][1])
        elif _COMPOUND.fullmatch(part):
            parts = (one if one[0] in ".#" else one.lower() for one in _PART.findall(part))
            steps.append((" ", tuple(parts)))
        else:
            return Rule(media, selector, (), (0, 0, 0), found)
    return Rule(media, selector, tuple(steps), _specificity(selector), found)


def _specificity(selector: str) -> Specificity:
    parts = _PART.findall(selector)
    ids = sum(part[0] == "#" for part in parts)
    classes = sum(part[0] in ".:" for part in parts)
    return ids, classes, sum(part[0] not in "#.:*" for part in parts)


def _weigh(
    found: dict[str, tuple[tuple[bool, bool, Specificity], str]],
    given: Iterable[Declaration],
    inline: bool,
    specificity: Specificity,
) -> None:
    for one in given:
        name, weight = _LONG.get(one.name, one.name), (one.important, inline, specificity)
        if name not in found or weight >= found[name][0]:
            found[name] = weight, one.value


def _holds(query: str, screen: Screen) -> bool:
    kind = re.match(r"(?:only\s+)?(\w+)", query)
    if query.startswith("not") or (kind and kind[1] not in ("screen", "all", "and")):
        return False
    return all(_true(name, value, screen) for name, value in _FEATURE.findall(query))


def _true(name: str, value: str, screen: Screen) -> bool:
    number = re.match(r"([\d.]+)px$", value)
    known: Mapping[str, bool] = {
        "prefers-color-scheme": value == ("dark" if screen.dark else "light"),
        "min-width": bool(number) and screen.width >= float(number[1] if number else 0),
        "max-width": bool(number) and screen.width <= float(number[1] if number else 0),
    }
    return known.get(name, False)
