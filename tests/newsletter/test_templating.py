"""Templates that are wrong or wicked, and how it is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from markupsafe import Markup

from feeds.errors import TemplateError
from feeds.templating import LIMIT, place, render
from tests.newsletter.examples import make_story


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "templates"
    made.mkdir()
    return made


def said(folder: Path, source: str, name: str = "a.mjml", **context: object) -> str:
    (folder / name).write_text("first line\n\n" + source, "utf-8")
    with pytest.raises(TemplateError) as raised:
        render(name, context, folder=folder)
    return str(raised.value)


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ ''|attr('__class__') }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ ''['format'] }}",
        "{{ ''|attr('format') }}",
        "{{ render.__globals__ }}",
    ],
)
def test_T01_the_way_out_of_the_sandbox_is_shut(folder: Path, source: str) -> None:
    assert said(folder, source, render=render).startswith("templates/a.mjml:3: is not allowed: ")


def test_T01_lipsum_is_not_there(folder: Path) -> None:
    assert said(folder, "{{ lipsum.__globals__ }}") == "templates/a.mjml:3: there is no “lipsum” here"


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'x' * 10**10 }}",
        "{{ 10**10 * 'x' }}",
        "{{ [1] * 10000000 }}",
        "{{ 9 ** 999 ** 9 }}",
        "{{ '%9999999999d' % 1 }}",
        "{{ 'x'.ljust(10000000000) }}",
        "{{ '{:>9999999999}'.format('x') }}",
        "{{ ['{:>9999999999}'.format]|first }}",
        "{% for n in range(1000000) %}{% endfor %}",
        "{% for n in range(10000) %}{% for m in range(10000) %}xxxxxxxx{% endfor %}{% endfor %}",
    ],
)
def test_T02_what_grows_without_end_is_stopped(folder: Path, source: str) -> None:
    assert " is not allowed: " in said(folder, source)


def test_T02_filters_that_fill_the_memory_are_not_there(folder: Path) -> None:
    assert said(folder, "{{ 'x'|center(10000000000) }}") == "templates/a.mjml:3: No filter named 'center'."


def test_T02_a_line_of_dashes_is_no_bomb(folder: Path) -> None:
    (folder / "a.txt").write_text("{{ '-' * 72 }}{{ 3 * 4 }}{{ 2 ** 8 }}{{ 7 % 4 }}")
    assert render("a.txt", {}, folder=folder) == "-" * 72 + "122563"
    assert LIMIT == 2_000_000


def test_T04_unknown_names_say_what_was_meant(folder: Path) -> None:
    assert (
        said(folder, "{{ titel }}", title="x")
        == "templates/a.mjml:3: there is no “titel” here; did you mean “title”?"
    )
    assert said(folder, "{% if x.y %}{% endif %}") == "templates/a.mjml:3: there is no “x” here"


def test_T04_unknown_fields_say_what_was_meant(folder: Path) -> None:
    problem = said(folder, "{{ story.sumary }}", story=make_story(1))
    assert problem == "templates/a.mjml:3: there is no “sumary” in this article; did you mean “summary”?"
    assert "did you mean “one”?" in said(folder, "{{ table.on }}", table={"one": 1})


def test_T04_nothing_is_not_printed(folder: Path) -> None:
    assert "nothing is there to print" in said(folder, "{{ value }}", value=None)


@pytest.mark.parametrize(
    "source", ["{{ title|safe }}", "{{ title | upper | safe }}", "{% filter safe %}x{% endfilter %}"]
)
def test_T05_safe_is_refused(folder: Path, source: str) -> None:
    assert said(folder, source, title="<script>").startswith("templates/a.mjml:3: ")


def test_T05_safe_is_refused_where_it_never_runs(folder: Path) -> None:
    assert "|safe lets anything through" in said(folder, "{% if false %}{{ title|safe }}{% endif %}")


def test_T05_escaping_cannot_be_turned_off(folder: Path) -> None:
    assert "escaping cannot be turned off" in said(folder, "{% autoescape false %}{% endautoescape %}")


@pytest.mark.parametrize("name", ["a.mjml", "a.html", "a.mjml.j2", "a", "a.xml"])
def test_T06_everything_but_txt_is_escaped(folder: Path, name: str) -> None:
    (folder / name).write_text("{{ wild }}{{ tame }}")
    context = {"wild": "<b>", "tame": Markup("<b>")}
    assert render(name, context, folder=folder) == "&lt;b&gt;<b>"


def test_T06_txt_is_not_escaped(folder: Path) -> None:
    (folder / "a.txt").write_text("{{ wild }}")
    assert render("a.txt", {"wild": "<b> & c"}, folder=folder) == "<b> & c"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..\\\\secret", "a\\0b", "package/../x", "CON"]
)
def test_T08_files_elsewhere_are_not_found(folder: Path, name: str) -> None:
    (folder.parent / "secret").write_text("secret")
    assert said(folder, f"{{% include '{name}' %}}").endswith("” is not found")


def test_T08_a_template_that_is_missing_is_said_so(folder: Path) -> None:
    with pytest.raises(TemplateError, match=r"^templates/nothing\.mjml: not found$"):
        render("nothing.mjml", {}, folder=folder)


@pytest.mark.parametrize(
    "name", ["env", "environ", "config", "request", "settings", "self.environment", "os"]
)
def test_T10_nothing_is_there_but_what_was_passed(folder: Path, name: str) -> None:
    assert "there is no “" in said(folder, f"{{{{ {name} }}}}") or "environment" in name


def test_T13_include_cycle_is_an_error(folder: Path) -> None:
    (folder / "b.mjml").write_text("{% include 'a.mjml' %}")
    assert "goes round in circles" in said(folder, "{% include 'b.mjml' %}")


def test_T13_deeply_nested_templates_are_an_error(folder: Path) -> None:
    assert said(folder, "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}").startswith("templates/a.mjml")
    assert said(folder, "{% if x %}" * 5000 + "{% endif %}" * 5000, x=1).startswith("templates/a.mjml")


def test_syntax_is_explained_with_its_line(folder: Path) -> None:
    assert said(folder, "\n{% fi %}").startswith("templates/a.mjml:4: Encountered unknown tag 'fi'.")
    assert said(folder, "{{ 1 / 0 }}") == "templates/a.mjml:3: division by zero"


def test_template_that_is_not_utf8(folder: Path) -> None:
    (folder / "a.mjml").write_bytes("é".encode("latin-1"))
    with pytest.raises(TemplateError, match=r"templates/a.mjml: is not UTF-8"):
        render("a.mjml", {}, folder=folder)


def test_the_projects_template_comes_first_and_package_means_ours(folder: Path) -> None:
    (folder / "digest.txt").write_text("{% extends 'package/digest.txt' %}")
    assert said(folder, "{% include 'digest.txt' %}").startswith("templates/digest.txt:")


def test_place_names_the_line_that_wrote_it(folder: Path) -> None:
    (folder / "b.mjml").write_text("{% macro two() %}\none\ntwo {{ x }}\n{% endmacro %}")
    (folder / "a.mjml").write_text("start\n{% from 'b.mjml' import two with context %}\n{{ two() }}\nend\n")
    written = render("a.mjml", {"x": "<x>"}, folder=folder)
    places = {
        word: str(place("a.mjml", {"x": "<x>"}, written.index(word), folder=folder))
        for word in written.split()
    }
    assert places == {
        "start": "templates/a.mjml:1",
        "one": "templates/b.mjml:2",
        "two": "templates/b.mjml:3",
        "&lt;x&gt;": "templates/b.mjml:3",
        "end": "templates/a.mjml:4",
    }
