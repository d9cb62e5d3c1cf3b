"""Small exports of our own writing, built as the real ones are."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

_HEAD = """\
<?xml version="1.0" encoding="UTF-8" ?>
<!-- This is a WordPress eXtended RSS file -->
<rss version="2.0"
  xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>Dishes</title>
<link>https://old.example.org</link>
<language>fr-FR</language>
<wp:base_blog_url>https://old.example.org</wp:base_blog_url>
<wp:author><wp:author_login><![CDATA[ada]]></wp:author_login>
<wp:author_email><![CDATA[ada@example.org]]></wp:author_email>
<wp:author_display_name><![CDATA[Ada Byron]]></wp:author_display_name></wp:author>
"""

ITEM = {
    "title": "The dish",
    "link": "https://old.example.org/2024/05/dish/",
    "guid": "https://old.example.org/?p=12",
    "dc:creator": "ada",
    "content:encoded": "One.\n\nTwo.",
    "excerpt:encoded": "",
    "wp:post_id": "12",
    "wp:post_date": "2024-05-03 12:00:00",
    "wp:post_date_gmt": "2024-05-03 10:00:00",
    "wp:post_name": "dish",
    "wp:status": "publish",
    "wp:post_type": "post",
    "wp:post_password": "",
}


def item(more: str = "", **fields: str) -> str:
    """One item; a field `wp_status` stands for wp:status."""
    given = {**ITEM, **{name.replace("_", ":", 1): value for name, value in fields.items()}}
    inside = "".join(f"<{name}><![CDATA[{value}]]></{name}>\n" for name, value in given.items())
    return f"<item>\n{inside}{more}</item>\n"


def wordpress(*items: str) -> str:
    """A WXR document."""
    return _HEAD + "".join(items) + "</channel>\n</rss>\n"


def meta(key: str, value: str) -> str:
    """What a plugin or theme keeps of an item."""
    return (
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key>"
        f"<wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
    )


def ghost_post(**fields: object) -> dict[str, object]:
    """A row of Ghost's posts."""
    return {
        "id": "63f8a0e4c1b2a3d4e5f60718",
        "title": "The dish",
        "slug": "dish",
        "html": '<p>Text, <a href="__GHOST_URL__/about/">about</a>.</p>',
        "lexical": "{}",
        "type": "post",
        "status": "published",
        "visibility": "public",
        "published_at": "2024-05-03T10:00:00.000Z",
        "updated_at": "2024-05-04T10:00:00.000Z",
        "custom_excerpt": None,
        "feature_image": "__GHOST_URL__/content/images/lead.jpg",
        **fields,
    }


def ghost(*posts: Mapping[str, object], **tables: object) -> str:
    """Ghost's JSON."""
    data = {"posts": list(posts), **tables}
    return json.dumps({"db": [{"meta": {"exported_on": 1714730400000, "version": "5.80.0"}, "data": data}]})


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """A zip of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in files.items():
            out.writestr(name, text)
    return made.getvalue()


SUBSTACK = """\
post_id,post_date,is_published,email_sent_at,inbox_sent_at,type,audience,title,subtitle,podcast_url
101.dish,2024-05-03T10:00:00.000Z,true,,,newsletter,everyone,The dish,"A subtitle, with a comma",
102.paid,2024-05-04T10:00:00.000Z,true,,,newsletter,only_paid,For some,,
103.talk,2024-05-05T10:00:00.000Z,true,,,podcast,everyone,A talk,,https://cdn.example.org/talk.mp3
104.about,2024-05-06T10:00:00.000Z,true,,,page,everyone,About,,
105.idea,,false,,,newsletter,everyone,An idea,,
"""


def substack(**more: str) -> dict[str, str]:
    """The files of a Substack export."""
    widget = (
        '<div class="subscription-widget-wrap"><div><form><p>Subscribe now</p></form></div></div><p>End.</p>'
    )
    return {
        "posts.csv": SUBSTACK,
        "email_list.example.csv": "email\nada@example.org\n",
        "posts/101.dish.html": f"<p>Text.</p>{widget}",
        "posts/102.paid.html": "<p>Secret.</p>",
        "posts/103.talk.html": "<p>Listen.</p>",
        "posts/105.idea.html": "<p>Perhaps.</p>",
        **more,
    }


BUTTONDOWN = """\
---
id: 0b8e1c1e-0000-4000-8000-000000000001
subject: The dish
status: published
email_type: public
slug: dish
publish_date: 2024-05-03T10:00:00Z
description: Two sentences.
image: https://cdn.example.org/lead.png
---
<!-- buttondown-editor-mode: plaintext -->Hello {{ subscriber.metadata.name }}, **dish**.

![A dish](../media/dish.png)
"""

ATOM = """\
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de">
<title>Old</title><id>tag:example.org,2020:old</id><updated>2024-05-03T10:00:00Z</updated>
<link href="https://old.example.org/"/>
<entry><title>The dish</title><id>tag:example.org,2020:dish</id>
<link href="https://old.example.org/dish.html"/>
<published>2024-05-03T10:00:00Z</published><updated>2024-05-03T10:00:00Z</updated>
<author><name>Ada Byron</name></author><category term="space"/>
<content type="html">&lt;p&gt;Text.&lt;/p&gt;</content></entry>
</feed>
"""


def json_of(value: Any) -> str:
    """A JSON text."""
    return json.dumps(value)
