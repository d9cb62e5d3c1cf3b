"""Shapes that sites have all over the web: what sets words apart, who wrote, where posts lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.article import Article
from feeds.sources import survey
from tests.sources.dialects.sites import SAMPLES, project, with_post

ALL = sorted(SAMPLES)


def read(tmp_path: Path, dialect: str, body: str = "Text.\n", *lines: str) -> Article:
    [article] = with_post(tmp_path, dialect, *lines, body=body).collect().library.articles
    return article


def of_site(tmp_path: Path, dialect: str, files: dict[str, str]) -> dict[str, Article]:
    made = project(tmp_path, dialect, files)
    return {one.file.removeprefix("../site/"): one for one in made.collect().library.articles}


@pytest.mark.parametrize("dialect", ALL)
def test_an_alert_is_told_in_bold_and_in_code_stays(tmp_path: Path, dialect: str) -> None:
    body = "> [!NOTE]\n> Mind the gap.\n\n```\n> [!TIP]\n```\n"
    html = read(tmp_path, dialect, body).html
    assert "<strong>Note</strong>" in html
    assert "[!NOTE]" not in html
    assert "[!TIP]" in html


@pytest.mark.parametrize(
    ("dialect", "body", "expected"),
    [
        ("hugo", "Fog\n: Cloud on the ground\n", "<p><strong>Fog</strong><br>\nCloud on the ground</p>"),
        ("hugo", 'A {{< term text="big pod" id="pod" >}} runs.\n', "<p>A big pod runs.</p>"),
        ("hugo", '{{< button href="/go" text="Go" >}}\n', '<a href="https://example.org/go">Go</a>'),
        ("pelican", '!!! warning "Ice"\n    Thin.\n', "<p><strong>Ice</strong></p>\n<p>Thin.</p>"),
        ("pelican", '!!! note ""\n    Thin.\n', "<p>Thin.</p>"),
        ("pelican", "Run:\n\n    :::sh\n    ls\n", "<p>Run:</p>\n<pre><code>ls\n</code></pre>"),
        ("eleventy", "## Size { #size }\n", "<h2>Size</h2>"),
        ("eleventy", ":::table-wrapper\nWords\n:::\n", "<p>Words</p>"),
        ("eleventy", ":::note\n**Note:** Words\n:::\n", "<p><strong>Note:</strong> Words</p>"),
        (
            "eleventy",
            '[a](/b){target="_blank"} c\n',
            '<p><a href="https://example.org/b">a</a> c</p>',
        ),
        ("eleventy", "{{ card({a: 1}) }}Words\n", "<p>Words</p>"),
        ("docusaurus", ":::tip[A **bold** name]\n\nWords\n\n:::\n", "<strong>A bold name</strong>"),
        ("astro", ':::note[Deep]{icon="x"}\nWords\n:::\n', "<p><strong>Deep</strong></p>\n<p>Words</p>"),
        ("jekyll", "{::comment}\nhidden\n{:/comment}\nWords\n", "<p>Words</p>"),
        ("jekyll", "| a | b |\n| c | d |\n", "<td>d</td>"),
        ("zola", '{{ odd(a={"x": 1}) }} Words\n', "<p>Words</p>"),
    ],
)
def test_what_an_engine_means_is_never_shown_raw(
    tmp_path: Path, dialect: str, body: str, expected: str
) -> None:
    assert expected in read(tmp_path, dialect, body).html


@pytest.mark.parametrize("dialect", [one for one in ALL if one != "pelican"])
def test_a_head_of_comments_alone_says_nothing_and_is_no_fault(tmp_path: Path, dialect: str) -> None:
    sample = SAMPLES[dialect]
    made = project(
        tmp_path, dialect, {**sample.files, sample.post: "---\n# kept for a program\n---\nWords.\n"}
    )
    assert not any("no fields" in str(fault) for fault in made.collect().faults)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("Ida Berg ([@ida](https://example.com/ida))", ["Ida Berg"]),
        ("Ida Berg ([@ida](https://example.com/ida)) and Tom Reed", ["Ida Berg", "Tom Reed"]),
        ("[Ida Berg](https://example.com/ida)", ["Ida Berg"]),
        ("[Ida Berg](https://example.com/ida) (Quay), Tom Reed (Pier)", ["Ida Berg", "Tom Reed (Pier)"]),
    ],
)
def test_a_handle_after_a_name_is_no_author(tmp_path: Path, given: str, names: list[str]) -> None:
    article = read(tmp_path, "eleventy", "Text.\n", f"author: '{given}'")
    assert [author.name for author in article.authors] == names


@pytest.mark.parametrize(
    ("dialect", "path", "data"),
    [
        ("jekyll", "_data/authors.yml", "ida:\n  full_name: Ida Berg\n"),
        ("jekyll", "_data/people.yml", "- {username: ida, name: Ida Berg}\n"),
        ("jekyll", "_data/authors/ida.yml", "name: Ida Berg\n"),
        ("eleventy", "src/_data/team.json", '{"crew": [{"username": "ida", "name": "Ida Berg"}]}'),
        ("eleventy", "src/_data/authors.json", '[{"id": "ida", "name": "Ida Berg"}]'),
        ("hugo", "data/authors/ida.toml", 'name = "Ida Berg"\n'),
        ("zola", "data/authors.toml", '[ida]\nname = "Ida Berg"\n'),
        ("docusaurus", "blog/authors.yml", "ida: {name: Ida Berg}\n"),
        ("astro", "src/data/authors.json", '{"ida": {"name": "Ida Berg"}}'),
    ],
)
def test_authors_are_found_in_all_the_files_that_sites_keep_them_in(
    tmp_path: Path, dialect: str, path: str, data: str
) -> None:
    sample = SAMPLES[dialect]
    text = sample.head.replace("{name}", "N").replace("{line}", "authors: [ida]") + "Text.\n"
    schema = "const c = { a: defineCollection({ loader: file('src/data/authors.json') }) };"
    files = {**sample.files, "src/content.config.ts": schema, path: data, sample.post: text}
    article = of_site(tmp_path, dialect, files)[sample.post]
    assert [author.name for author in article.authors] == ["Ida Berg"]


COLLECTIONS = {
    "_config.yml": "url: https://example.org\npermalink: pretty\ncollections_dir: all\n"
    "pagination: {collection: news}\n"
    "collections:\n  news: {output: true}\n  games: {output: true}\n  notes: {output: false}\n"
    "  posts: {output: true}\n"
    "defaults: [{scope: {type: news}, values: {author: Ida Berg}}]\n",
    "all/_news/fog.md": "---\ntitle: Fog\ndate: 2026-02-03\n---\nGrey.\n",
    "all/_news/2026-01-02-ice.md": "---\ntitle: Ice\n---\nCold.\n",
    "all/_games/chess.md": "---\ntitle: Chess\ndate: 2026-01-01\n---\n64.\n",
    "all/_notes/a.md": "---\ntitle: A\ndate: 2026-01-01\n---\nA.\n",
    "all/_posts/2026-01-03-rain.md": "---\ntitle: Rain\n---\nWet.\n",
}


def test_jekylls_collections_are_posts_where_they_have_pages_and_dates(tmp_path: Path) -> None:
    found = of_site(tmp_path, "jekyll", COLLECTIONS)
    assert {article.title: article.url for article in found.values()} == {
        "Fog": "https://example.org/news/fog/",
        "Ice": "https://example.org/news/2026-01-02-ice/",
        "Chess": "https://example.org/games/chess/",
        "Rain": "https://example.org/2026/01/03/rain/",
    }
    assert [author.name for author in found["all/_news/fog.md"].authors] == ["Ida Berg"]


def test_of_jekylls_collections_those_count_that_its_own_lists_show(tmp_path: Path) -> None:
    project(tmp_path, "jekyll", COLLECTIONS)
    found = survey.survey(tmp_path / "site")
    assert found.posts == ("all/_posts", "all/_news")
    assert any("leave out all/_games (1)" in line for line in survey.sentences(found))


def test_a_jekyll_site_may_be_made_from_a_folder_of_its_own(tmp_path: Path) -> None:
    files = {
        "_config.yml": "url: https://example.org\nsource: source\npermalink: /blog/:categories/:title/\n",
        "source/_posts/2026-02-03-fog.md": "---\ntitle: Fog\nauthor: ida\n---\nGrey.\n",
        "source/weather/_posts/2026-02-04-rain.md": "---\ntitle: Rain\n---\nWet.\n",
        "source/_data/authors.yml": "ida: {name: Ida Berg}\n",
    }
    found = of_site(tmp_path, "jekyll", files)
    assert {article.url for article in found.values()} == {
        "https://example.org/blog/fog/",
        "https://example.org/blog/weather/rain/",
    }
    assert found["source/_posts/2026-02-03-fog.md"].authors[0].name == "Ida Berg"


def test_of_an_astro_site_its_own_feeds_say_which_collections_are_posts(tmp_path: Path) -> None:
    files = {
        **SAMPLES["astro"].files,
        "src/content/quotes/one.md": "---\ntitle: Q\npublished: 2026-01-01\n---\nSaid.\n",
        "src/pages/rss.xml.ts": 'const posts = await getCollection("blog");\n',
    }
    project(tmp_path, "astro", files)
    found = survey.survey(tmp_path / "site")
    assert found.posts == ("src/content/blog",)
    assert len(found.articles) == 2


def test_a_blog_among_starlights_pages_stands_where_they_do(tmp_path: Path) -> None:
    files = {
        "astro.config.mjs": "export const locales = { root: { lang: 'en' }, fr: { label: 'F' } };\n"
        "export default defineConfig({ integrations: [starlight({ title: 'Harbour',\n"
        "  defaultLocale: 'root', locales,\n"
        "  plugins: [starlightBlog({ authors: { ida: { name: 'Ida Berg' } } })] })] });\n",
        "src/content.config.ts": "const all = { docs: defineCollection({ loader: docsLoader() }) };\n",
        "src/content/docs/blog/fog.md": "---\ntitle: Fog\ndate: 2026-02-03\nauthors: ida\n---\nGrey.\n",
        "src/content/docs/fr/blog/fog.md": "---\ntitle: Brume\ndate: 2026-02-03\n---\nGris.\n",
    }
    found = of_site(tmp_path, "astro", files)
    assert [(one.url, one.language) for one in found.values()] == [
        ("https://example.org/blog/fog/", "en"),
        ("https://example.org/fr/blog/fog/", "fr"),
    ]
    assert found["src/content/docs/blog/fog.md"].authors[0].name == "Ida Berg"
    described = survey.survey(tmp_path / "site").described
    assert (described.title, described.language) == ("Harbour", "en")


@pytest.mark.parametrize(
    ("permalink", "expected"),
    [
        ("/{{ date | monthly }}/{{ page.fileSlug }}/", "2026/03/crane-down/"),
        ("/{{ title | slug }}/", "what's-new-in-1.2-and-more/"),
        ("/{{ title | tidy | slugify }}/", "whats-new-in-12-and-more/"),
    ],
)
def test_eleventys_permalinks_use_the_filters_that_its_settings_define(
    tmp_path: Path, permalink: str, expected: str
) -> None:
    config = (
        "export default (c) => {\n"
        "  c.addFilter('monthly', (day) => DateTime.fromJSDate(day).toFormat('yyyy/MM'));\n"
        "  c.addFilter('slugify', (text) => slugify(text, { lower: true, strict: true }));\n"
        "  return { dir: { input: 'src' } };\n};\n"
    )
    sample = SAMPLES["eleventy"]
    head = sample.head.replace("{name}", "What's new in 1.2 & more").replace(
        "{line}", f'permalink: "{permalink}"'
    )
    files = {"eleventy.config.js": config, "src/posts/2026-03-04-crane-down.md": head + "Text.\n"}
    [article] = of_site(tmp_path, "eleventy", files).values()
    assert article.url == f"https://example.org/{expected}"


def test_what_a_jekyll_post_takes_from_a_data_file_is_put_in(tmp_path: Path) -> None:
    body = (
        "{% assign boat = site.data.boats | where: 'id', '2' | first %}\n"
        "The {{ boat.name }} is at <{{ boat.url }}>, built in {{ site.data.yard.year }}.{{ boat.none }}\n"
    )
    sample = SAMPLES["jekyll"]
    text = sample.head.replace("{name}", "N").replace("{line}", "x: y") + body
    files = {
        "_config.yml": sample.files["_config.yml"],
        "_data/boats.yml": "- {id: 1, name: A}\n- {id: 2, name: Sea_gull, url: 'https://example.org/2'}\n",
        "_data/yard.json": '{"year": 1911}',
        sample.post: text,
    }
    made = project(tmp_path, "jekyll", files)
    [article] = made.collect().library.articles
    assert article.text == "The Sea_gull is at https://example.org/2, built in 1911."
    assert any("the variable “boat.none”" in str(fault) for fault in made.collect().faults)
