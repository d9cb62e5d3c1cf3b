"""Addresses as each generator makes them, of what a site's settings, files and heads say."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.article import Article
from feeds.errors import SettingsError
from feeds.sources.dialects import slugs
from tests.sources.dialects.sites import one, project

HEAD = "---\ntitle: A Name, and More\ndate: 2026-03-04T08:00:00Z\n{}\n---\nText.\n"


def path(article: Article) -> str:
    return article.url.removeprefix("https://example.org")


@pytest.mark.parametrize(
    ("config", "file", "line", "expected"),
    [
        ("", "content/posts/My Name.md", "", "/posts/my-name/"),
        ("disablePathToLower = true", "content/Posts/My_Name.md", "", "/Posts/My_Name/"),
        ("", "content/posts/2026/03/a.md", "", "/posts/2026/03/a/"),
        ("", "content/posts/a.md", "slug: B c", "/posts/b-c/"),
        ("", "content/posts/a.md", "url: /old/a.html", "/old/a.html"),
        ("", "content/posts/été.md", "", "/posts/%C3%A9t%C3%A9/"),
        ("removePathAccents = true", "content/posts/été.md", "", "/posts/ete/"),
        ("uglyURLs = true", "content/posts/a.md", "", "/posts/a.html"),
        (
            "[permalinks]\nposts = '/:year/:monthname/:day/:title/'",
            "content/posts/a.md",
            "",
            "/2026/march/04/a-name-and-more/",
        ),
        ("[permalinks]\nposts = ':sections[1:]/:slugorfilename'", "content/posts/x/a.md", "", "/a/"),
        ("", "content/posts/a.md", "slug: c#", "/posts/c%23/"),
        ("", "content/posts/a.md", "slug: c++", "/posts/c++/"),
        ("[permalinks]\nposts = '/:slug/'", "content/posts/a.md", "slug: C++ and/or b", "/c-and-or-b/"),
        ("", "content/posts/a.md", "url: some/where", "/some/where/"),
        (
            "[permalinks.page]\nposts = '/:section/:yearday/:contentbasename/'",
            "content/posts/a.md",
            "",
            "/posts/63/a/",
        ),
        ("[languages.en]\n[languages.fr]", "content/posts/a.fr.md", "", "/fr/posts/a/"),
        (
            "[languages.en]\ncontentDir='content/en'\n[languages.fr]\ncontentDir='content/fr'",
            "content/fr/posts/a.md",
            "",
            "/fr/posts/a/",
        ),
        ("defaultContentLanguageInSubdir = true", "content/posts/a.md", "", "/en/posts/a/"),
        (
            "[frontmatter]\ndate = [':filename', ':default']",
            "content/posts/2026-01-01-b.md",
            "",
            "/posts/2026-01-01-b/",
        ),
    ],
)
def test_hugos_addresses(tmp_path: Path, config: str, file: str, line: str, expected: str) -> None:
    article = one(tmp_path, "hugo", {"hugo.toml": config + "\n", file: HEAD.format(line)})
    assert path(article) == expected


@pytest.mark.parametrize(
    ("config", "file", "line", "expected"),
    [
        ("", "_posts/2026-03-04-a-name.md", "", "/2026/03/04/a-name.html"),
        ("permalink: pretty", "_posts/2026-03-04-a-name.md", "", "/2026/03/04/a-name/"),
        ("permalink: none", "_posts/2026-03-04-a-name.md", "categories: One two", "/one/two/a-name.html"),
        ("permalink: ordinal", "_posts/2026-03-04-a-name.md", "", "/2026/063/a-name.html"),
        ("", "_posts/2026-03-04-a-name.md", "permalink: pretty", "/pretty"),
        (
            "permalink: none",
            "_posts/2026-03-04-a-name.md",
            "category: Sea air\ncategories: One two",
            "/one/two/sea%20air/a-name.html",
        ),
        ("permalink: /blog/:year/:title", "_posts/2026-03-04-A_Name.md", "", "/blog/2026/A_Name"),
        ("permalink: /:slug/", "_posts/2026-03-04-A_Name.md", "", "/a-name/"),
        ("permalink: /:i_month/:short_year/:title/", "_posts/2026-03-04-a.md", "", "/3/26/a/"),
        ("collections: {posts: {permalink: '/p/:title/'}}", "_posts/2026-03-04-a.md", "", "/p/a/"),
        (
            "defaults: [{scope: {path: ''}, values: {permalink: '/d/:title/'}}]",
            "_posts/2026-03-04-a.md",
            "",
            "/d/a/",
        ),
        (
            "permalink: pretty",
            "en/news/_posts/2026-03-04-a.md",
            "category: More",
            "/en/news/more/2026/03/04/a/",
        ),
        ("collections_dir: all", "all/_posts/2026-03-04-a.md", "", "/2026/03/04/a.html"),
        ("", "_posts/2026-03-04-a.md", "permalink: /elsewhere/", "/elsewhere/"),
        ("", "_posts/2026-3-4-a.md", "slug: b", "/2026/03/04/b.html"),
    ],
)
def test_jekylls_addresses(tmp_path: Path, config: str, file: str, line: str, expected: str) -> None:
    assert path(one(tmp_path, "jekyll", {"_config.yml": config, file: HEAD.format(line)})) == expected


@pytest.mark.parametrize(
    ("config", "file", "line", "expected"),
    [
        ("", "content/blog/Größe und_Maß.md", "", "/blog/grosse-und-mass/"),
        ("slugify.paths = 'off'", "content/Blog/A_b.md", "", "/Blog/A_b/"),
        ("slugify.paths = 'safe'", "content/blog/A b.md", "", "/blog/A_b/"),
        ("", "content/blog/2026-01-02_a.md", "", "/blog/a/"),
        ("", "content/blog/2026-01-02-a/index.md", "", "/blog/a/"),
        ("", "content/a.md", "slug: b", "/b/"),
        ("", "content/blog/a.md", "path: 2026/03/04/a.html", "/2026/03/04/a.html/"),
        ("[languages.fr]", "content/blog/a.fr.md", "", "/fr/blog/a/"),
    ],
)
def test_zolas_addresses(tmp_path: Path, config: str, file: str, line: str, expected: str) -> None:
    assert path(one(tmp_path, "zola", {"config.toml": config, file: HEAD.format(line)})) == expected


@pytest.mark.parametrize(
    ("config", "file", "line", "expected"),
    [
        ("", "content/a.md", "", "/a-name-and-more.html"),
        ("", "content/a.md", "Slug: b", "/b.html"),
        (
            "ARTICLE_URL = 'p/{date:%Y}/{date:%b}/{category}/{slug}/'",
            "content/Deep Sea/a.md",
            "",
            "/p/2026/Mar/deep-sea/a-name-and-more/",
        ),
        ("BASE = 'x/'\nARTICLE_URL = BASE + '{slug}'", "content/a.md", "", "/x/a-name-and-more"),
        ("", "content/a.md", "Lang: fr", "/a-name-and-more-fr.html"),
        ("SLUGIFY_SOURCE = 'basename'", "content/A b.md", "", "/a-b.html"),
        ("", "content/a.md", "Url: kept/{this}", "/kept/%7Bthis%7D"),
        ("PATH = 'text'\nARTICLE_PATHS = ['news']", "text/news/a.md", "", "/a-name-and-more.html"),
        (
            r"FILENAME_METADATA = r'(?P<date>\d{4}-\d\d-\d\d)-(?P<slug>.*)'",
            "content/2026-03-04-fog.md",
            "",
            "/fog.html",
        ),
        (
            r"SLUG_REGEX_SUBSTITUTIONS = [('name', 'C'), (r'[^\w\s-]', ''), (r'[-\s]+', '_')]",
            "content/a.md",
            "",
            "/a_c_and_more.html",
        ),
        ("SLUG_REGEX_SUBSTITUTIONS = [('(', '')]", "content/a.md", "", "/a-name-and-more.html"),
        ("FILENAME_METADATA = '('", "content/a.md", "", "/a-name-and-more.html"),
        ("PATH_METADATA = '(?P<slug>[^/]+)/.*'", "content/fog/a.md", "", "/fog.html"),
        ("EXTRA_PATH_METADATA = {'news': {'slug': 'fog'}}", "content/news/a.md", "", "/fog.html"),
        ("import os\nN = 'n'\nARTICLE_URL = os.getenv('U', f'{N}/x')", "content/a.md", "", "/n/x"),
    ],
)
def test_pelicans_addresses(tmp_path: Path, config: str, file: str, line: str, expected: str) -> None:
    head = f"Title: A Name, and More\nDate: 2026-03-04 08:00\n{line}\n\nText.\n"
    assert path(one(tmp_path, "pelican", {"pelicanconf.py": config, file: head})) == expected


@pytest.mark.parametrize(
    ("data", "line", "expected"),
    [
        ("{}", "", "/posts/2026-01-02-a/"),
        ("{}", "permalink: /x/{{ title | slugify }}/index.html", "/x/a-name-and-more/"),
        ('{"permalink": "/{{ page.date | date: \\"%Y/%m\\" }}/{{ page.fileSlug }}/"}', "", "/2026/03/a/"),
        ('{"permalink": "/b{{ page.filePathStem }}.html"}', "", "/b/posts/2026-01-02-a.html"),
        ("{}", "permalink: \"/{{ date | readable('yyyy') }}/\"", "/2026/"),
        ("{}", "permalink: /{{ mood }}/", "/posts/2026-01-02-a/"),
        ("{}", "permalink: '/{{ page.date | htmlDateString }}/'", "/2026-03-04/"),
        ("{}", "eleventyComputed: {permalink: '/c/{{ page.fileSlug }}/'}", "/c/a/"),
    ],
)
def test_eleventys_addresses(tmp_path: Path, data: str, line: str, expected: str) -> None:
    files = {".eleventy.js": "", "posts/posts.json": data, "posts/2026-01-02-a.md": HEAD.format(line)}
    assert path(one(tmp_path, "eleventy", files)) == expected


@pytest.mark.parametrize(
    ("config", "file", "line", "expected"),
    [
        ("", "blog/2026-03-04-a.md", "", "/blog/2026/03/04/a"),
        ("", "blog/2026-03-04-a/index.mdx", "", "/blog/2026/03/04/a"),
        ("", "blog/2026/03-04-a.md", "", "/blog/2026/03/04/a"),
        ("", "blog/2026/03/04/a.md", "", "/blog/2026/03/04/a"),
        ("", "blog/news/a.md", "", "/blog/news/a"),
        ("trailingSlash: true,", "blog/a.md", "slug: /b", "/blog/b/"),
        ("blog: { routeBasePath: '/' }", "blog/2026-03-04-a.md", "", "/2026/03/04/a"),
        (
            "plugins: [['@docusaurus/plugin-content-blog', { path: 'news', routeBasePath: 'n' }]]",
            "news/a.md",
            "",
            "/n/a",
        ),
    ],
)
def test_docusaurus_addresses(tmp_path: Path, config: str, file: str, line: str, expected: str) -> None:
    files = {"docusaurus.config.js": f"module.exports = {{ {config} }};", file: HEAD.format(line)}
    assert path(one(tmp_path, "docusaurus", files)) == expected


@pytest.mark.parametrize(
    ("config", "pages", "file", "expected"),
    [
        ("", "blog/[...slug]", "src/content/blog/A Name.md", "/blog/a-name/"),
        ("", "[...slug]", "src/content/blog/a/index.mdx", "/a/"),
        ("trailingSlash: 'never'", "writing/[slug]/index", "src/content/blog/a.md", "/writing/a"),
        ("", "[year]/[month]/[slug]", "src/content/blog/a.md", "/2026/03/a/"),
        ("build: { format: 'file' }", "blog/[slug]", "src/content/blog/a.md", "/blog/a.html"),
        (
            "i18n: { defaultLocale: 'en', locales: ['en', 'fr'] }",
            "[lang]/blog/[...slug]",
            "src/content/blog/fr/a.md",
            "/fr/blog/a/",
        ),
        ("", "tags/[tag]", "src/pages/notes/a.md", "/notes/a/"),
    ],
)
def test_astros_addresses(tmp_path: Path, config: str, pages: str, file: str, expected: str) -> None:
    files = {
        "astro.config.mjs": f"export default defineConfig({{ {config} }});",
        f"src/pages/{pages}.astro": "---\nconst posts = await getCollection('blog');\n---\n",
        file: HEAD.format(""),
    }
    assert path(one(tmp_path, "astro", files)) == expected


def test_a_collection_elsewhere_is_found_by_its_schema(tmp_path: Path) -> None:
    files = {
        "astro.config.mjs": "",
        "src/content.config.ts": "export const HOME = 'src/data/notes';\n"
        "const notes = defineCollection({ loader: glob({ pattern: '**/*.md', base: `./${HOME}` }) });\n",
        "src/pages/read/[...slug].astro": "await getCollection('notes')",
        "src/data/notes/a.md": HEAD.format(""),
    }
    assert path(one(tmp_path, "astro", files)) == "/read/a/"


def test_slugs_leave_nothing_that_an_address_cannot_hold() -> None:
    assert slugs.hugo("A & b, c/d") == "a-b-c/d"
    assert slugs.jekyll("A b_c!") == "a-b-c"
    assert slugs.jekyll("A--b_c & d", pretty=True) == "A-b_c-&-d"
    assert slugs.jekyll("हिन्दी 2") == "हिन्दी-2"
    assert slugs.github("हिन्दी!") == "हिन्दी"
    assert slugs.pelican("C'est l'été, à Esch") == "cest-lete-a-esch"
    assert slugs.github("Hello, World_x") == "hello-world_x"
    assert slugs.words("a-first_post") == "A First Post"


def test_a_permalink_that_would_have_to_be_run_is_told(tmp_path: Path) -> None:
    files = {
        ".eleventy.js": "",
        "posts/posts.11tydata.js": "module.exports = { permalink: (data) => make(data) };",
        "posts/2026-01-02-a.md": HEAD.format(""),
    }
    made = project(tmp_path, "eleventy", files)
    collected = made.collect()
    assert [path(article) for article in collected.library.articles] == ["/posts/2026-01-02-a/"]
    assert any("the permalink “${…}”" in str(fault) for fault in collected.faults)


def test_the_date_of_a_post_may_stand_in_its_address_or_folder(tmp_path: Path) -> None:
    files = {
        "config.toml": "",
        "content/a.md": "+++\ntitle = 'A'\npath = '2026/03/04/a.html'\n+++\nText.\n",
        "content/blog/2026/03/05/b.md": "+++\ntitle = 'B'\n+++\nText.\n",
    }
    found = project(tmp_path, "zola", files).collect().library.articles
    assert [f"{one.published:%Y-%m-%d}" for one in found] == ["2026-03-05", "2026-03-04"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("({ permalink: (data) => `/a/${data.page.fileSlug}/` })", "/a/fog/"),
        (
            "({ eleventyComputed: { permalink: (data) => `/${data.page.date.getUTCFullYear()}/x/` } })",
            "/2026/x/",
        ),
        (
            "({ permalink({ title }) { return `/${this.slugify(title)}/index.html`; } })",
            "/old-harbour-and-fog/",
        ),
        ("({ permalink: (data) => data.draft ? `/d/` : `/p/` })", "/p/"),
        ("({ permalink: (data) => `/${make(data, 1)}/` })", "/posts/fog/"),
    ],
)
def test_a_function_for_eleventys_permalinks_is_read_where_it_is_plain(
    tmp_path: Path, script: str, expected: str
) -> None:
    files = {
        ".eleventy.js": "",
        "posts/posts.11tydata.js": f"module.exports = {script};",
        "posts/fog.md": "---\ntitle: OldHarbour & Fog\ndate: 2026-03-04\n---\nText.\n",
    }
    assert path(one(tmp_path, "eleventy", files)) == expected


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("2026-03-04-fog/index.md", "/2026-03-04-fog/"),
        ("news/news.md", "/news/"),
        ("a/b/fog.md", "/a/b/fog/"),
        ("index.md", "/"),
    ],
)
def test_eleventy_puts_a_page_where_its_file_is(tmp_path: Path, file: str, expected: str) -> None:
    assert path(one(tmp_path, "eleventy", {".eleventy.js": "", file: HEAD.format("")})) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Übermut & Größe", "uebermut-and-groesse"),
        ("Ida's tide, don't", "idas-tide-dont"),
        ("fooBar HTML5 XMLFile", "foo-bar-html-5-xml-file"),
        ("é № 7", "e-no-7"),
    ],
)
def test_eleventys_slugs(text: str, expected: str) -> None:
    assert slugs.eleventy(text) == expected


def test_hugos_cascade_reaches_what_it_is_meant_for(tmp_path: Path) -> None:
    files = {
        "hugo.toml": "[cascade]\nauthors = ['Site']\ntags = ['all']\n",
        "content/news/_index.md": "---\nCascade:\n  - _target: {path: /news/a*}\n    authors: [Ida Berg]\n"
        "  - target: {kind: section}\n    authors: [No one]\n  - draft: false\n    Tags: [news]\n---\n",
        "content/news/_index.fr.md": "---\ncascade: {authors: [No one]}\n---\n",
        "content/news/deep/_index.md": "---\ntitle: x\ncascade: {tags: [deep]}\n---\n",
        "content/news/ab.md": HEAD.format(""),
        "content/news/b.md": HEAD.format("tags: [own]"),
        "content/news/deep/c.md": HEAD.format(""),
        "content/other/d.md": HEAD.format(""),
        "content/other/_index.md": "---\ncascade: [\n---\n",
    }
    found = {path(one): one for one in project(tmp_path, "hugo", files).collect().library.articles}
    said = {where: ([person.name for person in one.authors], one.tags) for where, one in found.items()}
    assert said == {
        "/news/ab/": (["Ida Berg"], ("news",)),
        "/news/b/": (["Site"], ("own",)),
        "/news/deep/c/": (["Site"], ("deep",)),
        "/other/d/": (["Site"], ("all",)),
    }


def test_astros_collections_may_be_called_otherwise_than_their_constants(tmp_path: Path) -> None:
    schema = "const base = defineCollection({ loader: glob({ base: './src/data/log' }) });\n"
    files = {
        "astro.config.mjs": "",
        "src/content.config.ts": schema + "export const collections = { 'log': base };\n",
        "src/pages/n/[id].astro": "const all = await getCollection('log');",
        "src/data/log/a.md": HEAD.format(""),
    }
    assert path(one(tmp_path, "astro", files)) == "/n/a/"


def test_a_blog_of_docusaurus_outside_of_its_site_is_a_fault(tmp_path: Path) -> None:
    files = {"docusaurus.config.js": "export default { presets: [['classic', { blog: { path: '../b' } }]] };"}
    with pytest.raises(SettingsError, match=r"its blog is in \.\./b, outside of the site's folder; move it"):
        project(tmp_path, "docusaurus", files).collect()


def test_a_blog_of_docusaurus_outside_counts_for_nothing_beside_one_within(tmp_path: Path) -> None:
    plugged = "plugins: [['@docusaurus/plugin-content-blog', { path: './news', routeBasePath: '/n' }]]"
    files = {
        "docusaurus.config.js": f"export default {{ a: {{ blog: {{ path: '../b' }} }}, {plugged} }};",
        "news/2026-1-2-fog.md": "---\ntitle: Fog\n---\nText.\n",
    }
    assert path(one(tmp_path, "docusaurus", files)) == "/n/2026/1/2/fog"


def test_hugos_sections_are_folders_with_a_page_of_their_own(tmp_path: Path) -> None:
    files = {
        "hugo.toml": "[permalinks]\nposts = '/:sections/:slugorfilename/'\n",
        "content/posts/x/y/_index.md": "---\ntitle: Y\n---\n",
        "content/posts/x/y/z/a.md": HEAD.format(""),
        "content/posts/x/y/b/index.md": HEAD.format(""),
        "content/posts/x/c.md": HEAD.format(""),
    }
    found = project(tmp_path, "hugo", files).collect().library.articles
    assert {path(one) for one in found} == {"/posts/x/y/a/", "/posts/x/y/b/", "/posts/c/"}
