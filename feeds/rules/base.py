"""How a rule is written, and what is said when a document breaks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from feeds.rules.frame import Frame
    from feeds.rules.inspection import Inspection

Severity = Literal["error", "warning", "advice"]
MANY = 1 << 30
XML = "http://www.w3.org/XML/1998/namespace"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a document does wrong, where, and which text says so.

    `error`: the specification forbids it. `warning`: it discourages it, or readers stumble over it.
    `advice`: good manners that many sound feeds lack. `element` is a path such as `feed/entry[3]/link`,
    `entry` the id or guid of the entry the place is in.
    """

    severity: Severity
    line: int
    element: str
    rule: str
    problem: str
    source: str
    entry: str | None = None

    def __str__(self) -> str:
        return f"{self.line}: {self.element}: {self.severity}: {self.problem} [{self.rule}; {self.source}]"


Test = Callable[[str], str | None]
End = Callable[["Frame", "Inspection"], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of value: `test` answers what is wrong with a text, or None. Without a source, the element's."""

    rule: str
    test: Test
    severity: Severity = "error"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute: the first of its kinds that objects is reported."""

    kinds: tuple[Kind, ...] = ()
    required: bool = False


@dataclass(frozen=True, eq=False)
class Element:
    """What may be inside an element.

    `kinds` of None means no text, an empty tuple any text. `context` is the name by which extensions know
    the place; without it no foreign element may stand here. `free` content is not looked at. `keep` leaves
    text and attributes to the parent's `ends`, which run when the element closes and see it whole. `usual`
    is asked before the kinds, for speed: what it takes, all of them take. `rare` are ends that run only
    where a `watched` child was there.
    """

    source: str
    kinds: tuple[Kind, ...] | None = None
    children: dict[str, Child] = field(default_factory=dict)
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    context: str = ""
    ends: tuple[End, ...] = ()
    rare: tuple[End, ...] = ()
    watched: frozenset[str] = frozenset()
    begins: tuple[End, ...] = ()
    keep: bool = False
    strip: bool = True
    free: bool = False
    any_attribute: bool = False
    identity: tuple[str, ...] = ()
    other: Callable[[str], Child] | None = None
    resolved: dict[str, Child] = field(default_factory=dict, repr=False)
    minima: list[tuple[str, Child]] = field(default_factory=list, repr=False)
    usual: Callable[[str], object] | None = None
    required: tuple[str, ...] = ()
    special: bool = False
    tests: tuple[Test, ...] = ()

    def __post_init__(self) -> None:
        needed = tuple(name for name, known in self.attributes.items() if known.required)
        object.__setattr__(self, "required", needed)
        object.__setattr__(self, "tests", tuple(kind.test for kind in self.kinds or ()))
        object.__setattr__(
            self, "special", bool(self.free or self.begins or self.identity or self.context == "outline")
        )


@dataclass(frozen=True, slots=True)
class Child:
    """An element where it stands: at least `minimum`, at most `maximum` of it in one parent.

    A `fault` instead says why it must not be there at all: rule and words.
    """

    element: Element
    minimum: int = 0
    maximum: int = MANY
    severity: Severity = "error"
    fault: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """An element of a module: the contexts it was made for (none named: any), and how often."""

    element: Element
    contexts: frozenset[str] = frozenset()
    maximum: int = MANY


@dataclass(frozen=True)
class Vocabulary:
    """The modules known: elements by name, prefix by namespace, the namespaces of which every name is known.

    `namespace` says what is wrong with a prefix and the address it is bound to: severity, rule and words.
    """

    extensions: Mapping[str, Extension]
    attributes: Mapping[str, Attribute]
    prefixes: Mapping[str, str]
    closed: frozenset[str]
    namespace: Callable[[str, str], tuple[Severity, str, str] | None]


def once(element: Element) -> Child:
    """At most one."""
    return Child(element, 0, 1)


def one(element: Element) -> Child:
    """Exactly one."""
    return Child(element, 1, 1)


def some(element: Element) -> Child:
    """One or more."""
    return Child(element, 1)


def many(element: Element) -> Child:
    """Any number."""
    return Child(element)


FREE = Element("", free=True)
FOREIGN = Child(FREE)


def settle(element: Element, done: set[int] | None = None) -> Element:
    """Notes which children a table demands, in it and all below; called once, when the tables stand."""
    done = set() if done is None else done
    if id(element) in done:
        return element
    done.add(id(element))
    element.minima[:] = [(name, child) for name, child in element.children.items() if child.minimum]
    for child in element.children.values():
        settle(child.element, done)
    return element
