"""Templates: Jinja, sandboxed and strict. The one place that knows it.

A template sees what it is passed and nothing else: no environment, no settings, no chance. What a
project puts in its own folder comes before ours; `package/NAME` always means ours, so that
`{% extends "package/digest.mjml" %}` can override a block and keep the rest.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import jinja2
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.sandbox import SandboxedEnvironment, SecurityError

from feeds.errors import Fault, FeedsError, Place, TemplateError

LIMIT = 2_000_000
"""How many characters a template may write. A digest has fewer than 100,000."""

_ROUNDS = 10_000

# Only what ends soon and says the same twice: `random`, `format` and `center` are not here, since
# '%999999999d' fills the memory, and `safe` is not, since it lets anything through.
_FILTERS = frozenset(
    "abs attr capitalize count d default dictsort e escape first float forceescape groupby int items "
    "join last length list lower map max min reject rejectattr replace reverse select selectattr sort "
    "string striptags sum title trim truncate unique upper urlencode wordcount".split()
)
_ENDLESS = frozenset(["center", "expandtabs", "format", "format_map", "ljust", "rjust", "zfill"])
_GLOBALS = frozenset(["cycler", "dict", "joiner", "namespace"])

_SAID: dict[type[Exception], str] = {
    RecursionError: "goes round in circles; does a template include itself?",
    MemoryError: "needs more memory than there is",
    UnicodeDecodeError: "is not UTF-8; save it as such",
}

# Non-characters (Unicode, section 23.7): no text of ours may hold them.
_MARK, _END = "\ufdd0", "\ufdd1"


def packaged() -> Path:
    """The folder of our own templates: inside the wheel, or beside the package in a checkout."""
    inside = Path(__file__).parent / "templates"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "templates"


def render(name: str, context: Mapping[str, object], *, folder: Path | None = None) -> str:
    """The text that a template writes. Raises `TemplateError` with the template's file and line.

    `folder` holds a project's own templates. All is escaped for HTML, except in `.txt` templates;
    what is HTML already goes in as `markupsafe.Markup`.
    """
    return _written(_environment(folder and folder.resolve(), False), name, context)


def place(name: str, context: Mapping[str, object], offset: int, *, folder: Path | None = None) -> Place:
    """Which line of which template wrote the character at `offset` of what `render` gives."""
    marked = _written(_environment(folder and folder.resolve(), True), name, context)
    offsets, places, length = [0], [Place(f"templates/{name}")], 0
    for piece in re.split(f"({_MARK}[^{_END}]*{_END})", marked):
        if piece.startswith(_MARK):
            file, _, line = piece[1:-1].rpartition(":")
            offsets.append(length)
            places.append(Place(file, int(line)))
        else:
            length += len(piece)
    return places[bisect_right(offsets, offset) - 1]


class _Lint(Extension):
    """Refuses what would let unescaped text through, wherever it stands in a template."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        before = ""
        for token in stream:
            if before == "pipe" and token.test("name:safe"):
                problem = "|safe lets anything through; leave it out, HTML that is safe comes as such"
                raise jinja2.TemplateSyntaxError(problem, token.lineno, stream.name, stream.filename)
            if before == "block_begin" and token.test("name:autoescape"):
                problem = "escaping cannot be turned off"
                raise jinja2.TemplateSyntaxError(problem, token.lineno, stream.name, stream.filename)
            before = token.type
            yield token


class _Trace(Extension):
    """Puts a mark with file and line before each line of text in a template."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        file = _shown(stream.filename or "", self.environment)
        for token in stream:
            if token.type != "data":
                yield token
                continue
            lines = token.value.splitlines(keepends=True)
            marked = (f"{_MARK}{file}:{token.lineno + n}{_END}{line}" for n, line in enumerate(lines))
            yield Token(token.lineno, "data", "".join(marked))


class _Missing(jinja2.StrictUndefined):
    """A name that is not there, and the one that was perhaps meant."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint or self._undefined_obj is jinja2.utils.missing:
            return super()._undefined_message
        there = self._undefined_obj
        known = there if isinstance(there, Mapping) else [n for n in dir(there) if not n.startswith("_")]
        kind = type(there).__name__.lower()
        return (
            f"there is no “{self._undefined_name}” in this {kind}{_meant(str(self._undefined_name), known)}"
        )


class _Environment(SandboxedEnvironment):
    """Jinja's sandbox, with bounds on what grows without end."""

    intercepted_binops = frozenset(["*", "**", "%"])
    folders: tuple[Path, ...] = ()

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """`*`, `**` and `%` as far as they are small: a line of 72 dashes, not a book of them."""
        sizes = [abs(side) if isinstance(side, int | float) else len(side) for side in (left, right)]
        most = {"*": LIMIT, "**": 100, "%": LIMIT}[operator]
        if max(sizes) > most or _repeats(operator, left, right, sizes):
            raise SecurityError(f"{operator} makes too much here")
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """What the sandbox allows, without the string methods that fill the memory."""
        return attr not in _ENDLESS and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Any:
        """Refuses `str.format`, for '{:>999999999}' fills the memory; Jinja asks here before all else."""
        if super().wrap_str_format(value) is not None:
            raise SecurityError("format() can make too much; use ~ to join")


def _repeats(operator: str, left: object, right: object, sizes: list[Any]) -> bool:
    """Whether text or a list is made too long; text % value always can, by '%999999999d'."""
    if operator == "%":
        return not isinstance(left, int | float)
    plain = isinstance(left, int | float) and isinstance(right, int | float)
    return not plain and sizes[0] * sizes[1] > _ROUNDS


@lru_cache(maxsize=16)
def _environment(folder: Path | None, traced: bool) -> _Environment:
    own = packaged()
    folders = (folder, own) if folder else (own,)
    ours = jinja2.FileSystemLoader(own)
    made = _Environment(
        loader=jinja2.ChoiceLoader(
            [jinja2.FileSystemLoader(folders), jinja2.PrefixLoader({"package": ours})]
        ),
        autoescape=lambda name: not (name or "").endswith(".txt"),
        undefined=_Missing,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    made.folders = folders
    made.filters = {name: made.filters[name] for name in sorted(_FILTERS)}
    made.globals = {name: made.globals[name] for name in sorted(_GLOBALS)} | {"range": _range}
    made.add_extension(_Lint)
    if traced:
        made.add_extension(_Trace)
    return made


def _range(*bounds: int) -> range:
    found = range(*bounds)
    if len(found) > _ROUNDS:
        raise SecurityError(f"range() counts to {_ROUNDS} at most")
    return found


def _printable(value: Any) -> Any:
    if value is None:
        raise jinja2.UndefinedError("nothing is there to print (None); put {% if … %} around it")
    return value


def _written(environment: _Environment, name: str, context: Mapping[str, object]) -> str:
    pieces: list[str] = []
    size = 0
    try:
        for piece in environment.get_template(name).generate(context):
            pieces.append(piece)
            size += len(piece)
            if size > LIMIT:
                raise SecurityError(f"it writes more than {LIMIT} characters")  # noqa: TRY301
    except FeedsError:
        raise
    except Exception as problem:  # a template may do anything, and what goes wrong is the template's
        raise TemplateError(_fault(problem, name, context, environment)) from None
    return "".join(pieces)


def _fault(problem: Exception, name: str, context: Mapping[str, object], env: _Environment) -> Fault:
    if isinstance(problem, jinja2.TemplateSyntaxError):
        file = _shown(problem.filename or problem.name or name, env)
        return Fault(Place(file, problem.lineno), problem.message or "cannot be read")
    where = _last_place(problem.__traceback__, env) or Place(f"templates/{name}")
    return Fault(where, _in_words(problem, name, context))


def _in_words(problem: Exception, name: str, context: Mapping[str, object]) -> str:
    said = str(problem)
    match problem:
        case jinja2.TemplateNotFound():
            return "not found" if problem.name == name else f"“{problem.name}” is not found"
        case SecurityError():
            return f"is not allowed: {said}"
        case jinja2.UndefinedError():
            found = re.fullmatch(r"'(\w+)' is undefined", said)
            return f"there is no “{found[1]}” here{_meant(found[1], context)}" if found else said
    return _SAID.get(type(problem)) or said or type(problem).__name__


def _meant(name: str, known: Any) -> str:
    known = sorted(str(word) for word in known)
    close = difflib.get_close_matches(name, known, 1, 0.6)
    return f"; did you mean “{close[0]}”?" if close else f"; there are {', '.join(known)}" if known else ""


def _last_place(trace: TracebackType | None, env: _Environment) -> Place | None:
    """The innermost line of a template in a traceback (Jinja writes them in)."""
    found = None
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if _shown(file, env) != file:
            found = Place(_shown(file, env), trace.tb_lineno)
        trace = trace.tb_next
    return found


def _shown(file: str, environment: Any) -> str:
    """A template's file as its author knows it: templates/digest.mjml."""
    for folder in environment.folders:
        if Path(file).is_relative_to(folder):
            return f"{folder.name}/{Path(file).relative_to(folder).as_posix()}"
    return file
