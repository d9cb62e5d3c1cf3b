"""Whatever stands in a head, the reader gives an article, a fault or a reason: never a traceback."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.config import PublicationSettings
from feeds.errors import Fault
from feeds.sources import dialects
from feeds.sources.accepted import Accepted, accept
from feeds.sources.base import Aside, Raw
from feeds.sources.dialects.base import Site
from tests.sources.dialects.sites import SAMPLES, around, project

KEYS = (
    "title date lastmod updated last_modified_at modified publishDate expiryDate authors author tags "
    "categories category description summary excerpt image images cover header thumbnail heroImage "
    "slug url permalink path lang language draft published status weight taxonomies extra params "
    "build headless layout pagination translationKey last_update unlisted save_as pubDate "
    "updatedDate pubDatetime postSlug menu "
).split()
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["", " ", "a", "a, b", "A B and C D", "2026-01-02", "2026-01-02 03:04:05 +0100", "/a/:title/"]
    ),
    st.sampled_from(
        ["{{ title | slug }}/", "../x", "https://e.org/x", "[A](https://e.org)", "<b>x</b>", "x.png"]
    ),
    st.sampled_from(
        ["9999999999-01-01", "0001-01-01", "2026-13-45", ":year:slug", "//x", "\\x", "http://[x", "%"]
    ),
    st.text(max_size=8),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["name", "url", "src", "alt", "date", "tags", "image", "x"]), inner, max_size=3
        ),
    ),
    max_leaves=5,
)
HEADS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8)


@lru_cache(maxsize=16)
def opened(root: Path, dialect: str) -> tuple[PublicationSettings, Site]:
    made = project(root, dialect, SAMPLES[dialect].files)
    publication = made.load().settings.publication
    return publication, dialects.opened(publication, made.root)


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("dialect", sorted(SAMPLES))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=HEADS, body=st.sampled_from(["", "Text.", "# Title\n\nText.", "{{ x }}{% y %}{{< z >}}<Z/>"]))
def test_any_head_is_read(tmp_path: Path, dialect: str, head: dict[str, object], body: str) -> None:
    sample = SAMPLES[dialect]
    publication, site = opened(tmp_path, dialect)
    if dialect == "pelican":
        text = (
            "\n".join(f"{key}: {str(value).splitlines()[:1]}" for key, value in head.items()) + "\n\n" + body
        )
    else:
        lines = (f"{key}: {json.dumps(value)}\n" for key, value in head.items())
        text = f"---\n{''.join(lines)}---\n{body}"
    read = dialects.read(around(site, *sample.files), sample.post, text, "a.md")
    assert isinstance(read, Raw | Fault | Aside)
    if isinstance(read, Raw):
        passed = accept(read, publication)
        assert isinstance(passed, Accepted | list)
        if isinstance(passed, Accepted):
            assert passed.article.title
            assert passed.url.startswith("http")
            assert "\n" not in passed.url
