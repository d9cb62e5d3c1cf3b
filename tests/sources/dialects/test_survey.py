"""A site looked at: what is said of it, and a feeds.toml with which a build works at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.errors import OutputError, SettingsError
from feeds.publication import load
from feeds.sources import survey
from feeds.sources.described import UNKNOWN_URL
from tests.conftest import NOW
from tests.sources.dialects.sites import HUGO, SAMPLES

ALL = sorted(SAMPLES)


def laid(root: Path, files: dict[str, str]) -> Path:
    """A site in a folder."""
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return root


@pytest.mark.parametrize("dialect", ALL)
def test_a_site_is_recognised_and_two_commands_make_its_feeds(tmp_path: Path, dialect: str) -> None:
    site = laid(tmp_path / "site", SAMPLES[dialect].files)
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    found = survey.survey(site)
    assert found.dialect == dialect
    target = survey.start(found, tmp_path / "news")
    assert target == tmp_path / "news/feeds.toml"
    publication = load(tmp_path / "news")
    assert publication.settings.publication.dialect == dialect
    assert publication.settings.publication.content == "../site"
    assert len(publication.build(NOW).library.articles) == 2
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("dialect", [one for one in ALL if one not in ("pelican", "astro")])
def test_what_a_site_says_of_itself_is_taken_over(tmp_path: Path, dialect: str) -> None:
    found = survey.survey(laid(tmp_path / "site", SAMPLES[dialect].files))
    assert (found.described.title, found.described.url) == ("Harbour notes", "https://example.org/")
    assert found.assumed == ()


def test_what_was_found_is_said(tmp_path: Path) -> None:
    site = laid(tmp_path / "site", {**HUGO.files, "content/posts/later.md": "---\ntitle: Later\n---\n"})
    said = list(survey.sentences(survey.survey(site)))
    assert said == [
        f"{site} is a Hugo site, “Harbour notes”, with 2 posts.",
        "They are of 2026-02-03 to 2026-03-04, in en.",
        "The newest stands at https://example.org/2026/03/crane-down/",
        f"{site}: warning: 1 file has no date; left out",
    ]


def test_a_site_that_does_not_say_where_it_stands_is_asked_for_it(tmp_path: Path) -> None:
    site = laid(tmp_path / "site", {**SAMPLES["jekyll"].files, "_config.yml": "title: T\n"})
    assert any("correct url" in line for line in survey.sentences(survey.survey(site)))
    site = laid(tmp_path / "site", {"CNAME": "news.example.org\n"})
    assert survey.survey(site).described.url == "https://news.example.org/"


def test_the_sites_own_choice_of_sections_counts_and_the_others_are_named(tmp_path: Path) -> None:
    files = {
        **HUGO.files,
        "hugo.toml": HUGO.files["hugo.toml"].replace(
            "[permalinks]", "[params]\nmainSections = ['posts']\n[permalinks]"
        ),
        "content/talks/one.md": "---\ntitle: A talk\ndate: 2026-01-01\n---\nWords.\n",
    }
    site = laid(tmp_path / "site", files)
    found = survey.survey(site)
    assert found.posts == ("content/posts",)
    assert len(found.articles) == 2
    assert any("leave out content/talks (1)" in line for line in survey.sentences(found))
    survey.start(found, tmp_path / "news")
    assert len(load(tmp_path / "news").build(NOW).library.articles) == 2


def test_each_language_has_a_feed(tmp_path: Path) -> None:
    files = {
        "hugo.toml": 'baseURL = "https://example.org/"\ntitle = "T"\n[languages.en]\n[languages.fr]\n',
        "content/posts/a.md": "---\ntitle: A\ndate: 2026-01-01\n---\nWords.\n",
        "content/posts/a.fr.md": "---\ntitle: A\ndate: 2026-01-01\n---\nMots.\n",
    }
    found = survey.survey(laid(tmp_path / "site", files))
    assert found.languages == ("en", "fr")
    survey.start(found, tmp_path / "news")
    built = load(tmp_path / "news").build(NOW)
    assert sorted(one.translations[0].language for one in built.library.articles) == ["en", "fr"]
    assert (tmp_path / "news/public/news-fr/atom.xml").read_text("utf-8").count("<entry>") == 1


def test_a_feeds_toml_within_the_site_keeps_apart_from_what_the_generator_writes(tmp_path: Path) -> None:
    site = laid(tmp_path / "site", {**HUGO.files, "public/index.html": "theirs"})
    survey.start(survey.survey(site), site)
    load(site).build(NOW)
    assert (site / "feeds-public/news/atom.xml").is_file()
    assert (site / "public/index.html").read_text() == "theirs"
    assert len(load(site).build(NOW).library.articles) == 2


def test_the_site_may_lie_in_the_only_folder_that_holds_one(tmp_path: Path) -> None:
    laid(tmp_path / "repository/website", SAMPLES["docusaurus"].files)
    (tmp_path / "repository/node_modules").mkdir()
    assert survey.survey(tmp_path / "repository").site == tmp_path / "repository/website"
    assert survey.survey(tmp_path).site == tmp_path / "repository/website"
    laid(tmp_path / "repository/other", SAMPLES["hugo"].files)
    with pytest.raises(SettingsError, match="holds several sites; name one of"):
        survey.survey(tmp_path / "repository")


def test_a_folder_without_a_site_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is no site of a generator known here: Astro, Docusaurus"):
        survey.survey(tmp_path)
    with pytest.raises(SettingsError, match="is no folder; name that of your site"):
        survey.survey(tmp_path / "nothing")


def test_an_address_is_no_folder_and_what_to_do_is_said() -> None:
    with pytest.raises(SettingsError, match=r"and feeds import https://example.org/ -C DIR"):
        survey.located("https://example.org/")
    assert survey.located("site") == Path("site")


def test_many_posts_with_one_fault_are_left_out_in_one_line_and_the_build_goes_on(tmp_path: Path) -> None:
    bad = {f"content/posts/{number}.md": f"---\ntitle: T\ndate: soon {number}\n---\n" for number in range(5)}
    site = laid(tmp_path / "site", {**HUGO.files, **bad})
    found = survey.survey(site)
    [said] = [line for line in survey.sentences(found) if "soon" in line]
    assert said == (
        f"{site}/content/posts: date: warning: 5 times: “soon 0” is no date; "
        "write 2026-11-19 or 2026-11-19T09:30; left out (in 0.md:3, 1.md:3, 2.md:3 …)"
    )
    survey.start(found, tmp_path / "news")
    assert len(load(tmp_path / "news").build(NOW).library.articles) == 2


def test_what_is_told_of_the_whole_site_is_told_line_by_line(tmp_path: Path) -> None:
    body = "".join(f"{{{{< odd{number} >}}}}\n" for number in range(5))
    text = f"---\ntitle: T\ndate: 2026-01-01\n---\n{body}"
    found = survey.survey(laid(tmp_path / "site", {**HUGO.files, "content/posts/odd.md": text}))
    said = [line for line in survey.sentences(found) if "shortcode" in line]
    assert len(said) == 5


def test_a_site_of_somebodys_own_machine_has_no_address_yet(tmp_path: Path) -> None:
    config = HUGO.files["hugo.toml"].replace("https://example.org/", "http://localhost:1313/")
    found = survey.survey(laid(tmp_path / "site", {**HUGO.files, "hugo.toml": config}))
    assert found.described.url == UNKNOWN_URL
    assert any("correct url" in line for line in found.assumed)


def test_signs_of_html_in_what_a_site_says_of_itself_are_read(tmp_path: Path) -> None:
    config = "url: https://example.org\ntitle: Tom &amp; <b>Ida</b>\ndescription: It&rsquo;s\n"
    found = survey.survey(laid(tmp_path / "site", {**SAMPLES["jekyll"].files, "_config.yml": config}))
    assert (found.described.title, found.described.description) == ("Tom & Ida", "It’s")
    survey.start(found, tmp_path / "news")
    assert load(tmp_path / "news").settings.publication.title == "Tom & Ida"


def test_a_feeds_toml_that_is_there_stays(tmp_path: Path) -> None:
    found = survey.survey(laid(tmp_path / "site", HUGO.files))
    survey.start(found, tmp_path / "news")
    with pytest.raises(OutputError, match="is there already"):
        survey.start(found, tmp_path / "news")


def test_titles_that_toml_would_misread_are_quoted(tmp_path: Path) -> None:
    title = 'He said "no" \\ and\ttabs'
    site = laid(
        tmp_path / "site",
        {**SAMPLES["jekyll"].files, "_config.yml": f"title: '{title}'\nurl: https://e.org\n"},
    )
    survey.start(survey.survey(site), tmp_path / "news")
    assert load(tmp_path / "news").settings.publication.title == 'He said "no" \\ and tabs'
