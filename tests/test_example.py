"""The worked example: it is in order, it always gives the same bytes, and here is what it looks like.

`make golden` writes the golden files anew; they open in a browser, so look at them before committing.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from feeds.publication import load
from feeds.publishing import Document
from feeds.schema import schemas
from tests.conftest import NOW

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
PEAK = (  # the process's own: getrusage's ru_maxrss begins at its parent's peak, which execve(2) hands on
    "from pathlib import Path as Here\n"
    "def peak():\n"
    "    return int(Here('/proc/self/status').read_text().split('VmHWM:')[1].split()[0]) // 1024\n"
)


@pytest.fixture(scope="module")
def documents() -> dict[str, bytes]:
    """What the example's build makes: path to bytes."""
    publication = load(ROOT)
    edition = publication.edition(publication.collect(NOW), NOW)
    return {made.path: made.content for made in publication.documents(edition) if isinstance(made, Document)}


def test_the_example_is_in_order() -> None:
    assert load(ROOT).check(NOW) == ()


def test_the_lock_is_up_to_date() -> None:
    collected = load(ROOT).collect(NOW)
    assert collected.before == collected.settlement.lock


def test_the_example_is_a_newsroom_of_three_languages() -> None:
    articles = load(ROOT).collect(NOW).library.articles
    assert len(articles) >= 30
    assert {article.language for article in articles} == {"en", "fr", "de"}
    assert len({article.published.year for article in articles}) >= 8
    assert any(article.draft for article in articles)
    assert any(article.published > NOW for article in articles)
    assert {Path(article.file).suffix for article in articles} == {".md", ".yaml", ".json", ".toml"}


@pytest.mark.parametrize(
    "name",
    [
        "newsletters/weekly/next.html",
        "newsletters/weekly/next.txt",
        "newsletters/hebdo/next.html",
        "deutsch/atom.xml",
    ],
)
def test_golden(documents: dict[str, bytes], name: str) -> None:
    golden = GOLDEN / name.replace("/", "-")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_bytes(documents[name])
    assert documents[name].decode() == golden.read_text("utf-8")


def test_every_file_is_what_it_was_on_other_machines_and_pythons(documents: dict[str, bytes]) -> None:
    """The sums were made on Python 3.11 and were the same on 3.13, in other zones, years and seeds."""
    sums = "".join(f"{hashlib.sha256(documents[path]).hexdigest()}  {path}\n" for path in sorted(documents))
    if os.environ.get("UPDATE_GOLDEN"):
        (GOLDEN / "sha256sums").write_text(sums)
    assert sums == (GOLDEN / "sha256sums").read_text()


def test_the_schemas_are_up_to_date() -> None:
    for schema in schemas():
        assert (ROOT / schema.path).read_bytes() == schema.content


@pytest.mark.parametrize("newsletter", ["weekly", "hebdo"])
def test_the_message_is_complete(documents: dict[str, bytes], newsletter: str) -> None:
    raw = documents[f"newsletters/{newsletter}/next.eml"]
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    text, html = message.iter_parts()
    assert (
        text.get_content().replace("\r\n", "\n") == documents[f"newsletters/{newsletter}/next.txt"].decode()
    )
    assert html.get_content().replace("\r\n", "\n").rstrip("\n") == (
        documents[f"newsletters/{newsletter}/next.html"].decode().rstrip("\n")
    )
    assert message["List-Unsubscribe"] == "<https://news.example.org/unsubscribe>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert b"\r\nList-Unsubscribe: <https://news.example.org/unsubscribe>\r\n" in raw
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert len(message.get_all("Message-ID", [])) == 1


BUILD = """
import sys, hashlib
from datetime import datetime, UTC
from feeds.publication import load
publication = load(sys.argv[1])
now = datetime(int(sys.argv[2]), 11, 22, tzinfo=UTC)
for made in publication.documents(publication.edition(publication.collect(now), now)):
    print(hashlib.sha256(made.content).hexdigest(), made.path)
"""


@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "1"},
        {"TZ": "America/New_York", "PYTHONHASHSEED": "2", "LC_ALL": "C"},
    ],
)
def test_F04_other_years_zones_and_seeds_give_the_same_bytes(
    documents: dict[str, bytes], environment: dict[str, str]
) -> None:
    """2026 and the end of that year: nothing else of the example becomes due in between."""
    expected = [f"{hashlib.sha256(content).hexdigest()} {path}" for path, content in documents.items()]
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(ROOT), "2026"],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=True,
    )
    assert done.stdout.splitlines() == expected


def test_two_builds_in_different_years_give_the_same_bytes(documents: dict[str, bytes]) -> None:
    """What is not scheduled does not know what year it is: collected in 2046, as of now."""
    publication = load(ROOT)
    collected = publication.collect(NOW.replace(year=2046))
    again = publication.documents(publication.edition(collected, NOW))
    assert {made.path: made.content for made in again if isinstance(made, Document)} == documents


def test_10000_articles_parse_once_and_build_in_bounded_memory(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    for number in range(10_000):
        (content / f"{number}.md").write_text(
            f"---\ntitle: Article {number}\npublished: 20{number % 25:02}-0{number % 9 + 1}-11\n"
            f"tags: [t{number % 20}]\n---\n{'Some text, *nicely* set. ' * 60}\n"
        )
    feeds = "\n".join(f'[feed.t{n}]\nselect = {{ tag = "t{n}" }}' for n in range(20))
    head = '[publication]\ntitle = "T"\nurl = "https://example.org/"\n'
    (tmp_path / "feeds.toml").write_text(f"{head}[feed.all]\n{feeds}\n")
    code = (
        f"{PEAK}from datetime import datetime, UTC; from feeds import markup, publication\n"
        "calls = []; real = markup._render\n"
        "markup._render = lambda text: calls.append(1) or real(text)\n"
        f"made = publication.load({str(tmp_path)!r}).build(datetime(2026, 11, 22, tzinfo=UTC))\n"
        "print(len(made.library.articles), len(calls), peak())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    articles, rendered, megabytes = map(int, done.stdout.split())
    assert articles == 10_000
    assert rendered <= 50 + 20 * 50  # what a feed shows, and each of it once
    assert megabytes < 400


def test_C34_a_picture_of_200_megabytes_is_published_without_being_held(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    (tmp_path / "feeds.toml").write_text(
        '[publication]\ntitle = "T"\nurl = "https://example.org/"\n[feed.all]\n'
    )
    image = "image: {src: big.png, width: 1, height: 1}"
    (content / "a.md").write_text(f"---\ntitle: T\npublished: 2026-01-01\n{image}\n---\nText.\n")
    with (content / "big.png").open("wb") as file:
        file.truncate(200_000_000)
    code = (
        f"{PEAK}from datetime import datetime, UTC; from feeds.publication import load\n"
        f"load({str(tmp_path)!r}).build(datetime(2026, 11, 22, tzinfo=UTC))\n"
        "print(peak())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 180
    assert (tmp_path / "public/big.png").stat().st_size == 200_000_000
