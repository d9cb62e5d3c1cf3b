"""Files to run a project by: each is read by what will read it, and names only what there is."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
import types
import typing
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from feeds import cli
from feeds.cli import hosting
from feeds.config import Settings
from feeds.errors import PluginError, SettingsError
from feeds.hosting import SERVERS
from feeds.hosting.deployments import KINDS, PORT, deployment
from feeds.hosting.environment import VARIABLES
from feeds.web.operator.metrics import metrics
from tests.conftest import Project
from tests.ports import free_port
from tests.web.operator.conftest import Desk

ROOT = Path(__file__).parent.parent
SENDER = {"sender": {"name": "News", "email": "news@example.org"}}
SETTINGS = Settings.model_validate(
    {
        "publication": {"title": "News", "url": "https://News.example.org/a/"},
        "feed": {"news": {}},
        "newsletter": dict.fromkeys(("weekly", "daily"), SENDER),
    }
)


def text(kind: str, folder: Path = ROOT / "nowhere") -> str:
    return deployment(kind, SETTINGS, folder).content.decode()


def verb_of(command: list[str]) -> str:
    """The verb of a command that our own parser takes."""
    assert command[0] == "feeds"
    return str(cli.parser(command[1]).parse_args(command[1:]).verb.__name__)


def test_the_verb_knows_them_all() -> None:
    assert (*SERVERS, *KINDS) == hosting.SERVERS + hosting.DEPLOYMENTS
    with pytest.raises(PluginError, match=r"nomad: is not known; there are container, compose, systemd, kub"):
        deployment("nomad", SETTINGS)


def test_without_a_newsletter_nothing_has_to_run() -> None:
    bare = SETTINGS.model_copy(update={"newsletter": {}})
    with pytest.raises(SettingsError, match=r"^feeds\.toml: has no newsletter, so nothing has to run; see"):
        deployment("compose", bare)
    assert deployment("container", bare).content


@pytest.mark.parametrize("kind", ["container", "compose", "systemd", "kubernetes"])
def test_it_is_about_this_project_and_says_where_it_goes(kind: str) -> None:
    head = text(kind).partition("\n\n")[0]
    assert head.startswith("# news.example.org")
    assert "ave this as" in head or "apply this" in head
    assert "news-example-org" in text(kind)
    assert all(len(line) <= 120 for line in text(kind).splitlines())


def test_the_verb_prints(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    for kind in KINDS:
        assert cli.main(["hosting", kind, "-C", str(project.root)]) == 0
        assert (
            capsys.readouterr().out
            == deployment(kind, project.load().settings, project.root).content.decode()
        )


# The container: no engine is here to build it, so its steps are done without one.


def instructions() -> list[tuple[str, str]]:
    whole = text("container").replace("\\\n", "")
    lines = [line for line in whole.splitlines() if line and not line.startswith("#")]
    return [(name, given) for name, _, given in (line.partition(" ") for line in lines)]


def test_the_container_is_nobodys_root_and_installs_what_there_is() -> None:
    said = instructions()
    order = [name for name, _ in said]
    assert order[0] == "FROM" and order[-1] == "CMD"
    assert ("USER", "feeds") in said and order.index("USER") < len(order) - 1
    [extras] = re.findall(r"feeds\[([\w,]+)\]", text("container"))
    there = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert set(extras.split(",")) <= {*there}
    for _, given in (one for one in said if one[0] == "CMD"):
        assert verb_of(json.loads(given)) == "serve"


def test_what_is_copied_builds_and_the_probe_sees_whether_it_is_alive(
    project: Project, tmp_path: Path
) -> None:
    project.article()
    project.write(".feeds/ledger.db", b"addresses")
    project.write("templates/digest.mjml", '{% extends "package/digest.mjml" %}\n')
    said = deployment("container", project.load().settings, project.root).content.decode()
    inside = tmp_path / "srv"
    inside.mkdir()
    for line in re.findall(r"^COPY --chown=feeds (.*)$", said, re.MULTILINE):
        *names, target = shlex.split(line)
        for found in [found for name in names for found in project.root.glob(name)]:
            copy = shutil.copytree if found.is_dir() else shutil.copy
            copy(found, inside / target)
    assert sorted(file.name for file in inside.iterdir()) == ["content", "feeds.toml", "templates"]
    [built] = re.findall(r"^RUN (feeds .*)$", said, re.MULTILINE)
    subprocess.run([sys.executable, "-m", *built.split()], cwd=inside, capture_output=True, check=True)
    port = str(free_port())
    [probe] = re.findall(r"^HEALTHCHECK .*\n  CMD (\[.*\])$", said, re.MULTILINE)
    asks = [part.replace(str(PORT), port) for part in json.loads(probe)]
    serving = subprocess.Popen(
        [sys.executable, "-m", "feeds", "serve", "--port", port],
        cwd=inside,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert serving.stdout and serving.stdout.readline()
        assert _healthy(asks)
    finally:
        serving.terminate()
        serving.communicate(timeout=20)
    assert not _healthy(asks)


def _healthy(asks: list[str]) -> bool:
    for _ in range(20):
        ran = subprocess.run([sys.executable, *asks[1:]], capture_output=True, check=False)
        if ran.returncode == 0:
            return True
        if b"refused" in ran.stderr:
            return False
        time.sleep(0.1)
    return False


# Compose: read by the specification's own grammar.


def test_compose_is_what_the_specification_wants() -> None:
    found = yaml.safe_load(text("compose"))  # which resolves the merge keys, as Compose does
    PyCompose.from_json(json.dumps(found)).validate()
    services = found["services"]
    assert verb_of(services["worker"]["command"]) == "worker"
    assert services["worker"]["deploy"] == {"replicas": 2}
    assert services["web"]["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert {mount.split(":")[0] for one in services.values() for mount in one.get("volumes", [])} <= {
        *found["volumes"]
    }
    assert "PASSWORD" not in services["worker"]["environment"]["FEEDS_LEDGER"]


def test_the_specification_refuses_what_is_none() -> None:
    found = yaml.safe_load(text("compose"))
    found["services"]["web"]["commmand"] = "feeds"
    with pytest.raises(ValueError, match="commmand"):
        PyCompose.from_json(json.dumps(found))


# systemd: read by its own program.


def test_systemd_reads_the_unit_and_finds_it_well_shut(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    assert program, "systemd-analyze is missing; run `make system`"
    unit = str(tmp_path / "feeds@serve.service")
    written = Path(unit)
    written.write_text(text("systemd").replace("/srv/news-example-org/.venv/bin/feeds", sys.executable))
    ran = subprocess.run([program, "verify", unit], capture_output=True, text=True, check=False)
    assert (ran.returncode, _about(ran.stderr)) == (0, "")
    security = [program, "security", "--offline=true", "--threshold=25", unit]
    assert subprocess.run(security, capture_output=True, check=False).returncode == 0
    written.write_text(written.read_text().replace("ProtectSystem=strict", "ProtectSytem=strict"))
    ran = subprocess.run([program, "verify", unit], capture_output=True, text=True, check=False)
    assert "ProtectSytem" in _about(ran.stderr)


def _about(said: str) -> str:
    """What is said of our unit, and not of others that lie on this machine."""
    return "\n".join(line for line in said.splitlines() if "feeds@" in line)


# Kubernetes: against the types of its own interface, field by field.


def test_kubernetes_knows_every_field() -> None:
    documents = list(yaml.safe_load_all(text("kubernetes")))
    assert [one["kind"] for one in documents] == [
        "Service",
        "PersistentVolumeClaim",
        "Deployment",
        "PersistentVolumeClaim",
        "Deployment",
        "CronJob",
    ]
    assert [problem for one in documents for problem in _problems(one)] == []


@pytest.mark.parametrize(
    ("good", "bad", "problem"),
    [
        ("livenessProbe:", "livenesProbe:", "Container.livenesProbe is unknown"),
        ("replicas: 1", "replicas: two", "DeploymentSpec.replicas is no int"),
        ("          image: news-example-org\n", "          image: [a]\n", "Container.image is no str"),
        ("path: /readyz", "pfad: /readyz", "HTTPGetAction.pfad is unknown"),
        ("  schedule: ", "  shedule: ", "CronJobSpec.schedule is missing"),
    ],
)
def test_kubernetes_refuses_what_is_none(good: str, bad: str, problem: str) -> None:
    changed = text("kubernetes").replace(good, bad)
    assert changed != text("kubernetes")
    assert problem in [found for one in yaml.safe_load_all(changed) for found in _problems(one)]


def test_kubernetes_selects_its_own_pods_asks_the_pages_and_takes_secrets_from_the_environment() -> None:
    documents = list(yaml.safe_load_all(text("kubernetes")))
    deployments = [one for one in documents if one["kind"] == "Deployment"]
    for one in deployments:
        labels = one["spec"]["template"]["metadata"]["labels"]
        assert one["spec"]["selector"]["matchLabels"] == labels
    web, sender = (one["spec"]["template"]["spec"] for one in deployments)
    assert documents[0]["spec"]["selector"] == deployments[0]["spec"]["selector"]["matchLabels"]
    probes = [web["containers"][0][name]["httpGet"]["path"] for name in ("livenessProbe", "readinessProbe")]
    assert probes == ["/healthz", "/readyz"]
    [job] = [one["spec"]["jobTemplate"]["spec"]["template"]["spec"] for one in documents[-1:]]
    assert [verb_of(one["command"]) for one in job["containers"]] == ["send", "send"]
    assert [one["command"][2] for one in job["containers"]] == ["weekly", "daily"]
    assert verb_of(sender["containers"][0]["command"]) == "worker"
    for pod in (web, sender, job):
        container = pod["containers"][-1]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert container["envFrom"] == [{"secretRef": {"name": "news-example-org"}}]
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}


def _problems(document: dict[str, Any]) -> Iterator[str]:
    group = document["apiVersion"].replace("/", "_") if "/" in document["apiVersion"] else "core_v1"
    yield from _walk(document, getattr(_models(group), document["kind"]))


def _models(group: str) -> Any:
    """The types of Kubernetes that lightkube has made of its OpenAPI document; only they are wanted here."""
    schema = types.ModuleType("lightkube.core.schema")
    vars(schema).update(DictMixin=object, dataclass=lambda made: made, field=lambda **_: None)
    sys.modules.setdefault("lightkube.core.schema", schema)
    return import_module(f"lightkube.models.{group}")


def _walk(value: Any, kind: Any, where: str = "") -> Iterator[str]:
    inner = [one for one in typing.get_args(kind) if one is not types.NoneType]
    origin = typing.get_origin(kind)
    if origin is typing.Union:
        tried = [list(_walk(value, one, where)) for one in inner]
        yield from () if [] in tried else tried[0]
    elif origin is list:
        found = value if isinstance(value, list) else None
        yield from [f"{where} is no list"] if found is None else ()
        for one in found or ():
            yield from _walk(one, inner[0], where)
    elif origin is dict:
        yield from [] if isinstance(value, dict) else [f"{where} is no map"]
    elif "lightkube" in getattr(kind, "__module__", ""):
        yield from _fields(value, kind, where)
    elif isinstance(kind, type) and not isinstance(value, kind):
        yield f"{where} is no {kind.__name__}"


def _fields(value: Any, kind: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where} is no {kind.__name__}"
        return
    known = {name.rstrip("_"): hint for name, hint in typing.get_type_hints(kind).items()}
    for name, given in value.items():
        here = f"{kind.__name__}.{name}"
        yield from [f"{here} is unknown"] if name not in known else _walk(given, known[name], here)
    for name, hint in known.items():
        if name not in value and types.NoneType not in typing.get_args(hint):
            yield f"{kind.__name__}.{name} is missing"


# Grafana: every number it asks for is one that we tell.


def test_grafana_asks_for_what_is_told_and_shows_all_of_it() -> None:
    desk = Desk()
    desk.weeks(1)
    told = dict(re.findall(r"^# TYPE (feeds_\w+) (\w+)$", metrics(desk.board), re.MULTILINE))
    dashboard = json.loads(text("grafana"))
    asked = {
        name
        for panel in dashboard["panels"]
        for target in panel["targets"]
        for name in re.findall(r"feeds_\w+", target["expr"])
    }
    assert asked == set(told)
    labels = set(re.findall(r"(\w+)=\"", metrics(desk.board)))
    shown = set(re.findall(r"\{\{(\w+)\}\}", text("grafana")))
    assert shown <= labels


def test_grafanas_panels_do_not_lie_on_each_other() -> None:
    panels = json.loads(text("grafana"))["panels"]
    spots = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in panels]
    assert len(set(spots)) == len({one["id"] for one in panels}) == len(panels)
    assert all(one["gridPos"]["x"] + one["gridPos"]["w"] <= 24 for one in panels)


# The environment: the list is complete, and names nothing that nobody reads.


def test_every_variable_is_in_the_list() -> None:
    source = "".join(
        file.read_text("utf-8") for file in (ROOT / "feeds").rglob("*.py") if file.name != "environment.py"
    )
    named = set(re.findall(r"\bFEEDS_[A-Z0-9_]*[A-Z0-9]\b", source))
    listed = {name for variables in VARIABLES.values() for name in variables}
    ours = {name for name in listed if name.startswith("FEEDS_")}
    assert named - ours == {"FEEDS_FAULT"}  # by which tests make a process die
    composed = {name for name in ours - named if name.startswith("FEEDS_DKIM_")}
    assert ours - named == composed


def test_the_file_is_one_of_assignments_and_comments() -> None:
    lines = text("environment").splitlines()
    assert all(line == "" or line.startswith("#") for line in lines)
    set_ = [line[1:] for line in lines if re.match(r"#[A-Z]", line)]
    assert [line.partition("=")[0] for line in set_] == [name for one in VARIABLES.values() for name in one]
    assert "hunter" not in text("environment")
