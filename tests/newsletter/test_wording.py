"""The words around the articles, in three languages and without one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from feeds.errors import TemplateError
from feeds.templating import packaged
from feeds.wording import direction, wording

EVENING = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "link", "date", "names"),
    [
        ("en", "Full article in French", "November 20, 2026", "A, B, and C"),
        ("en-GB", "Full article in French", "20 November 2026", "A, B and C"),
        ("fr", "L’article complet en français", "20 novembre 2026", "A, B et C"),
        ("de-LU", "Vollständiger Artikel auf Französisch", "20. November 2026", "A, B und C"),
        ("it", "Full article in French", "20 novembre 2026", "A, B, and C"),
        ("tlh", "Full article in French", "November 20, 2026", "A, B, and C"),
    ],
)
def test_links_dates_and_lists(language: str, link: str, date: str, names: str) -> None:
    words = wording(language, "Europe/Luxembourg")
    assert words.say("Full article in {language}", language=words.language_name("fr-LU")) == link
    assert words.date(EVENING) == date
    assert words.listed(["A", "B", "C"]) == names


def test_two_names() -> None:
    assert wording("en").listed(["Space desk", "Trade desk"]) == "Space desk and Trade desk"


def test_dates_are_those_of_the_publication() -> None:
    assert wording("fr", "UTC").date(EVENING) == "19 novembre 2026"


@pytest.mark.parametrize(
    ("tag", "name"),
    [("zh-Hant", "Chinese (Traditional)"), ("en-US", "English"), ("lb", "Luxembourgish"), ("qq", "qq")],
)
def test_names_of_languages(tag: str, name: str) -> None:
    assert wording("en").language_name(tag) == name


@pytest.mark.parametrize("language", ["ar", "he", "fa", "ur", "ar-EG", "az-Arab", "ckb", "yi", "ps"])
def test_languages_from_the_right(language: str) -> None:
    assert direction(language) == "rtl"


@pytest.mark.parametrize("language", ["en", "fr-LU", "ja", "zh-Hant", "az", "tlh", "ar-Latn"])
def test_languages_from_the_left(language: str) -> None:
    assert direction(language) == "ltr"


def test_every_catalogue_says_everything() -> None:
    phrases = {}
    for language in ("en", "fr", "de"):
        with (packaged() / "locale" / f"{language}.po").open("rb") as file:
            phrases[language] = {
                str(message.id): str(message.string) for message in read_po(file) if message.id
            }
    assert set(phrases["en"]) == set(phrases["fr"]) == set(phrases["de"])
    assert all(all(texts.values()) for texts in phrases.values())
    templates = "".join(file.read_text("utf-8") for file in packaged().glob("digest.*"))
    assert 'say("All news")' in templates


def test_a_projects_own_words_come_first(tmp_path: Path) -> None:
    (tmp_path / "locale").mkdir()
    (tmp_path / "locale" / "fr.po").write_text('msgid "All news"\nmsgstr "Tout lire"\n', "utf-8")
    (tmp_path / "locale" / "it.po").write_text('msgid "All news"\nmsgstr "Tutte le notizie"\n', "utf-8")
    french = wording("fr", folder=tmp_path)
    assert (french.say("All news"), french.say("Unsubscribe")) == ("Tout lire", "Se désabonner")
    assert wording("it", folder=tmp_path).say("All news") == "Tutte le notizie"
    assert wording("it", folder=tmp_path).language_name("fr") == "francese"


def test_a_catalogue_with_a_fault_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "locale").mkdir()
    (tmp_path / "locale" / "fr.po").write_text('msgid "All news"\nmsgstr "x"\n\nmsgid "broken\n', "utf-8")
    with pytest.raises(TemplateError, match=r"locale/fr\.po:4: "):
        wording("fr", folder=tmp_path)


def test_what_fills_a_place_is_not_filled_again() -> None:
    assert wording("en").say("By {names}", names="{names} {0.__class__}") == "By {names} {0.__class__}"
