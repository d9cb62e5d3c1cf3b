"""The pages keep what the OpenAPI document says, and no request makes them fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from feeds.web.public.application import routes_of
from tests.conftest import Project
from tests.web.public.conftest import SETTINGS, House, built, entry

DOCUMENT = json.loads(files("feeds.web.public").joinpath("openapi.json").read_text("utf-8"))
KEPT = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

schema = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    """One house for all requests."""
    project = Project(Path(tmp_path_factory.mktemp("openapi")))
    project.write("feeds.toml", SETTINGS)
    with built(project, "sqlite") as house, house.serving() as address:
        house.site.output.mkdir()
        yield house, address


@pytest.mark.no_cover  # the same lines a thousand times
@schema.parametrize()
@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_makes_a_page_fail(case: Case[Any], served: tuple[House, str]) -> None:
    house, address = served
    _made_genuine(case, house)
    case.headers["Host"] = "example.org"
    case.call_and_validate(base_url=address, checks=KEPT)


def test_every_page_is_in_the_document(served: tuple[House, str]) -> None:
    house, _ = served
    offer = house.site.offers["weekly"]
    there = {
        (route.path.replace("weekly", "{newsletter}"), method.lower())
        for route in routes_of(house.desk, offer)
        for method in route.methods or ()
        if method != "HEAD"
    }
    told = {
        (path, method)
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
        if path.startswith("/newsletters/{") and method != "parameters"
    }
    assert there == told


def _made_genuine(case: Case[Any], house: House) -> None:
    """Half of the newsletters exist, and half of the tokens for them are good."""
    given = case.path_parameters
    if len(given.get("newsletter", "")) % 2:
        given["newsletter"] = "weekly"
        if given.get("token", "").lower() < "m":
            one = house.ledger.add("weekly", entry("a@example.org"), again=True)
            given["token"] = house.token(case.path.split("/")[3], one)  # type: ignore[arg-type]
