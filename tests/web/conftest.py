"""The preview of a small project, running."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feeds.web.preview import serving
from tests.conftest import NOW, Project

SETTINGS = """\
[publication]
title = "Example news"
url = "https://example.org/"

[feed.news]

[newsletter.weekly]
sender = { name = "Example news", email = "news@example.org" }
languages = ["en", "ar"]
"""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture
def newsroom(project: Project) -> Project:
    """Two articles, one of them Arabic, and a picture."""
    project.write("feeds.toml", SETTINGS)
    project.write("content/images/dot.png", PIXEL)
    project.article("a.md", "image: {src: images/dot.png, alt: A dot}", "The first text.\n")
    project.article("ar.md", "title: أخبار الفضاء\nlanguage: ar", "النص الأول.\n")
    return project


@pytest.fixture
def address(newsroom: Project) -> Iterator[str]:
    """Where the preview of the newsroom is served."""
    with serving(newsroom.root, NOW) as address:
        yield address
