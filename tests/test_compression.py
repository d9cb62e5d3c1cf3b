"""Compressed copies: which files get one, that it says the same, and that it is always the same."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import sys
import zlib

import pytest

from feeds.compression import compressed
from feeds.errors import SettingsError
from feeds.publishing import Document

TEXT = "".join(f"<entry>{number} größer &amp; kleiner</entry>\n" for number in range(200)).encode()
ATOM = Document("news/atom.xml", TEXT, "application/atom+xml")


def test_gzip_beside_the_file() -> None:
    (copy,) = compressed(ATOM, ["gzip"])
    assert (copy.path, copy.media_type) == ("news/atom.xml.gz", "application/gzip")
    assert gzip.decompress(copy.content) == TEXT
    assert len(copy.content) < len(TEXT) / 5


def test_gzip_names_no_time_no_system_and_no_file() -> None:
    (copy,) = compressed(ATOM, ["gzip"])
    assert copy.content[:10] == b"\x1f\x8b\x08\x00" + b"\0\0\0\0" + b"\x02\xff"


@pytest.mark.skipif("ng" in zlib.ZLIB_RUNTIME_VERSION, reason="zlib-ng compresses in another way")
def test_gzip_is_the_same_on_every_python() -> None:
    (copy,) = compressed(ATOM, ["gzip"])
    assert hashlib.sha256(copy.content).hexdigest()[:16] == "23a0031f8fa9d9e9"


def test_brotli_beside_the_file() -> None:
    brotli = pytest.importorskip("brotli")
    (copy,) = compressed(ATOM, ["brotli"])
    assert copy.path == "news/atom.xml.br"
    assert brotli.decompress(copy.content) == TEXT
    assert len(copy.content) < len(compressed(ATOM, ["gzip"])[0].content)


def test_a_method_named_twice_is_meant_once() -> None:
    assert len(compressed(ATOM, ["gzip", "gzip"])) == 1


def test_without_brotli_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    with pytest.raises(SettingsError) as refusal:
        compressed(ATOM, ["brotli"])
    assert str(refusal.value) == (
        "feeds.toml: publication.compress: brotli needs a package that is not there; "
        "run pip install 'feeds[brotli]'"
    )


def test_brotli_is_asked_for_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    importlib.reload(sys.modules["feeds.compression"])
    assert len(compressed(ATOM, ["gzip"])) == 1


@pytest.mark.parametrize(
    "media_type",
    [
        "application/atom+xml",
        "application/rss+xml",
        "application/feed+json",
        "application/json",
        "application/xml",
        "text/html",
        "text/css; charset=utf-8",
        "text/x-opml",
        "image/svg+xml",
    ],
)
def test_texts_are_compressed(media_type: str) -> None:
    assert len(compressed(Document("a", TEXT, media_type), ["gzip"])) == 1


@pytest.mark.parametrize(
    "media_type", ["image/jpeg", "audio/mpeg", "application/gzip", "application/pdf", "message/rfc822"]
)
def test_what_is_no_text_is_not(media_type: str) -> None:
    assert compressed(Document("a", TEXT, media_type), ["gzip"]) == ()


def test_small_files_are_not() -> None:
    assert compressed(Document("a.xml", b"x" * 1024, "text/xml"), ["gzip"]) == ()
    assert len(compressed(Document("a.xml", b"x" * 1025, "text/xml"), ["gzip"])) == 1


def test_nothing_is_compressed_unasked() -> None:
    assert compressed(ATOM, ()) == ()
