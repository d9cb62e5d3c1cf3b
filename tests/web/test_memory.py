"""What the memory gives is what reading anew gives, whatever has changed in between."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds import publication, sources
from feeds.sources import Memory
from feeds.web.preview.proof import proof
from tests.conftest import NOW, Project
from tests.web.conftest import PIXEL

NAMES = ("a.md", "b.md", "folder/c.md")
HEADS = (
    "",
    "image: {src: images/dot.png, alt: A dot}",
    "translations: {fr: fr.md}",
    "attachments: [{url: files/a.pdf}]",
    "published: never",
    "slug: a",
)
BODIES = ("Text.\n", "See [this](b.md) and ![that](images/dot.png).\n", "[gone](gone.png)\n")
OTHERS: dict[str, str | bytes] = {
    "images/dot.png": PIXEL,
    "files/a.pdf": b"%PDF",
    "fr.md": "---\ntitle: F\nlanguage: fr\npublished: 2026-01-01\n---\n",
}
CHANGES = st.one_of(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(HEADS), st.sampled_from(BODIES)),
    st.tuples(st.just("other"), st.sampled_from(list(OTHERS)), st.booleans()),
    st.tuples(st.just("delete"), st.sampled_from(NAMES)),
    st.tuples(st.just("address"), st.sampled_from(["/{slug}/", "/{folder}/{slug}/"])),
)


@given(st.lists(CHANGES, min_size=2, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_gives_what_reading_anew_gives(
    tmp_path_factory: object, changes: list[tuple[object, ...]]
) -> None:
    root = Path(tmp_path_factory.mktemp("project"))  # type: ignore[attr-defined]
    project, memory = Project(root), Memory()
    (root / "content").mkdir()
    address = "/{slug}/"
    for number, change in enumerate(changes):
        match change:
            case ("other", str(path), True):
                project.write(f"content/{path}", OTHERS[path])
            case ("other", str(path), _):
                (root / "content" / path).unlink(missing_ok=True)
            case ("delete", str(path)):
                (root / "content" / path).unlink(missing_ok=True)
            case ("address", str(pattern)):
                address = pattern
            case (str(name), str(head), str(body)):
                project.article(name, head, body + "x" * number)
        project.write(
            "feeds.toml", f'[publication]\ntitle = "T"\nurl = "https://example.org/"\naddress = "{address}"\n'
        )
        made = publication.load(root)
        anew = sources.read(made.settings.publication, root)
        remembered = sources.read(made.settings.publication, root, memory=memory)
        assert remembered.faults == anew.faults
        assert remembered.library == anew.library


def test_a_proof_is_what_collect_gives(newsroom: Project) -> None:
    newsroom.article("bad.md", "published: never")
    collected = newsroom.collect(NOW)
    found = proof(newsroom.root, NOW, Memory())
    assert found.collected == collected
    assert not found.good


def test_what_has_not_changed_is_the_same_object(newsroom: Project) -> None:
    memory = Memory()
    before = proof(newsroom.root, NOW, memory).collected.library.articles
    newsroom.article("a.md", "", "Another text.\n")
    after = proof(newsroom.root, NOW, memory).collected.library.articles
    same = [one.file for one in after if any(one is other for other in before)]
    assert same == ["content/ar.md"]
