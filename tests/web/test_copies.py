"""The copies that frames show: the scheme is set, pictures are ours, and nothing foreign is left."""

from __future__ import annotations

import pytest

from feeds.web.preview.copies import Files, Scheme, shown, strangers

FILES = Files("https://example.org/", "/t/files/", {"images/a b.png": (1, 255, 255, 1)})
HTML = (
    "<html><head><style>@media (prefers-color-scheme:dark){p{color:red}}</style></head><body>"
    '<img src="https://example.org/images/a%20b.png" alt="A"><img src="https://tracker.example/x.gif" alt="">'
    "<td background='https://tracker.example/y.png' style=\"background:url(&quot;https://t.example/z&quot;)\">"
    '<img srcset="https://tracker.example/2.png 2x" src="https://example.org/../secret.png"></body></html>'
)


@pytest.mark.parametrize("scheme", ["light", "dark", "inverted"])
def test_nothing_foreign_is_left(scheme: Scheme) -> None:
    made = shown(HTML, scheme, FILES)
    assert "/t/files/images/a%20b.png?at=ff" in made
    assert "tracker" not in made
    assert "t.example" not in made
    assert "secret" not in made


def test_the_scheme_is_answered() -> None:
    assert "@media (min-width:0){p" in shown(HTML, "dark", FILES)
    assert "@media (max-width:0){p" in shown(HTML, "light", FILES)
    assert "@media (max-width:0){p" in shown(HTML, "inverted", FILES)


def test_without_pictures() -> None:
    assert "src=" not in shown(HTML, "light", FILES, pictures=False)


def test_strangers_are_named() -> None:
    assert strangers(HTML, FILES) == (
        "https://tracker.example/x.gif",
        "https://tracker.example/y.png",
        "https://example.org/../secret.png",
    )
