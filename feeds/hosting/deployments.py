"""How a project runs on somebody's machines: files for Docker, Compose, systemd, Kubernetes and Grafana.

They name the project, its folders and its port; what is secret comes from the environment. Each says in
its first lines where it goes and what it is started with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from feeds.config import FILE_NAME, Settings
from feeds.errors import Fault, Place, PluginError, SettingsError
from feeds.hosting import environment, grafana, kubernetes
from feeds.publishing import Document

PORT = 8025
"""What `feeds serve` listens at."""
USER = 10001
"""A user of no system's own, by its number: Kubernetes can tell that it is not root."""
EXTRAS = "cluster,postgres,send,storage,web"


@dataclass(frozen=True)
class Project:
    """What the files are made of."""

    name: str
    """As a host, a container or a unit may be called."""
    host: str
    content: str
    templates: str
    """The folder of templates of its own, empty where it has none."""
    newsletters: tuple[str, ...]


def deployment(kind: str, settings: Settings, folder: Path = Path()) -> Document:
    """The file of one of `KINDS`.

    Raises `PluginError` for one that we do not know, and `SettingsError` where there is no newsletter:
    then nothing runs, and what was built is served by any web server.
    """
    if kind not in KINDS:
        raise PluginError(Fault(Place(field=kind), f"is not known; there are {', '.join(KINDS)}"))
    if not settings.newsletter and kind not in ("container", "environment"):
        problem = "has no newsletter, so nothing has to run; see `feeds hosting nginx` and `feeds publish`"
        raise SettingsError(Fault(Place(FILE_NAME), problem))
    name, write = KINDS[kind]
    return Document(name, write(_project(settings, folder)).encode(), "text/plain")


def _project(settings: Settings, folder: Path) -> Project:
    publication = settings.publication
    host = urlsplit(publication.url).hostname or "feeds"
    return Project(
        name=re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-")[:40].rstrip("-") or "feeds",
        host=host,
        content=str(publication.content),
        templates=str(publication.templates) if (folder / publication.templates).is_dir() else "",
        newsletters=tuple(settings.newsletter),
    )


def _container(project: Project) -> str:
    templates = f"COPY --chown=feeds {project.templates} {project.templates}\n" if project.templates else ""
    return f"""\
# {project.host}, for Docker or Podman: save this as Dockerfile beside feeds.toml, and run
#   docker build --tag {project.name} .
#   docker run --env-file feeds.env --publish 127.0.0.1:{PORT}:{PORT} \\
#     --volume {project.name}:/srv/feeds/.feeds {project.name}
# Only what is named goes in: a ledger or a key that lies in this folder does not. A change of content,
# and an article whose date comes, is in the next image.
FROM python:3.13-slim
RUN useradd --uid {USER} --create-home feeds
RUN pip install --no-cache-dir 'feeds[{EXTRAS}]'
WORKDIR /srv/feeds
RUN mkdir --mode=700 .feeds issues && chown --recursive feeds .
COPY --chown=feeds feeds.toml feeds.loc[k] ./
COPY --chown=feeds {project.content} {project.content}
{templates}USER feeds
RUN feeds build
EXPOSE {PORT}
HEALTHCHECK --interval=30s --timeout=5s \\
  CMD ["python", "-c", "{_PROBE}"]
CMD ["feeds", "serve", "--host", "0.0.0.0"]
"""


_PROBE = f"from urllib.request import urlopen; urlopen('http://127.0.0.1:{PORT}/healthz', timeout=4)"


def _compose(project: Project) -> str:
    return f"""\
# {project.host} with PostgreSQL, two workers and the pages for subscribers, for Docker Compose: save this as
# compose.yaml beside the Dockerfile (`feeds hosting container`) and feeds.env (`feeds hosting environment`),
# write POSTGRES_PASSWORD=… into the file .env, and run:  docker compose up --detach
name: {project.name}

x-feeds: &feeds
  image: {project.name}
  build: .
  env_file: feeds.env
  environment: &environment
    FEEDS_LEDGER: postgresql://feeds@database/feeds
    PGPASSWORD: ${{POSTGRES_PASSWORD:?write it into the file .env}}
  depends_on:
    database: {{condition: service_healthy}}
  restart: unless-stopped
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]

services:
  database:
    image: postgres:17-alpine
    environment:
      POSTGRES_USER: feeds
      POSTGRES_PASSWORD: ${{POSTGRES_PASSWORD:?write it into the file .env}}
    volumes: ["database:/var/lib/postgresql/data"]
    healthcheck:
      test: [CMD, pg_isready, --username=feeds]
      interval: 5s
    restart: unless-stopped

  web: # the web server with the certificate passes Host on, and X-Forwarded-For
    <<: *feeds
    ports: ["127.0.0.1:{PORT}:{PORT}"]
    volumes: ["state:/srv/feeds/.feeds", "issues:/srv/feeds/issues"]

  worker: # as many as you like; on other machines too, if they share the folder issues/
    <<: *feeds
    command: [feeds, worker]
    deploy: {{replicas: 2}}
    volumes: ["issues:/srv/feeds/issues"]
    stop_grace_period: 60s # time to end what is on the wire
    healthcheck: {{disable: true}} # the image's asks for pages

volumes:
  database:
  issues:
  state:
"""


def _systemd(project: Project) -> str:
    return f"""\
# {project.host}, for systemd: save this as /etc/systemd/system/feeds@.service, make the user feeds and
# /etc/feeds.env (`feeds hosting environment`), put the project with its .venv into
# /srv/{project.name}, and run
#   systemctl enable --now feeds@serve feeds@run
# or feeds@worker for feeds@run, on each machine, where the ledger is in PostgreSQL.
[Unit]
Description=feeds %i of {project.host}
Wants=network-online.target
After=network-online.target postgresql.service

[Service]
Type=exec
User=feeds
WorkingDirectory=/srv/{project.name}
EnvironmentFile=-/etc/feeds.env
ExecStart=/srv/{project.name}/.venv/bin/feeds %i
Restart=always
RestartSec=5
SuccessExitStatus=143
TimeoutStopSec=60
ReadWritePaths=/srv/{project.name}
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
UMask=0027

[Install]
WantedBy=multi-user.target
"""


def _kubernetes(project: Project) -> str:
    return kubernetes.manifests(project.name, project.host, PORT, USER, project.newsletters)


KINDS: Mapping[str, tuple[str, Callable[[Project], str]]] = {
    "container": ("Dockerfile", _container),
    "compose": ("compose.yaml", _compose),
    "systemd": ("feeds@.service", _systemd),
    "kubernetes": (
        "feeds.yaml",
        _kubernetes,
    ),
    "grafana": ("feeds.json", lambda project: grafana.dashboard(project.name, project.host)),
    "environment": ("feeds.env", lambda _: environment.written()),
}
"""What we know to run by: the name of the file to save, and who writes it."""
