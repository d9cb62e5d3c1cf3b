"""`[publication]`: who publishes, and where everything stands."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Literal, Self

from pydantic import Field, model_validator

from feeds.article import Authors
from feeds.config.words import AddressPattern, Base, Colour, Content, Dialect, Folder, Posts, Zone
from feeds.model import Model
from feeds.values import Address, Language, Line, Reference


class PublicationSettings(Model):
    """`[publication]`: who publishes, where, in which language and time zone."""

    title: Line = Field(description="The publication's name.")
    url: Base = Field(description="Where it stands on the web; every address is built from it.")
    description: Line | None = Field(None, description="What it is about, in one sentence.")
    language: Language = Field("en", description="The language of whatever says nothing else.")
    timezone: Zone = Field("UTC", description="The zone of dates that name none.")
    authors: Authors = Field((), description="Who signs what nobody signed; else the title.")
    rights: Line | None = Field(None, description="A line on copyright or licence.")
    icon: Reference | None = Field(None, description="A square image, in content/ or by address.")
    logo: Reference | None = Field(None, description="A wide image, in content/ or by address.")
    accent: Colour = Field("#1f4e79", description="The publication's colour, on white.")
    address: AddressPattern = Field("/{folder}/{slug}/", description="The pattern of an article's address.")
    news: Address | None = Field(None, description="The page with all news; else the url.")
    hub: Address | None = Field(None, description="A WebSub hub, told by `feeds publish-ping`.")
    compress: tuple[Literal["gzip", "brotli"], ...] = Field(
        (), description="Compressed copies beside the files, for servers that send them."
    )
    dialect: Dialect | None = Field(
        None, description="The generator whose site the content is; our own format if left out."
    )
    content: Content = Field(
        "content", description="The folder of the articles; with a dialect, the folder of the site, anywhere."
    )
    posts: tuple[Posts, ...] = Field(
        (), description="With a dialect: the folders of posts within the site, if not all that it has."
    )
    output: Folder = Field("public", description="The folder that is written.")
    templates: Folder = Field("templates", description="The folder of templates of your own.")

    @model_validator(mode="after")
    def _folders_apart(self) -> Self:
        """No folder inside another: what is written must never be read, or stand where articles do."""
        named = {"content": self.content, "output": self.output, "templates": self.templates}
        if self.dialect:
            del named["content"]  # it is the whole site, of which the posts alone are read
        for name, folder in named.items():
            for other, outer in named.items():
                if name != other and PurePosixPath(folder).is_relative_to(outer):
                    raise ValueError(f"{name} “{folder}” lies in {other} “{outer}”; keep them apart")
        return self
