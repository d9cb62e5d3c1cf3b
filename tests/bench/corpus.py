"""A site of any size, by a seed: the same articles for us and for every other generator."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

TAGS = tuple(f"tag-{number:02}" for number in range(20))
_WORDS = (
    "antenna archive atmosphere beacon budget campus carrier centre climate composite contract crew data "
    "debris delay dish docking economy engine factory flight forest frequency fund glass ground harbour "
    "hydrogen inquiry instrument island kernel laboratory launch letter lithium market meteor mission moon "
    "network night observatory orbit panel partner patent pilot planet platform policy port probe reactor "
    "relay report research river rocket sample satellite school sensor signal soil solar station storm "
    "survey tank telescope terrain test tower train transfer turbine valley vessel voyage water window"
).split()


@dataclass(frozen=True)
class Post:
    """One article, as every generator wants to be told of it."""

    slug: str
    title: str
    date: datetime
    tags: tuple[str, ...]
    description: str
    body: str
    """Markdown: headings, a list, a quote, code, links, emphasis; about 3.1 KB."""


def posts(count: int, seed: int = 7) -> Iterator[Post]:
    """So many articles, an hour apart, the newest first."""
    chance = random.Random(seed)
    newest = datetime(2026, 11, 1, tzinfo=UTC)
    for number in range(count):
        title = _sentence(chance, 6).rstrip(".")
        yield Post(
            slug=f"post-{number:06}",
            title=f"{title} {number}",
            date=newest - timedelta(hours=number),
            tags=tuple(chance.sample(TAGS, chance.randint(2, 4))),
            description=_sentence(chance, 18),
            body=_body(chance),
        )


def write(folder: Path, made: Iterator[Post]) -> None:
    """Each article as a file with YAML front matter, a folder for each thousand."""
    for number, post in enumerate(made):
        home = folder / f"{number // 1000:03}"
        home.mkdir(parents=True, exist_ok=True)
        (home / f"{post.slug}.md").write_text(source(post), "utf-8")


def source(post: Post) -> str:
    """The file of an article, in the keys that we and Hugo both read."""
    tags = "".join(f"  - {tag}\n" for tag in post.tags)
    return (
        f'---\ntitle: "{post.title}"\ndate: {post.date:%Y-%m-%dT%H:%M:%SZ}\n'
        f'description: "{post.description}"\ntags:\n{tags}---\n\n{post.body}'
    )


def _body(chance: random.Random) -> str:
    parts = [_paragraph(chance) for _ in range(5)]
    parts[1:1] = [f"## {_sentence(chance, 4)}"]
    parts[3:3] = ["\n".join(f"- {_sentence(chance, 7)}" for _ in range(4))]
    parts[5:5] = [f"> {_sentence(chance, 20)}", f"```\n{' '.join(_some(chance, 8))}\n```"]
    return "\n\n".join(parts) + "\n"


def _paragraph(chance: random.Random) -> str:
    sentences = [_sentence(chance, chance.randint(8, 16)) for _ in range(5)]
    sentences[1] = f"*{sentences[1]}*"
    sentences[3] = f"[{sentences[3]}](https://example.org/{chance.choice(_WORDS)}/)"
    return " ".join(sentences)


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(_some(chance, words)).capitalize() + "."


def _some(chance: random.Random, words: int) -> list[str]:
    return [chance.choice(_WORDS) for _ in range(words)]
