"""What stands behind a name in the settings: a built-in, or anybody's `package.module:object`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import reduce
from importlib import import_module

from feeds.errors import Fault, Place, PluginError

NOTHING_BUILT_IN: Mapping[str, str] = {}


def load(spec: str, built_in: Mapping[str, str] = NOTHING_BUILT_IN) -> object:
    """The object that a name or a `package.module:object` means.

    `built_in` is name to `package.module:object`, so that nothing is imported before it is asked
    for. Raises `PluginError` that says what is wrong with `spec`, whatever the import itself raised.
    """
    module, colon, path = built_in.get(spec, spec).partition(":")
    if not (colon and _is_dotted(module) and _is_dotted(path)):
        raise _refused(spec, _unknown(spec, built_in))
    return _found(spec, module, path)


def is_spec(text: str) -> bool:
    """Whether a text has the form `package.module:object`; nothing is imported to tell."""
    module, _, path = text.partition(":")
    return _is_dotted(module) and _is_dotted(path)


def _found(spec: str, module: str, path: str) -> object:
    try:
        imported = import_module(module)
    except (Exception, SystemExit) as refusal:  # a module may do anything while it is imported
        problem = f"cannot be imported: {type(refusal).__name__}: {refusal}"
        raise _refused(spec, problem) from refusal
    try:
        found: object = reduce(getattr, path.split("."), imported)
    except AttributeError:
        raise _refused(spec, f"the module {module} has no {path}") from None
    return found


def _is_dotted(text: str) -> bool:
    return all(part.isidentifier() for part in text.split("."))


def _unknown(spec: str, built_in: Mapping[str, str]) -> str:
    close = difflib.get_close_matches(spec, built_in, 1, 0.6)
    if close:
        return f"is unknown; did you mean “{close[0]}”?"
    names = f"{', '.join(built_in)}, or " if built_in else ""
    return f"is unknown; write {names}package.module:object"


def _refused(spec: str, problem: str) -> PluginError:
    return PluginError(Fault(Place(field=spec), problem))
