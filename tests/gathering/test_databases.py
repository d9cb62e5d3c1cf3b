"""The rows of a SELECT as articles: SQLite and PostgreSQL, read and never written, each row by the gate."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import psycopg
import pytest

from feeds.gathering import rows
from feeds.gathering._sqlalchemy import rows as selected
from feeds.identity import lockfile
from tests.delivery import servers
from tests.gathering.conftest import Sources

TABLE = """\
CREATE TABLE posts (id, title, published, body, url, tags, author, draft, updated, summary, image);
INSERT INTO posts VALUES
  (1, 'First', '2026-10-01 09:30:00', 'With **stars**.', '/blog/first', 'a, b', 'Ada Byron', 0,
   NULL, NULL, NULL),
  ('tag:shop.example.org,2026:2', 'Second', '2026-10-02T09:30:00Z', '', 'https://shop.example.org/2',
   '["c"]', '[{"name": "Bo", "url": "https://bo.example.org/"}]', 0, '2026-10-03', 'A teaser.',
   'https://shop.example.org/2.jpg'),
  (3, 'Third', '2026-10-03', NULL, 'blog/third', NULL, NULL, 1, NULL, NULL, NULL);
"""


@pytest.fixture
def shop(sources: Sources) -> Sources:
    """A project with a database of three articles, one of them a draft."""
    execute(sources, TABLE)
    return asking(sources, "SELECT * FROM posts")


def execute(sources: Sources, script: str) -> None:
    """Change the database."""
    with closing(sqlite3.connect(sources.project.root / "shop.db")) as connection:
        connection.executescript(script)


def asking(sources: Sources, query: str, url: str = 'url = "sqlite:///shop.db"') -> Sources:
    """Ask this of the database."""
    return sources.settings(f"[source.shop]\n{url}\nquery = '''{query}'''\n")


def test_columns_are_fields(shop: Sources) -> None:
    [made] = shop.fetch()
    assert (made.kept, made.new, made.faults) == (3, 3, ())
    third, second, first = shop.project.collect().library.articles
    assert (first.title, first.tags, first.url) == ("First", ("a", "b"), "https://example.org/blog/first")
    assert (first.authors[0].name, first.html.strip()) == ("Ada Byron", "<p>With <strong>stars</strong>.</p>")
    assert first.id == "tag:example.org,2026-10-01:/blog/first"
    assert (second.id, second.teaser) == ("tag:shop.example.org,2026:2", "A teaser.")
    assert second.image
    assert second.image.src == "https://shop.example.org/2.jpg"
    assert second.authors[0].url == "https://bo.example.org/"
    assert (third.draft, third.url) == (True, "https://example.org/blog/third")
    shop.build()
    assert [one.new for one in shop.fetch()] == [0]


def test_a_row_keeps_its_id_when_its_address_and_day_are_others(shop: Sources) -> None:
    shop.fetch()
    shop.build()
    execute(shop, "UPDATE posts SET url = '/other', published = '2026-10-05' WHERE title = 'First'")
    shop.fetch()
    shop.build()
    assert lockfile.read(shop.project.root / "feeds.lock").keys() == {
        "tag:example.org,2026-10-01:/blog/first",
        "tag:shop.example.org,2026:2",
    }


def test_html_is_made_safe_and_relative_to_its_page(shop: Sources) -> None:
    text = '<p>A <a href="x">b</a></p>\n\n<script>c</script>\n\n    <p onclick="e">d</p>'
    execute(shop, f"UPDATE posts SET body = '{text}'")
    asking(shop, "SELECT id, title, published, url, body AS html FROM posts WHERE title = 'First'").fetch()
    [article] = shop.project.collect().library.articles
    assert article.html.split() == '<p>A <a href="https://example.org/blog/x">b</a></p> <p>d</p>'.split()


def test_C27_C28_markdown_is_made_safe(shop: Sources) -> None:
    execute(shop, "UPDATE posts SET body = 'A <script>b</script> [c](javascript:1) [d](more)' WHERE id = 1")
    shop.fetch()
    html = shop.project.collect().library.articles[-1].html
    assert "script" not in html
    assert '<a href="https://example.org/blog/more">d</a>' in html


def test_C17_C20_every_fault_of_every_row_at_once_and_nothing_lost(shop: Sources) -> None:
    shop.fetch()
    before = shop.kept("shop")
    execute(
        shop,
        "UPDATE posts SET title = NULL WHERE id = 1;"
        "UPDATE posts SET published = '2026-02-30', url = 'javascript:alert(1)' WHERE title = 'Second';"
        "UPDATE posts SET draft = 2, author = x'00ff' WHERE title = 'Third';",
    )
    assert shop.said() == [
        "source shop, row 1: title: is missing",
        "source shop, row 2: published: “2026-02-30” is no date: day is out of range for month",
        "source shop, row 2: url: “javascript:alert(1)” is no web address; write it whole, from https:// on",
        "source shop, row 3: author: is binary; select it as text",
    ]
    assert shop.kept("shop") == before
    execute(shop, "UPDATE posts SET author = NULL WHERE title = 'Third'")
    assert shop.said()[-1] == "source shop, row 3: draft: must be true or false"
    execute(shop, "UPDATE posts SET draft = 0 WHERE title = 'Third'")
    assert len(shop.said(keep_going=True)) == 3
    assert shop.titles() == ["Third"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("'https://[::'", "“https://[::” is no web address"),
        ("NULL", "is missing; it says where the article stands"),
    ],
)
def test_C17_an_address_that_is_none_is_one_fault(shop: Sources, url: str, expected: str) -> None:
    query = f"SELECT title, published, {url} AS url, '<a href=b>c</a>' AS html FROM posts LIMIT 1"
    assert asking(shop, query).said() == [f"source shop, row 1: url: {expected}"]


def test_C17_columns_that_are_no_fields_are_said_once(shop: Sources) -> None:
    assert asking(shop, "SELECT title AS titel, title, title, published FROM posts").said() == [
        "source shop: column titel: is unknown; did you mean “title”?",
        "source shop: column title: is there twice; name it once, with AS",
        "source shop: column url: is missing; select it, if need be with AS",
    ]
    assert asking(shop, "SELECT title, published, url, body, body AS html FROM posts LIMIT 1").said() == [
        "source shop, row 1: html: is a second body; select one"
    ]


def test_C19_a_time_without_a_zone_is_the_publications(shop: Sources) -> None:
    text = (shop.project.root / "feeds.toml").read_text()
    shop.project.write(
        "feeds.toml", text.replace("[feed.news]", 'timezone = "Europe/Luxembourg"\n[feed.news]')
    )
    shop.fetch()
    first = shop.project.collect().library.articles[-1]
    assert first.published.isoformat() == "2026-10-01T07:30:00+00:00"


def test_C32_two_rows_with_one_id_or_address(shop: Sources) -> None:
    execute(
        shop, "INSERT INTO posts (id, title, published, url) VALUES (1, 'x', '2026-10-01', '/blog/first')"
    )
    assert shop.said() == [
        "source shop, row 4: id: is that of row 1, too; change one of them",
        "source shop, row 4: url: is that of row 1, too; change one of them",
    ]


def test_C24_addresses_that_some_system_takes_for_one(shop: Sources) -> None:
    execute(shop, "UPDATE posts SET url = '/É' WHERE id = 1; UPDATE posts SET url = '/e\u0301' WHERE id = 3")
    assert shop.said() == ["source shop, row 3: url: is that of row 1, too; change one of them"]


def test_C32_a_row_at_the_address_of_a_file_is_named(shop: Sources) -> None:
    shop.project.article(head="url: https://example.org/blog/first")
    shop.fetch()
    assert shop.project.faults() == [
        "fetched/shop.jsonl#1: warning: has the id or the address of content/a.md; left out"
    ]
    shop.build()


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("'a' || char(0) || 'b'", "title: has the character U+0000"),  # C09
        ("'a' || char(11) || 'b'", "title: has the character U+000B"),  # C10
        ("'a' || char(8238) || 'b'", "title: has the direction control U+202E"),  # C11
        ("'a <br> b'", "title: has the markup <br> in it"),
        ("'=?utf-8?q?Hi=0D=0ABcc:x?='", "title: has =?…? in it"),  # E02
    ],
)
def test_C09_C10_C11_E02_odd_characters_are_named(shop: Sources, value: str, problem: str) -> None:
    execute(shop, f"UPDATE posts SET title = {value} WHERE id = 1")
    [said] = shop.said()
    assert said.startswith(f"source shop, row 1: {problem}")


def test_C04_C16_C30_what_is_too_deep_or_too_long(shop: Sources) -> None:
    execute(shop, "UPDATE posts SET tags = replace(printf('%.100000c', 'x'), 'x', '[') WHERE id = 1")
    assert shop.said() == ["source shop, row 1: tags: is no JSON, though it begins as such"]
    execute(shop, "UPDATE posts SET tags = NULL, body = printf('%.1100000c', 'x') WHERE id = 1")
    [said] = shop.said()
    assert said.startswith("source shop, row 1: is 1,100,")
    execute(shop, "UPDATE posts SET body = replace(printf('%.20000c', 'x'), 'x', '<div>') WHERE id = 1")
    [said] = shop.said()
    assert said.startswith("source shop, row 1: body: ")
    for name in ("html", "markdown"):  # called as the query calls it
        asking(shop, f"SELECT title, published, url, body AS {name} FROM posts WHERE id = 1")
        [said] = shop.said()
        assert said.startswith(f"source shop, row 1: {name}: ")


def test_C34_only_so_many_rows_and_faults(shop: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST", 2)
    assert shop.said() == ["source shop: gives more than 2 rows; let the query end with LIMIT 2"]
    monkeypatch.setattr(rows, "MOST", 100)
    monkeypatch.setattr(rows, "_TOLD", 2)
    execute(shop, "UPDATE posts SET title = NULL")
    assert len(shop.said()) == 2


@pytest.mark.parametrize(
    "query",
    [
        "WITH x AS (SELECT 1) DELETE FROM posts",
        "SELECT 1; DELETE FROM posts",
        "WITH x AS (SELECT 1) INSERT INTO posts (title) SELECT 'x'",
        "SELECT load_extension('evil')",
        "SELECT title FROM nowhere",
        "SELECT",
    ],
)
def test_a_database_is_only_read(shop: Sources, query: str) -> None:
    file = shop.project.root / "shop.db"
    before = file.read_bytes()
    query = query.replace("'", '"') if "load" in query else query
    [said] = asking(shop, query).said()
    assert said.startswith("source shop: cannot be read: ")
    assert file.read_bytes() == before


def test_a_statement_that_never_ends_does(shop: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.gathering._sqlalchemy.SECONDS", 0)
    query = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS title FROM n"
    assert asking(shop, query).said() == ["source shop: cannot be read: interrupted"]


def test_a_database_that_is_not_there_is_not_made(sources: Sources) -> None:
    assert asking(sources, "SELECT * FROM posts").said() == ["source shop: there is no database shop.db"]
    assert not (sources.project.root / "shop.db").exists()
    sources.project.write("shop.db", "no database at all" * 100)
    assert sources.said() == ["source shop: cannot be read: file is not a database"]
    asking(sources, "SELECT 1", url="")
    assert sources.said() == ["feeds.toml: source.shop.url: is missing; write it, or set FEEDS_SOURCE_SHOP"]
    sources.environment["FEEDS_SOURCE_SHOP"] = "mysql://u:secret@h/d"
    [said] = sources.said()
    assert said.endswith("write sqlite:///FILE or postgresql://user@host/database")
    assert "secret" not in said


def test_a_database_that_is_away_keeps_what_it_had(shop: Sources) -> None:
    shop.fetch()
    (shop.project.root / "shop.db").rename(shop.project.root / "away.db")
    [made] = shop.fetch()
    assert (made.kept, [str(fault) for fault in made.faults]) == (
        3,
        ["source shop: warning: there is no database shop.db; what was fetched before stays"],
    )
    assert shop.titles() == ["Third", "Second", "First"]


def test_C34_rows_are_streamed(shop: Sources) -> None:
    query = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    with selected("sqlite:///shop.db", query, shop.project.root, "shop") as (names, found):
        assert names == ["i"]
        assert [next(found)[0] for _ in range(1000)][-1] == 1000  # of rows without end


def test_postgresql(sources: Sources, server: str) -> None:
    address = servers.fresh(server, "articles")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE posts AS SELECT gen_random_uuid() AS id, 'Post ' || n AS title, "
            "timestamptz '2026-10-01 10:00+02' + n * interval '1 minute' AS published, '/p/' || n AS url, "
            "ARRAY['a', 'it''s 10:30 % of b'] AS tags, jsonb_build_object('name', 'Ada') AS author "
            "FROM generate_series(1, 250) AS n"
        )
    sources.environment["FEEDS_SOURCE_SHOP"] = address
    asking(sources, "SELECT *, '100 % :sure' AS body FROM posts ORDER BY title", url="")
    [made] = sources.fetch()
    assert (made.faults, made.kept) == ((), 250)
    newest = sources.project.collect().library.articles[0]
    assert (newest.title, newest.tags) == ("Post 250", ("a", "it's 10:30 % of b"))
    assert (newest.markdown, newest.authors[0].name) == ("100 % :sure", "Ada")
    assert newest.id.startswith("urn:uuid:")
    assert newest.published.isoformat() == "2026-10-01T12:10:00+00:00"


def test_postgresql_is_only_read_and_its_errors_are_one_line(sources: Sources, server: str) -> None:
    address = servers.fresh(server, "reading")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE posts (title text)")
    sources.environment["FEEDS_SOURCE_SHOP"] = address
    for query, problem in (
        ("WITH gone AS (DELETE FROM posts RETURNING title) SELECT title FROM gone", "DECLARE CURSOR"),
        ("SELECT set_config('transaction_read_only', 'off', false), lo_creat(0)", "read"),
        ("SELECT titel FROM posts", 'column "titel" does not exist'),
        ("SELECT 1; SELECT 2", "multiple commands"),
    ):
        [said] = asking(sources, query, url="").said()
        assert said.startswith("source shop: cannot be read: ")
        assert problem in said
    sources.environment["FEEDS_SOURCE_SHOP"] = "postgresql://reader:secret@127.0.0.1:1/nowhere"
    [said] = sources.said()
    assert said.startswith("source shop: cannot be read: connection")
    assert "secret" not in said
