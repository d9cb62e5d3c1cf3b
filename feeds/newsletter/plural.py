"""Phrases with a number in them: “1 more story”, “3 more stories”, and Arabic's six ways to count."""

from __future__ import annotations

import ast

from feeds.wording import Wording, wording

# CLDR's order, which is that of gettext's forms in every language that we have.
_CATEGORIES = ("zero", "one", "two", "few", "many", "other")


def counted(words: Wording, one: str, many: str, count: int) -> str:
    """A phrase in the form that a number asks for, its {count} filled; unknown phrases stay English."""
    key = str((one, many))  # wording keeps what gettext counts as the text of a tuple
    forms: tuple[str, ...] = (one, many)
    if key in words.phrases:
        forms = ast.literal_eval(words.phrases[key])
    else:
        words = wording("en")
    rule = words.speech.plural_form
    known = [name for name in _CATEGORIES if name in rule.tags or name == "other"]
    form = min(known.index(rule(count)), len(forms) - 1)
    return forms[form].replace("{count}", str(count))
