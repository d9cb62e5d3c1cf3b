"""The words around the articles, in the reader's language: phrases, dates, names of languages, lists.

Phrases stand in gettext catalogues, `templates/locale/LANGUAGE.po`, ours and a project's. A
language without one has English words, but its own dates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.pofile import PoFileError, read_po

from feeds.errors import Fault, Place, TemplateError
from feeds.templating import packaged

Direction = Literal["ltr", "rtl"]

# ISO 15924's scripts that run from the right, for tags that name one (az-Arab).
_RIGHT_TO_LEFT = frozenset(["Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg", "Mand", "Samr"])


@dataclass(frozen=True)
class Wording:
    """How one language says things, in one time zone."""

    language: str
    zone: tzinfo
    phrases: Mapping[str, str]
    calendar: Locale
    """The language of dates."""
    speech: Locale
    """The language of phrases, and so of the names and lists within them."""

    @property
    def direction(self) -> Direction:
        """Which way the language runs."""
        return direction(self.language)

    def say(self, phrase: str, **values: str) -> str:
        """A phrase in the reader's language, its {places} filled; unknown phrases stay English."""
        text = self.phrases.get(phrase, phrase)
        return re.sub(r"\{(\w+)\}", lambda place: values.get(place[1], place[0]), text)

    def date(self, moment: datetime, form: Literal["full", "long", "medium", "short"] = "long") -> str:
        """The day of a moment where the publication is: 19 November 2026, 19. November 2026."""
        return format_date(moment.astimezone(self.zone), form, locale=self.calendar)

    def language_name(self, tag: str) -> str:
        """What a language is called: French, français, Französisch; its region does not matter."""
        known = _locale(tag)
        script = known and re.search(r"-([A-Z][a-z]{3})\b", tag) and known.script
        return self._named(known.language, script or None) if known else tag

    def _named(self, language: str, script: str | None) -> str:
        name = Locale(language, script=script).get_display_name(self.speech)
        return name or language

    def listed(self, names: Sequence[str]) -> str:
        """Several names in one: Space desk and Trade desk."""
        return format_list(list(names), locale=self.speech)


def wording(language: str, zone: str = "UTC", *, folder: Path | None = None) -> Wording:
    """How a language (BCP 47) says things. Raises `TemplateError` for a catalogue with a fault.

    `folder` holds a project's own templates; what its `locale/` says comes before what ours does.
    """
    english = Locale("en")
    phrases = _phrases(language, folder)
    calendar = _locale(language) or english
    return Wording(
        language=language,
        zone=ZoneInfo(zone),
        phrases=phrases or _phrases("en", folder),
        calendar=calendar,
        speech=calendar if phrases else english,
    )


def direction(language: str) -> Direction:
    """Which way a language (BCP 47) runs: by the script it names, or by its own."""
    script = re.search(r"-([A-Za-z]{4})(?:-|$)", language)
    if script:
        return "rtl" if script[1].title() in _RIGHT_TO_LEFT else "ltr"
    known = _locale(language)
    return "rtl" if known and known.text_direction == "rtl" else "ltr"


def _locale(language: str) -> Locale | None:
    """What Babel knows of a language; of a region that it does not know, the language alone."""
    for tag in (language, language.partition("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return None


def _phrases(language: str, folder: Path | None) -> dict[str, str]:
    """Ours, then the project's; the language's, then its region's: what comes later counts."""
    found: dict[str, str] = {}
    for place in (packaged(), *([folder] if folder else [])):
        for tag in dict.fromkeys((language.partition("-")[0], language)):
            file = place / "locale" / f"{tag}.po"
            if file.is_file():
                found |= _catalogue(file, file.stat().st_mtime_ns)
    return found


@lru_cache(maxsize=64)
def _catalogue(file: Path, changed: int) -> Mapping[str, str]:
    """The phrases of one catalogue; `changed` makes an edited one be read again."""
    shown = f"{file.parent.parent.name}/locale/{file.name}"
    try:
        with file.open("rb") as stream:
            catalogue = read_po(stream, abort_invalid=True)
    except PoFileError as problem:
        raise TemplateError(Fault(Place(shown, problem.lineno + 1), "is no gettext catalogue here")) from None
    except (OSError, ValueError, LookupError) as problem:
        raise TemplateError(Fault(Place(shown), f"cannot be read: {problem}")) from None
    return {
        str(message.id): str(message.string)
        for message in catalogue
        if message.id and message.string and not message.fuzzy
    }
