"""One small site of each dialect, all of which say the same: two posts, and what is no post."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from feeds.article import Article
from feeds.sources import dialects
from feeds.sources.dialects.base import Site
from tests.conftest import Project

URL = "https://example.org/"


@dataclass(frozen=True)
class Sample:
    """A site, and where its posts have to be found."""

    files: dict[str, str]
    post: str
    """The file of the post that says much."""
    address: str
    """Where that post stands, below the site's url."""
    bare: str
    """The file of a post that says no more than it must."""
    bare_address: str
    head: str
    """The beginning of a post to which a test adds a line; {line} is where, {name} the post's name."""
    date: str = "date"
    """What it calls the date."""


BODY = """\
Opening words of the post.

<!-- more -->

The text goes on, with **weight**.
"""

YAML = """\
---
title: "{name}"
date: 2026-03-04
{line}
---
"""

HUGO = Sample(
    files={
        "hugo.toml": 'baseURL = "https://example.org/"\ntitle = "Harbour notes"\n'
        '[permalinks]\nposts = "/:year/:month/:slug/"\n',
        "content/_index.md": "---\ntitle: Home\n---\n",
        "content/posts/_index.md": "---\ntitle: Posts\n---\n",
        "content/about.md": "---\ntitle: About\ndate: 2020-01-01\n---\nUs.\n",
        "content/posts/crane/index.md": "+++\ntitle = 'A crane comes down'\ndate = 2026-03-04T08:00:00Z\n"
        "lastmod = 2026-03-05\nauthors = ['Ida Berg', 'Tom Reed']\ntags = ['harbour', 'cranes']\n"
        "image = 'crane.png'\nslug = 'crane-down'\n+++\n" + BODY,
        "content/posts/crane/crane.png": "",
        "content/posts/crane/notes.md": "---\ntitle: A file of the bundle\ndate: 2026-01-01\n---\n",
        "content/posts/fog.md": "---\ntitle: Fog\ndate: 2026-02-03\n---\nGrey.\n",
    },
    post="content/posts/crane/index.md",
    address="2026/03/crane-down/",
    bare="content/posts/fog.md",
    bare_address="2026/02/fog/",
    head=YAML,
)
JEKYLL = Sample(
    files={
        "_config.yml": "title: Harbour notes\nurl: https://example.org\npermalink: /:year/:month/:title/\n",
        "_data/authors.yml": "ida: {name: Ida Berg, url: 'https://example.org/ida'}\n",
        "about.md": "---\ntitle: About\n---\nUs.\n",
        "_drafts/later.md": "---\ntitle: Later\n---\n",
        "_posts/2026-03-04-crane-down.md": "---\ntitle: A crane comes down\n"
        "last_modified_at: 2026-03-05\nauthors: [ida, Tom Reed]\ntags: harbour cranes\n"
        "image: /assets/crane.png\n---\n" + BODY,
        "_posts/2026-02-03-fog.markdown": "---\n---\nGrey.\n",
        "_posts/notes.md": "---\ntitle: No date in its name\n---\n",
    },
    post="_posts/2026-03-04-crane-down.md",
    address="2026/03/crane-down/",
    bare="_posts/2026-02-03-fog.markdown",
    bare_address="2026/02/fog/",
    head=YAML,
)
ZOLA = Sample(
    files={
        "config.toml": 'base_url = "https://example.org"\ntitle = "Harbour notes"\n',
        "content/_index.md": "+++\ntitle = 'Home'\n+++\n",
        "content/blog/_index.md": "+++\nsort_by = 'date'\n+++\n",
        "content/blog/crane.md": "+++\ntitle = 'A crane comes down'\ndate = 2026-03-04\n"
        "updated = 2026-03-05\nauthors = ['Ida Berg', 'Tom Reed']\nslug = 'crane-down'\n"
        "[taxonomies]\ntags = ['harbour', 'cranes']\n"
        "[extra]\nimage = '/crane.png'\n+++\n" + BODY,
        "content/blog/2026-02-03-fog.md": "+++\ntitle = 'Fog'\n+++\nGrey.\n",
    },
    post="content/blog/crane.md",
    address="blog/crane-down/",
    bare="content/blog/2026-02-03-fog.md",
    bare_address="blog/fog/",
    head=YAML,
)
PELICAN = Sample(
    files={
        "pelicanconf.py": "import os\nSITENAME = 'Harbour notes'\nPATH = 'content'\n"
        "ARTICLE_URL = '{date:%Y}/{slug}/'\nRUN = os.system('touch run')\n",
        "content/pages/about.md": "Title: About\nDate: 2020-01-01\n\nUs.\n",
        "content/crane.md": "Title: A crane comes down\nDate: 2026-03-04\nModified: 2026-03-05\n"
        "Authors: Ida Berg, Tom Reed\nTags: harbour, cranes\nSlug: crane-down\nImage: /crane.png\n\n" + BODY,
        "content/fog.md": "Title: Fog\nDate: 2026-02-03\n\nGrey.\n",
        "content/old.rst": "Old\n###\n:date: 2019-01-01\n",
    },
    post="content/crane.md",
    address="2026/crane-down/",
    bare="content/fog.md",
    bare_address="2026/fog/",
    head="title: {name}\ndate: 2026-03-04\n{line}\n\n",
)
ELEVENTY = Sample(
    files={
        "eleventy.config.js": "export default (c) => ({ dir: { input: 'src' } });\n",
        "src/_data/metadata.json": '{"title": "Harbour notes", "url": "https://example.org/"}',
        "src/posts/posts.json": '{"tags": "posts",'
        ' "permalink": "/{{ page.date | date: \'%Y\' }}/{{ page.fileSlug }}/"}',
        "src/about.md": "---\ntitle: About\n---\nUs.\n",
        "src/posts/2026-03-04-crane-down.md": "---\ntitle: A crane comes down\nupdated: 2026-03-05\n"
        "authors: [Ida Berg, {name: Tom Reed}]\ntags: [posts, harbour, cranes]\nimage: /crane.png\n---\n"
        + BODY,
        "src/posts/fog.md": "---\ntitle: Fog\ndate: 2026-02-03\n---\nGrey.\n",
    },
    post="src/posts/2026-03-04-crane-down.md",
    address="2026/crane-down/",
    bare="src/posts/fog.md",
    bare_address="2026/fog/",
    head=YAML,
)
DOCUSAURUS = Sample(
    files={
        "docusaurus.config.js": "// url: 'https://wrong.example.org'\nmodule.exports = {\n"
        "  title: 'Harbour notes',\n"
        "  url: 'https://example.org',\n  baseUrl: '/',\n"
        "  presets: [['classic', { blog: { path: 'blog' } }]],\n};\n",
        "docs/intro.md": "---\ntitle: Docs\n---\n",
        "blog/authors.yml": "ida:\n  name: Ida Berg\n  title: Editor\n",
        "blog/2026-03-04-crane.md": "---\ntitle: A crane comes down\nslug: crane-down\n"
        "last_update: {date: 2026-03-05}\nauthors: [ida, {name: Tom Reed}]\n"
        "tags: [harbour, {label: cranes, permalink: /c}]\nimage: /crane.png\n---\n"
        + BODY.replace("more", "truncate"),
        "blog/2026-02-03-fog.mdx": "# Fog\n\nGrey.\n",
        "blog/_partial.md": "No post.\n",
    },
    post="blog/2026-03-04-crane.md",
    address="blog/crane-down",
    bare="blog/2026-02-03-fog.mdx",
    bare_address="blog/2026/02/03/fog",
    head=YAML,
)
ASTRO = Sample(
    files={
        "astro.config.mjs": "export default defineConfig({ site: 'https://example.org' });\n",
        "src/pages/notes/[...slug].astro": "---\nconst all = await getCollection('blog');\n---\n",
        "src/pages/notes/tag/[tag].astro": "---\nconst all = await getCollection('blog');\n---\n",
        "src/content/blog/crane-down.md": "---\ntitle: A crane comes down\npubDate: Mar 4 2026\n"
        "updatedDate: 2026-03-05\n"
        "authors: [Ida Berg, Tom Reed]\ntags: [harbour, cranes]\nheroImage: /crane.png\n---\n" + BODY,
        "src/content/blog/fog.mdx": "---\ntitle: Fog\npubDate: 2026-02-03\n---\nGrey.\n",
        "src/content/blog/_hidden.md": "---\ntitle: Hidden\npubDate: 2026-02-03\n---\n",
    },
    post="src/content/blog/crane-down.md",
    address="notes/crane-down/",
    bare="src/content/blog/fog.mdx",
    bare_address="notes/fog/",
    head=YAML,
)
SAMPLES = {
    "hugo": HUGO,
    "jekyll": JEKYLL,
    "zola": ZOLA,
    "pelican": PELICAN,
    "eleventy": ELEVENTY,
    "docusaurus": DOCUSAURUS,
    "astro": ASTRO,
}


def around(site: Site, *files: str) -> dialects.Around:
    """A site with some files, none of which is on disk."""
    there = dict.fromkeys(files)
    return dialects.Around(site, there, dict(dialects.spots(site, there)), {})


def project(root: Path, dialect: str, files: dict[str, str], more: str = "") -> Project:
    """A project whose content is a site beside it."""
    made = Project(root / "project")
    made.write(
        "feeds.toml",
        f'[publication]\ntitle = "Harbour notes"\nurl = "{URL}"\ndialect = "{dialect}"\n'
        f'content = "../site"\n{more}\n[feed.news]\n',
    )
    for path, text in files.items():
        made.write(f"../site/{path}", text)
    return made


def with_post(root: Path, dialect: str, *lines: str, body: str = "Text.\n", name: str = "A name") -> Project:
    """A site of one post, whose head has some more lines."""
    sample = SAMPLES[dialect]
    kept = {path: text for path, text in sample.files.items() if path not in (sample.post, sample.bare)}
    text = sample.head.replace("{line}", "\n".join(lines)).replace("{name}", name) + body
    return project(root, dialect, {**kept, sample.post: text})


def one(root: Path, dialect: str, files: dict[str, str], more: str = "") -> Article:
    """The only article of a site, which has no fault."""
    collected = project(root, dialect, files, more).collect()
    assert [str(fault) for fault in collected.faults if fault.problem.endswith("; left out")] == []
    [article] = collected.library.articles
    return article
