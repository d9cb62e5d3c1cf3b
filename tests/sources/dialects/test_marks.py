"""Marks of each dialect: what becomes of them, what is left out and told, and code that stays as it is."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from feeds.article import Article
from feeds.sources import dialects
from feeds.sources.base import Raw
from feeds.sources.dialects.base import Site
from tests.conftest import Project
from tests.sources.dialects.sites import SAMPLES, around, project, with_post

PICTURE = '<img src="https://example.org/a.png" alt="A crane">'


def article(made: Project) -> Article:
    [one] = [one for one in made.collect().library.articles if "fog" not in one.file]
    return one


def html(root: Path, dialect: str, body: str) -> str:
    return article(with_post(root, dialect, body=body)).html


def told(root: Path, dialect: str, body: str) -> list[str]:
    return [str(fault) for fault in with_post(root, dialect, body=body).collect().faults]


@pytest.mark.parametrize(
    ("dialect", "body", "expected"),
    [
        ("hugo", "{{< youtube abcDEF_123- >}}", 'href="https://www.youtube.com/watch?v=abcDEF_123-"'),
        ("hugo", '{{< youtube id="abcDEF_123-" >}}', 'href="https://www.youtube.com/watch?v=abcDEF_123-"'),
        ("hugo", "{{% vimeo 12345678 %}}", 'href="https://vimeo.com/12345678"'),
        ("hugo", "{{< gist ida 0123456789abcdef >}}", 'href="https://gist.github.com/ida/0123456789abcdef"'),
        ("hugo", '{{< x user="ida" id="1234567890" >}}', 'href="https://twitter.com/ida/status/1234567890"'),
        ("hugo", '{{< figure src="/a.png" alt="A crane" >}}', PICTURE),
        ("hugo", '{{< figure src="/a.png" caption="A *tall* crane" >}}', "A <em>tall</em> crane"),
        ("hugo", "{{< img\n  src='/a.png'\n  alt='Over lines'\n>}}", 'alt="Over lines"'),
        ("hugo", '{{< highlight go "linenos=1" >}}\nx := "{{<"\n{{< /highlight >}}', '-go">x := "{{&lt;"'),
        ("hugo", '[s]({{< ref "fog" >}})', 'href="https://example.org/2026/02/fog/"'),
        ("hugo", '[s]({{< relref "/posts/fog.md#end" >}})', 'href="https://example.org/2026/02/fog/#end"'),
        ("hugo", '[s]({{% ref "/about" %}})', 'href="https://example.org/about/"'),
        ("hugo", "a{{< br >}}b", "a<br>b"),
        ("hugo", "## Words {#id .wide}", "<h2>Words</h2>"),
        ("jekyll", '{% include youtube.html id="abcDEF_123-" %}', "watch?v=abcDEF_123-"),
        ("jekyll", "{% gist ida/0123456789abcdef %}", "https://gist.github.com/ida/0123456789abcdef"),
        ("jekyll", '{% include figure.html src="img/a.png" %}', '<img src="https://example.org/img/a.png"'),
        (
            "jekyll",
            '<div class="row">\n    <div>\n        {% include figure.liquid path="a.png" title="A crane" %}\n'
            "    </div>\n</div>",
            PICTURE,
        ),
        ("jekyll", "[s]({% post_url 2026-02-03-fog %}#end)", 'href="https://example.org/2026/02/fog/#end"'),
        (
            "jekyll",
            "[s]({{ site.baseurl }}{% post_url 2026-02-03-fog %})",
            'href="https://example.org/2026/02/fog/"',
        ),
        (
            "jekyll",
            "[s]({% link _posts/2026-02-03-fog.markdown %})",
            'href="https://example.org/2026/02/fog/"',
        ),
        ("jekyll", "![c]({{ site.baseurl }}/a.png)", 'src="https://example.org/a.png"'),
        ("jekyll", "![c]({{ '/a.png' | relative_url }})", 'src="https://example.org/a.png"'),
        ("jekyll", "At {{ site.title }}.", "At Harbour notes."),
        ("jekyll", "{% raw %}{{ kept }}{% endraw %}", "<code>{{ kept }}</code>"),
        ("jekyll", "{% raw %}\n```\n{{ kept }}\n```\n{% endraw %}", "<pre><code>{{ kept }}"),
        ("jekyll", "{% highlight ruby %}\nputs 1\n{% endhighlight %}", '<code class="language-ruby">puts 1'),
        ("jekyll", "{% comment %}secret{% endcomment %}Seen.", "<p>Seen.</p>"),
        (
            "jekyll",
            "Words\n{: .lead}\n\n[a](/b){:target='_blank'}",
            '<p>Words</p>\n<p><a href="https://example.org/b">a</a></p>',
        ),
        ("jekyll", "* TOC\n{:toc}\n\nWords", "<p>Words</p>"),
        ("zola", '{{ youtube(id="abcDEF_123-") }}', "watch?v=abcDEF_123-"),
        ("zola", '{{ image(src="/a.png", alt="A crane") }}', PICTURE),
        ("zola", '{% quote(author="I") %}\nWords\n{% end %}', "Words"),
        ("zola", "[s](@/blog/2026-02-03-fog.md#end)", 'href="https://example.org/blog/fog/#end"'),
        ("zola", "[s](@/blog/_index.md)", 'href="https://example.org/blog/"'),
        ("pelican", "[s]({filename}fog.md)", 'href="https://example.org/2026/fog/"'),
        ("pelican", "![c]({static}/img/a.png)", 'src="https://example.org/img/a.png"'),
        ("pelican", "{% youtube abcDEF_123- %}", "watch?v=abcDEF_123-"),
        ("pelican", "{{ braces }} stay", "{{ braces }} stay"),
        ("eleventy", '{% youtube "abcDEF_123-" %}', "watch?v=abcDEF_123-"),
        ("eleventy", '{% image "/a.png", "A crane" %}', PICTURE),
        ("eleventy", "{# secret #}Seen.", "<p>Seen.</p>"),
        ("docusaurus", "import X from '@theme/X';\n\nWords", "<p>Words</p>"),
        ("docusaurus", "export const x = {\n  a: 1,\n};\n\nWords", "<p>Words</p>"),
        ("docusaurus", ":::tip[Look]\n\nWords\n\n:::", "<p><strong>Look</strong></p>\n<p>Words</p>"),
        ("docusaurus", '<Tabs>\n<TabItem value="a">\n\nWords\n\n</TabItem>\n</Tabs>', "<p>Words</p>"),
        ("docusaurus", '<YouTube id="abcDEF_123-" />', "watch?v=abcDEF_123-"),
        (
            "docusaurus",
            "<img src={require('/a.png').default} style={{width: '50%'}} alt='c' />",
            'src="https://example.org/a.png"',
        ),
        ("docusaurus", "{/* secret */}Seen{' '}here.", "<p>Seen here.</p>"),
        ("docusaurus", "[s](./2026-02-03-fog.mdx)", 'href="https://example.org/blog/2026/02/03/fog"'),
        ("docusaurus", "$$x_{1}$$", "$$x_{1}$$"),
    ],
)
def test_a_mark_that_means_something_becomes_that(
    tmp_path: Path, dialect: str, body: str, expected: str
) -> None:
    sample = SAMPLES[dialect]
    made = with_post(tmp_path, dialect, body=body)
    made.write(f"../site/{sample.bare}", sample.files[sample.bare])
    assert expected in article(made).html


@pytest.mark.parametrize(
    ("dialect", "body", "told_of"),
    [
        ("hugo", '{{< mood tip "x > y" >}}Inner{{< /mood >}}', "shortcode “mood”"),
        ("jekyll", "{% include promo.html a=1 %}Inner", "tag “include promo.html”"),
        ("jekyll", "{{ page.mood | upcase }}Inner", "variable “page.mood”"),
        ("zola", '{{ mood(of="x") }}Inner', "shortcode “mood”"),
        ("pelican", "{% mood x %}Inner", "tag “mood”"),
        ("eleventy", "{% mood 'x' %}Inner", "tag “mood”"),
        ("docusaurus", "<Mood of={() => 1 > 2}>Inner</Mood>", "component <Mood>"),
        ("docusaurus", "{props.mood}Inner", "expression in braces"),
    ],
)
def test_what_has_to_be_left_out_is_told_once_and_its_text_stays(
    tmp_path: Path, dialect: str, body: str, told_of: str
) -> None:
    assert html(tmp_path, dialect, body) == "<p>Inner</p>"
    [line] = [line for line in told(tmp_path, dialect, body) if told_of in line]
    assert line.startswith("../site: warning: 1 post has the ") or "has an expression" in line
    assert line.endswith("which was left out")


MARKS = {
    "hugo": "{{< notice >}} {{% tip %}}",
    "jekyll": "{% include x.html %} {{ page.x }}",
    "zola": "{{ mood(x=1) }} {% mood() %}",
    "pelican": "{% mood %}",
    "eleventy": "{% mood %} {{ mood }}",
    "docusaurus": "<Mood x={1} /> {mood}",
}


@pytest.mark.parametrize("dialect", sorted(MARKS))
@pytest.mark.parametrize(
    "frame",
    [
        "```\n{}\n```",
        "~~~ text\n{}\n~~~",
        "`{}`",
        "``{}``",
        "- item\n\n  ```\n  {}\n  ```",
        "Words\n\n    {}\n",
    ],
    ids=["fence", "tildes", "span", "double", "in-a-list", "indented"],
)
def test_code_that_shows_marks_stays_as_it_is(tmp_path: Path, dialect: str, frame: str) -> None:
    if dialect == "docusaurus" and frame.startswith("Words"):
        frame = "```\n{}\n```"  # MDX has no indented code
    made = html(tmp_path, dialect, frame.replace("{}", MARKS[dialect]))
    assert MARKS[dialect] in unescape(re.sub(r"</?(?:p|pre|code|ul|li)>", "", made))


@pytest.mark.parametrize("name", ["content/posts/a.html", "content/posts/b.htm"])
def test_html_is_not_taken_for_markdown(tmp_path: Path, name: str) -> None:
    body = "<div>\n\n    <p>Words_with_marks</p>\n\n<pre>\na\n\n\nb\n</pre>\n</div>\n"
    files = {**SAMPLES["hugo"].files, name: f"---\ntitle: T\ndate: 2026-01-01\n---\n{body}"}
    made = {one.file: one for one in project(tmp_path, "hugo", files).collect().library.articles}
    shown = made[f"../site/{name}"].html
    assert "<p>Words_with_marks</p>" in shown
    assert "a\n\n\nb" in shown
    assert "<code>" not in shown


# No backslash and no tag: `{\\{` and `{<b></b>{` are ways to write marks that are none.
WORDS = (
    "{{< >}} {{% %}} {{ }} {% %} {%- -%} {# #} {{</* */>}} {% raw %} {% endraw %} {% highlight x %} "
    "{% endhighlight %} {% for x in y %} {% endfor %} {{<highlight>}} {{</highlight>}} > /> <A b={ {/* */} "
    "` `` ``` ~~~ \" ' ( ) [ ] ]( import export ::: $ $$ : {: {#id} @/ - 1. #"
).split(" ")
MARKED = ["{% include a.html b='c' %}", "{{ x | y: 'z' }}", "{{< a b >}}", "{{ a(b=1) }}", "<A b={1} />"]
PIECES = st.lists(
    st.one_of(
        st.sampled_from(WORDS),
        st.sampled_from(["\n", "\n\n", "    ", "\t", *MARKED]),
        st.text(st.characters(exclude_characters="\\<>&"), max_size=6),
    ),
    max_size=24,
).map("".join)


@lru_cache(maxsize=16)
def opened(root: Path, dialect: str) -> Site:
    made = project(root, dialect, SAMPLES[dialect].files)
    return dialects.opened(made.load().settings.publication, made.root)


def prose(markdown: str) -> str:
    """A text without its code: fences, spans, indented blocks."""
    from feeds import markup

    shown = markup.html(markdown, base="https://example.org/", page="https://example.org/", links={})
    without_code = re.sub(r"<(pre|code)\b.*?</\1>", "", shown, flags=re.DOTALL)
    return unescape(re.sub(r"<[^<>]*>", "\n", without_code))


@pytest.mark.parametrize("dialect", sorted(SAMPLES))
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=PIECES)
@example(body="{{< a {{< b >}}")
@example(body="```\n{{<\n")
@example(body="{% highlight x %}{% raw %}{% endhighlight %}")
@example(body="{{<\n    ```{{<")
def test_no_text_breaks_the_reader_and_no_mark_is_shown(tmp_path: Path, dialect: str, body: str) -> None:
    sample = SAMPLES[dialect]
    site = opened(tmp_path, dialect)
    text = sample.head.replace("{line}", "x: y").replace("{name}", "N") + "First.\n\n" + body
    made = dialects.read(around(site, sample.post), sample.post, text, "a.md")
    if not isinstance(made, Raw):
        return  # a fault in one line: nothing is shown
    try:
        shown = prose(str(made.fields["body"]))
    except ValueError:
        return  # nested too deeply, which the gate says
    begins = {
        "hugo": r"\{\{[<%]",
        "jekyll": r"\{%|\{\{",
        "eleventy": r"\{%|\{\{",
        "zola": r"\{%|\{\{\s*\w+\s*\(",
    }
    if pattern := begins.get(dialect):
        assert not re.search(pattern, shown)


@pytest.mark.no_cover  # the same lines a thousand times
@pytest.mark.parametrize("dialect", sorted(SAMPLES))
@pytest.mark.parametrize(
    "mark",
    [
        "{{< a ",
        '{{< a "',
        "{% a ",
        "{{ a ",
        "{% raw %}",
        "< > /> <A </A> <A b={",
        "`",
        "``` ",
        "<pre>",
        "{",
        "[a](@/",
        "$",
    ],
)
def test_C29_many_marks_that_never_end_are_read(tmp_path: Path, dialect: str, mark: str) -> None:
    sample = SAMPLES[dialect]
    site = opened(tmp_path, dialect)
    text = sample.head.replace("{line}", "x: y").replace("{name}", "N") + mark * 20_000
    assert dialects.read(around(site, sample.post), sample.post, text, "a.md")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{{% note %}}\nInner\n{{% /note %}}", "<p>Inner</p>"),
        ('{{% note "About `.Now`" %}}\nInner\n{{% /note %}}', "<p>Inner</p>"),
        ('{{< code-toggle file="hugo" >}}\na = 1\n{{< /code-toggle >}}', "<pre><code>a = 1\n</code></pre>"),
    ],
    ids=["a-frame", "code-in-an-argument", "code-in-two-ways"],
)
def test_hugos_frames_around_a_text_lose_nothing(tmp_path: Path, body: str, expected: str) -> None:
    assert html(tmp_path, "hugo", body).strip() == expected
    assert told(tmp_path, "hugo", body) == []


@pytest.mark.parametrize("suffix", ["njk", "liquid", "html"])
def test_a_template_of_eleventy_with_a_date_is_a_post(tmp_path: Path, suffix: str) -> None:
    head = "---\ntitle: Tide\n{}---\n<p>Low{{% set x = 1 %}} and\n\n    high</p>\n"
    files = {
        ".eleventy.js": "module.exports = () => ({ dir: { input: 'src', includes: 'parts' } });",
        f"src/2026-03-04-tide.{suffix}": head.format(""),
        f"src/parts/2026-03-04-layout.{suffix}": head.format("layout: x\n"),
        f"src/list.{suffix}": head.format(""),
    }
    made = project(tmp_path, "eleventy", files).collect()
    assert [" ".join(one.html.split()) for one in made.library.articles] == [
        "<div> <p>Low and high</p> </div>"
    ]
    assert [str(fault) for fault in made.faults] == ["../site: warning: 1 file is templates; left out"]
