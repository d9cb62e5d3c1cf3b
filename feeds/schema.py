"""JSON Schemas of articles and of feeds.toml, by which an editor's program completes and checks."""

from __future__ import annotations

import json

from pydantic import BaseModel

from feeds.article import Manuscript
from feeds.config import Settings
from feeds.publishing import Document

FILES: dict[str, type[BaseModel]] = {
    "schema/article.schema.json": Manuscript,
    "schema/feeds.schema.json": Settings,
}
"""Where each schema is written, and what it describes."""


def schemas() -> tuple[Document, ...]:
    """Both schemas (JSON Schema 2020-12), each as the file in which it is written."""
    return tuple(Document(path, _schema(model), "application/schema+json") for path, model in FILES.items())


def _schema(model: type[BaseModel]) -> bytes:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(),
    }
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()
