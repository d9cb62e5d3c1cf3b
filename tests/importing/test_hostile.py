"""Exports written to do harm: one line for each, nothing outside the folder, and no traceback."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.config import PublicationSettings
from feeds.errors import FeedsError
from feeds.importing import Imported, Wish, bring_in, bundle
from tests.importing.conftest import Import
from tests.importing.samples import ghost, ghost_post, item, substack, wordpress, zipped

PUBLICATION = PublicationSettings(title="Example news", url="https://example.org/")
LAUGHS = "<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>"
EXTERNAL = "<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"


def tried(content: bytes, name: str = "export") -> Imported | None:
    """What becomes of some bytes: an import, or a refusal. All that is written lies in the content folder."""
    with tempfile.TemporaryDirectory() as top:
        root, file = Path(top, "project"), Path(top, name)
        root.mkdir()
        file.write_bytes(content)
        try:
            return bring_in(
                str(file),
                root,
                PUBLICATION,
                Wish(home=PUBLICATION.url),
                progress=lambda done, total: None,
            )
        except FeedsError as refusal:
            assert refusal.faults
            return None
        finally:
            written = {path for path in Path(top).rglob("*") if path.is_file()} - {file}
            assert all(path.is_relative_to(root / "content") or path.name == "feeds.lock" for path in written)


@pytest.mark.parametrize("doctype", [LAUGHS, EXTERNAL])
def test_F12_entities_are_refused_at_their_line(bring: Import, doctype: str) -> None:
    head, _, rest = wordpress(item(content_encoded="]]>&a;<![CDATA[")).partition("<rss")
    bring(head + doctype + "\n<rss" + rest)
    assert bring.status == 1
    assert bring.files == []
    assert "export.xml:3: declares entities of its own" in bring.said


def test_F12_what_is_nested_without_end_is_refused(bring: Import) -> None:
    bring(wordpress("<a>" * 5000))
    assert bring.status == 1
    assert "is nested more than 100 levels deep" in bring.said


def test_C04_json_that_is_nested_without_end_is_refused(bring: Import) -> None:
    bring("[" * 100_000, "export.json")
    assert bring.status == 1
    assert "export.json: is no JSON that can be read: is nested too deeply" in bring.said


def test_C16_a_number_of_thousands_of_digits_is_named_without_python_s_words(bring: Import) -> None:
    bring(f'{{"db": {"9" * 5000}}}', "export.json")
    assert "export.json: is no JSON that can be read: has a number of thousands of digits" in bring.said


@pytest.mark.parametrize(
    "name", ["../../evil.html", "/etc/evil", "posts/../../../x.html", "posts\\..\\x.html"]
)
def test_C22_names_in_a_zip_lead_nowhere(bring: Import, name: str) -> None:
    bring(zipped({**substack(), name: "<p>evil</p>"}), "export.zip")
    assert len(bring.files) == 4
    assert all("evil" not in bring.fields(path)["body"] for path in bring.files)


def test_F12_a_zip_that_swells_is_refused(bring: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "LARGEST", 100_000)
    bring(zipped({**substack(), "posts/101.dish.html": "x" * 1_000_000}), "export.zip")
    assert bring.status == 1
    assert "larger than 100,000 bytes" in bring.said
    monkeypatch.setattr(bundle, "LARGEST", 10_000_000)
    monkeypatch.setattr(bundle, "TOTAL", 500_000)
    bring(zipped({**substack(), "posts/101.dish.html": "x" * 1_000_000}), "export.zip")
    assert "holds more than 500,000 bytes" in bring.said


def test_F12_too_many_files_are_refused(bring: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "FILES", 3)
    bring(zipped(substack()), "export.zip")
    assert bring.status == 1
    assert "holds more than 3 files" in bring.said


def test_C26_pipes_and_links_are_not_read(bring: Import) -> None:
    pipe = bring.project.root.parent / "pipe.xml"
    os.mkfifo(pipe)
    assert bring.run(str(pipe)).status == 1
    folder = bring.project.root.parent / "unpacked"
    (folder / "posts").mkdir(parents=True)
    (folder / "posts.csv").write_text(substack()["posts.csv"], "utf-8")
    (folder / "posts/101.dish.html").symlink_to("/etc/passwd")
    bring.run(str(folder))
    assert "root:" not in bring.fields("2024/2024-05-03-dish.md")["body"]


def test_C09_C10_C11_odd_characters_do_not_come_along(bring: Import) -> None:
    title = "A\u0000\u000b\ufffe\u202e title"
    bring(ghost(ghost_post(title=title, html=f"<p>{title}\ud800</p>")), "ghost.json")
    assert bring.status == 0
    assert bring.fields()["title"] == "A title"
    assert bring.fields()["body"] == "<p>A\u202e title?</p>\n"
    bring.builds()


def test_C16_a_text_too_long_is_named_and_left_out(bring: Import) -> None:
    bring(wordpress(item(content_encoded="word " * 400_000)))
    assert bring.status == 1
    assert bring.files == []
    assert "an article may have 1,000,000" in bring.said


def test_C24_names_that_some_system_takes_for_one_are_kept_apart(bring: Import) -> None:
    slugs = ["É", "E\u0301", "a", "A"]
    bring(ghost(*(ghost_post(id=str(n), slug=slug) for n, slug in enumerate(slugs))), "ghost.json")
    assert bring.status == 0
    assert len({path.casefold() for path in bring.files}) == 4
    bring.builds()


def test_a_control_character_forges_no_line(bring: Import) -> None:
    bring(wordpress(item(title="=?x?q?a?=\x1b[2J\nexport.xml:1: forged", wp_post_type="post")))
    assert "\x1b" not in bring.said
    assert not any(line.startswith("export.xml:1: forged") for line in bring.said.splitlines())


def test_what_is_no_export_is_said_in_a_line(bring: Import) -> None:
    for content, name in (
        (b"", "e"),
        (b"PK\x03\x04junk", "e.zip"),
        (b"\x1f\x8b\x08\x00", "e.gz"),
        (b"7", "e.json"),
    ):
        bring(content, name)
        assert bring.status == 1
        assert len(bring.said.splitlines()) == 1
    assert bring.run("no-such-file").status == 1
    assert bring.run("a\0b").status == 1


def test_a_site_in_another_dialect_is_not_written_to(bring: Import) -> None:
    settings = (bring.project.root / "feeds.toml").read_text("utf-8")
    bring.project.write("feeds.toml", settings.replace("[feed.news]", 'dialect = "hugo"\n[feed.news]'))
    bring(wordpress(item()))
    assert bring.status == 1
    assert "import into a project of its own" in bring.said


QUIET = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
STARTS = [
    b"",
    b"PK\x03\x04",
    b"<rss xmlns:wp='http://wordpress.org/export/1.2/'>",
    b"{",
    b"<opml>",
    b"<feed>",
]


@QUIET
@given(st.sampled_from(STARTS), st.binary(max_size=200))
def test_F12_any_bytes_are_an_import_or_a_refusal(start: bytes, content: bytes) -> None:
    tried(start + content)


ODD: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = "id title slug html status type visibility published_at updated_at feature_image custom_excerpt page"


@QUIET
@given(
    st.lists(st.dictionaries(st.sampled_from(NAMES.split()), ODD), min_size=1, max_size=3),
    st.dictionaries(st.sampled_from("tags users posts_tags posts_authors posts_meta".split()), ODD),
)
def test_any_shape_of_ghosts_tables(posts: list[dict[str, object]], tables: dict[str, object]) -> None:
    tried(ghost(*posts, **tables).encode("utf-8", "surrogatepass"))


@QUIET
@given(ODD)
def test_any_json(document: object) -> None:
    tried(json.dumps(document).encode())
    tried(json.dumps({"db": [{"data": {"posts": document}}]}).encode())
    tried(
        json.dumps({"results": [{"subject": document, "body": document, "publish_date": document}]}).encode()
    )


FIELDS = "title link guid dc_creator content_encoded excerpt_encoded wp_post_date_gmt wp_post_name wp_status"


@QUIET
@given(st.lists(st.dictionaries(st.sampled_from(FIELDS.split()), st.text(max_size=30)), max_size=4))
def test_any_fields_of_wordpress(items: list[dict[str, str]]) -> None:
    document = wordpress(*(item(**fields) for fields in items))
    tried(document.encode("utf-8", "surrogatepass"))


@QUIET
@given(st.text(max_size=80), st.text(alphabet="[]/ab=\"' <>pre-!\n", max_size=80))
def test_any_text_of_a_post(one: str, other: str) -> None:
    tried(wordpress(item(content_encoded=one + other, title=other)).encode("utf-8", "surrogatepass"))


@QUIET
@given(st.binary(max_size=60), st.text(max_size=60))
def test_any_rows_and_files_of_a_zip(content: bytes, rows: str) -> None:
    made = zipped({**substack(), "posts.csv": substack()["posts.csv"] + rows, "posts/101.dish.html": content})
    tried(made)
    cut = bytearray(made)
    if content:
        cut[len(content) * 7 % len(cut)] ^= 0xFF
    tried(bytes(cut))
