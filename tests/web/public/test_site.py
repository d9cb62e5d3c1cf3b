"""Where the pages stand, under which names, and what is opened for them."""

from __future__ import annotations

import argparse
import email
from email.policy import default

import pytest

from feeds.cli import serve
from feeds.config import read
from feeds.delivery.tokens import KEY, Tokens
from feeds.errors import OutputError, SettingsError
from feeds.web.public import Site, embedded, serving, site
from feeds.web.public.project import offered
from feeds.web.public.project import project as opened
from tests.conftest import NOW, Project
from tests.ports import free_port
from tests.web.public.conftest import SETTINGS, House, Visitor, built, until


def placed(project: Project, url: str, leaving: str = "", base: str | None = None) -> Site:
    settings = SETTINGS.replace('url = "https://example.org/"', f'url = "{url}"')
    if leaving:
        settings = settings.replace('title = "The daily"', f'title = "The daily"\nunsubscribe = "{leaving}"')
    project.write("feeds.toml", settings)
    return site(read(project.root / "feeds.toml"), project.root, base)


def test_pages_stand_beside_the_page_to_unsubscribe(project: Project) -> None:
    there = placed(project, "https://example.org/news", "https://lists.example.org:8443/leave/now?list=1")
    weekly, daily = there.offers["weekly"], there.offers["daily"]
    assert weekly.address("subscribe") == "https://example.org/news/newsletters/weekly/subscribe"
    assert weekly.prefix == "/news/newsletters/weekly/"
    assert daily.address("subscribe") == "https://lists.example.org:8443/leave/newsletters/daily/subscribe"
    assert there.doors == {"/news/unsubscribe", "/leave/now"}
    assert there.hosts == {"example.org", "example.org:443", "lists.example.org:8443"}


def test_it_can_be_tried_out_at_another_address(project: Project) -> None:
    there = placed(project, "https://example.org/news/", base="http://127.0.0.1:8025")
    assert there.offers["weekly"].address("subscribe") == (
        "http://127.0.0.1:8025/newsletters/weekly/subscribe"
    )
    assert there.hosts == {"127.0.0.1:8025"}


def test_a_folder_may_be_named_in_any_script(project: Project) -> None:
    placed(project, "https://bücher.example/новости/")
    with built(project, "memory") as house, house.serving(beat=3600) as address:
        visitor = Visitor(address, "xn--bcher-kva.example")
        root = "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/"
        assert (
            f'action="{root}newsletters/weekly/subscribe"'
            in visitor.get(f"{root}newsletters/weekly/subscribe").text
        )
        assert visitor.get(f"{root}newsletters/pages.css").status == 200
        assert visitor.get(f"{root}unsubscribe").status == 200


def test_below_a_folder_everything_stands_below_it(project: Project) -> None:
    there = placed(project, "https://example.org/news/")
    project.article()
    project.load().build(NOW)
    with built(project, "memory") as house, house.serving(beat=3600) as address:
        assert house.site == there
        visitor = Visitor(address)
        assert visitor.get("/news/newsletters/weekly/subscribe").status == 200
        assert 'href="/news/newsletters/pages.css"' in visitor.get("/news/unsubscribe").text
        assert visitor.get("/news/newsletters/pages.css").status == 200
        assert visitor.get("/news/news/atom.xml").status == 200
        assert visitor.get("/news/atom.xml").status == 404
        assert visitor.get("/newsletters/weekly/subscribe").status == 404


def test_a_form_for_other_pages(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    form = embedded(offered(project.root).offers["weekly"])
    assert 'action="https://example.org/newsletters/weekly/subscribe"' in form
    assert "<script" not in form
    given = argparse.Namespace(folder=str(project.root), form=True, base=None)
    assert serve.serve(given) == 0
    assert capsys.readouterr().out.count("<form ") == 2


def test_a_form_on_another_page_needs_one_press_more(house: House, visitor: Visitor) -> None:
    path = "/newsletters/weekly/subscribe"
    seen = visitor.post(path, {"email": "ann@example.org"}, Sec_Fetch_Site="cross-site")
    assert seen.status == 200
    assert house.inbox.waiting() == 0
    fields = {"email": seen.field("email"), "time": seen.field("time")}
    assert visitor.post(path, fields, Sec_Fetch_Site="same-origin").status == 202
    assert house.inbox.waiting() == 1


def test_H09_the_server_in_front_tells_whose_network_it_is(house: House, visitor: Visitor) -> None:
    path = "/newsletters/weekly/subscribe"
    stamp = visitor.get(path).field("time")
    house.clock.now += 5
    for client in ("192.0.2.1", "192.0.2.99", "198.51.100.1"):
        visitor.post(path, {"email": "ann@example.org", "time": stamp}, X_Forwarded_For=client)
    found = [house.inbox.claim(house.clock()) for _ in range(3)]
    networks = [request.network for request in found if request]
    assert len(networks) == 3
    assert networks[0] == networks[1] != networks[2]


def test_a_project_is_served_with_its_own_ledger_and_outbox(project: Project) -> None:
    environment = {"FEEDS_TRANSPORT": "outbox:letters", "FEEDS_KEY": "k" * 32}
    with opened(project.root, environment=environment) as served, serving(served) as address:
        visitor = Visitor(address)
        page = "/newsletters/weekly/subscribe"
        stale = visitor.post(page, {"email": "ann@example.org"})
        assert visitor.post(page, {"email": "ann@example.org", "time": stale.field("time")}).status == 202
        letters = project.root / "letters"
        until(lambda: list(letters.glob("*.eml")))
        [file] = letters.glob("*.eml")
        mail = email.message_from_bytes(file.read_bytes(), policy=default)
        assert mail["To"] == "ann@example.org"
        found = served.ledger.find("weekly", "ann@example.org")
        assert found
        assert found.state == "pending"
        token = Tokens("weekly", (served.ledger.key(KEY),)).make("unsubscribe", found.id, found.epoch)
        assert visitor.ask("POST", f"/newsletters/weekly/unsubscribe/{token}").status == 200
    assert (project.root / ".feeds/inbox.db").stat().st_mode & 0o777 == 0o600


def test_a_project_without_a_newsletter_has_no_pages(project: Project) -> None:
    project.write("feeds.toml", '[publication]\ntitle = "T"\nurl = "https://example.org/"\n')
    with pytest.raises(SettingsError, match="there is nothing to subscribe to"):
        offered(project.root)


def test_a_port_that_is_taken_is_said_so(house: House) -> None:
    house.port = free_port()
    with house.serving(), pytest.raises(OutputError, match="choose another with --port"):
        house.serving().__enter__()


def test_a_page_names_the_feed_and_the_archive_when_there_are_any(house: House, visitor: Visitor) -> None:
    path = "/newsletters/weekly/subscribe"
    assert 'rel="alternate"' not in visitor.get(path).text
    folder = house.site.output / "newsletters/weekly"
    folder.mkdir(parents=True)
    (folder / "atom.xml").write_text("<feed/>")
    (folder / "index.html").write_text("All issues")
    page = visitor.get(path).text
    assert '<link rel="alternate" type="application/atom+xml" href="/newsletters/weekly/atom.xml"' in page
    assert 'href="/newsletters/weekly/"' in page
    assert visitor.get("/newsletters/weekly/").text == "All issues"
