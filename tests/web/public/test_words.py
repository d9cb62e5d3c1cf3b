"""Every phrase that a page or a letter says stands in each of our catalogues."""

from __future__ import annotations

import pytest

from feeds.web.public import embedded
from feeds.web.public.limits import DAY
from feeds.wording import Wording, wording
from tests.web.public.conftest import House, Visitor

LANGUAGES = ("en", "de", "fr", "ar")
SAY = Wording.say


def test_every_phrase_is_in_every_language(
    house: House, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: set[str] = set()

    def say(words: Wording, phrase: str, **values: str) -> str:
        said.add(phrase)
        return SAY(words, phrase, **values)

    monkeypatch.setattr(Wording, "say", say)
    embedded(house.site.offers["weekly"])
    _everywhere(house, visitor)
    assert len(said) >= 62
    missing = {tag: [phrase for phrase in said if phrase not in wording(tag).phrases] for tag in LANGUAGES}
    assert missing == {tag: [] for tag in LANGUAGES}


def _everywhere(house: House, visitor: Visitor) -> None:
    """Every page, and every letter."""
    folder = house.site.output / "newsletters/weekly"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("All issues")
    (house.site.output / "feeds").mkdir()
    (house.site.output / "feeds/index.html").write_text("Feeds")
    one, two = house.subscribe("a@example.org"), house.subscribe("p@example.org", "pending")
    subscribe, door = "/newsletters/weekly/subscribe", "/unsubscribe"
    for page in (subscribe, door):
        stamp = visitor.get(page).field("time")
        house.clock.now += 5
        visitor.post(page, {"email": "x", "time": stamp})
        visitor.post(page, {"email": "x"})
        for name in ("a", "p", "new"):
            visitor.post(page, {"email": f"{name}@example.org", "time": stamp})
    leave = f"/newsletters/weekly/unsubscribe/{house.token('unsubscribe', one)}"
    choose = f"/newsletters/weekly/choose/{house.token('choose', one)}"
    confirm = f"/newsletters/weekly/confirm/{house.token('confirm', two)}"
    for path in ("/", "/nothing", leave, choose, f"{choose}/erase", confirm):
        visitor.get(path)
    assert visitor.ask("POST", choose, b"{}", Content_Type="application/json").status == 415
    for path in (confirm, choose, f"{choose}/data"):
        assert visitor.post(path, {}).status in (200, 202)
    house.clerk.work()
    assert len(house.letters()) == 4
    for path in (leave, f"{choose}/erase", choose):
        visitor.post(path, {})
    house.clock.now += 8 * DAY
    assert visitor.get(confirm).status == 410
