"""Which newsletter a command means: the one that is named, else the only one there is."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from feeds import config
from feeds.config import NewsletterSettings
from feeds.errors import Fault, Place, SettingsError


def newsletters(folder: str | Path) -> Mapping[str, NewsletterSettings]:
    """The newsletters of the project in a folder, by name. Raises `SettingsError` where there is none."""
    return there(config.read(Path(folder) / config.FILE_NAME).newsletter)


def there(found: Mapping[str, NewsletterSettings]) -> Mapping[str, NewsletterSettings]:
    """The newsletters that were found. Raises `SettingsError` where there is none."""
    if not found:
        raise _refused("has no newsletter; add a table [newsletter.NAME]")
    return found


def chosen(folder: str | Path, name: str | None) -> tuple[str, NewsletterSettings]:
    """The newsletter of a name, or without one the only newsletter. Raises `SettingsError`."""
    return named(newsletters(folder), name)


def named(found: Mapping[str, NewsletterSettings], name: str | None) -> tuple[str, NewsletterSettings]:
    """The same among those that were read already."""
    there(found)
    if name is None and len(found) > 1:
        raise _refused(f"has {len(found)} newsletters; say which: {' or '.join(found)}")
    name = next(iter(found)) if name is None else name
    if name not in found:
        close = get_close_matches(name, found, 1)
        hint = f"did you mean “{close[0]}”?" if close else f"known are {', '.join(found)}"
        raise _refused(f"there is no newsletter “{name}”; {hint}")
    return name, found[name]


def _refused(problem: str) -> SettingsError:
    return SettingsError(Fault(Place(config.FILE_NAME), problem))
