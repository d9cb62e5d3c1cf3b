# ruff: noqa: E501 - a document is easier to read on one line
from __future__ import annotations

import pytest

from tests.rules.support import entry, findings, item, rss, rules

URL = 'url="https://example.org/a.mp4"'


def media(attributes: str = "", inside: str = "") -> bytes:
    return item(f"<media:content {URL} {attributes}>{inside}</media:content>")


BAD = [
    ("media-address", item("<media:content type='video/mp4'/>")),
    ("address", item("<media:content url='/a.mp4'/>")),
    ("media-type", media('type="mp4"')),
    ("value", media('medium="film"')),
    ("value", media('isDefault="yes"')),
    ("value", media('expression="part"')),
    *[("number", media(f'{name}="x"')) for name in (
        "fileSize", "bitrate", "framerate", "samplingrate", "channels", "duration", "height", "width")],
    ("number", media('height="-1"')),
    ("number", media('fileSize="-1"')),
    ("language", media('lang="english"')),
    ("unknown-attribute", media('filesize="1"')),
    ("unknown-element", media("", "<media:nosuch/>")),
    ("unknown-element", item("<media:thumbnails/>")),
    ("value", media("", "<media:adult>maybe</media:adult>")),
    ("rating", media("", "<media:rating>teen</media:rating>")),
    ("rating", media("", '<media:rating scheme="urn:mpaa">x</media:rating>')),
    ("rating", media("", '<media:rating scheme="urn:v-chip">x</media:rating>')),
    ("rating", media("", '<media:rating scheme="urn:icra">x</media:rating>')),
    ("value", media("", '<media:title type="text">x</media:title>')),
    ("value", media("", '<media:description type="xhtml">x</media:description>')),
    ("html-in-text", media("", "<media:title>&lt;b>x&lt;/b></media:title>")),
    *[("html-in-text", media("", f"<media:{name}>&lt;b>x&lt;/b></media:{name}>")) for name in ("keywords", "copyright", "credit")],
    ("missing-attribute", media("", "<media:thumbnail/>")),
    ("address", media("", '<media:thumbnail url="x"/>')),
    ("number", media("", f'<media:thumbnail {URL} width="wide"/>')),
    ("time", media("", f'<media:thumbnail {URL} time="noon"/>')),
    ("value", media("", '<media:hash algo="sha256">x</media:hash>')),
    ("hash", media("", "<media:hash>xyz</media:hash>")),
    ("hash", media("", '<media:hash algo="sha-1">dfdec888b72151965a34b4b59031290a</media:hash>')),
    ("missing-attribute", media("", "<media:player/>")),
    ("number", media("", f'<media:player {URL} height="x"/>')),
    ("duplicate-element", media("", f"<media:player {URL}/><media:player {URL}/>")),
    ("credit-role", media("", '<media:credit role="Producer">x</media:credit>')),
    ("credit-role", media("", '<media:credit role="bystander">x</media:credit>')),
    ("address", media("", '<media:copyright url="x">x</media:copyright>')),
    ("value", media("", '<media:text type="rtf">x</media:text>')),
    ("time", media("", '<media:text start="noon">x</media:text>')),
    ("language", media("", '<media:text lang="english">x</media:text>')),
    ("missing-attribute", media("", '<media:restriction type="country">us</media:restriction>')),
    ("value", media("", '<media:restriction relationship="permit" type="country">us</media:restriction>')),
    ("value", media("", '<media:restriction relationship="allow" type="planet">us</media:restriction>')),
    ("country", media("", '<media:restriction relationship="allow" type="country">usa</media:restriction>')),
    ("restriction", media("", '<media:restriction relationship="allow">some</media:restriction>')),
    ("media-default", item(f'<media:group><media:content {URL} isDefault="true"/><media:content {URL} isDefault="true"/></media:group>')),
    ("media-group", item("<media:group><media:title>x</media:title></media:group>")),
    ("address", media("", '<media:category scheme="x">x</media:category>')),
    ("namespace-misspelt", item('<m:title xmlns:m="http://search.yahoo.com/mrss">x</m:title>')),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "document"), BAD)
def test_each_breach_is_named_and_nothing_else(rule: str, document: bytes) -> None:
    assert rules(document) == [rule], [str(finding) for finding in findings(document)]


@pytest.mark.parametrize(
    "document",
    [
        media('fileSize="12216320" type="video/quicktime" medium="video" isDefault="true" expression="full" bitrate="128" '
              'framerate="25" samplingrate="44.1" channels="2" duration="185" height="200" width="300" lang="en"'),
        item(f"<media:content><media:player {URL} height='1' width='2'/></media:content>"),
        item(f"<media:player {URL}/><media:content type='video/mp4'/>"),
        item(f"<media:group><media:content {URL}/><media:content {URL}/><media:rating>nonadult</media:rating></media:group>"),
        media("", '<media:rating scheme="urn:icra">r (cz 1 lz 1 nz 1 oz 1 vz 1)</media:rating><media:rating scheme="urn:mpaa">pg</media:rating>'),
        media("", '<media:title type="html">&lt;b>x&lt;/b></media:title><media:description/><media:keywords>a, b</media:keywords>'),
        media("", f'<media:thumbnail {URL} width="75" height="50" time="12:05:01.123"/><media:thumbnail {URL}/>'),
        media("", '<media:category scheme="http://search.yahoo.com/mrss/category_schema" label="x">music/artist</media:category>'),
        media("", '<media:hash algo="md5">dfdec888b72151965a34b4b59031290a</media:hash><media:adult>false</media:adult>'),
        media("", '<media:credit role="producer" scheme="urn:ebu">x</media:credit><media:credit role="whatever" scheme="urn:yvs">x</media:credit>'),
        media("", '<media:copyright url="http://a.org/c">2005</media:copyright><media:text type="plain" lang="en" start="00:00:03.000" end="00:00:10.000">Oh</media:text>'),
        media("", '<media:restriction relationship="allow" type="country">au us</media:restriction><media:restriction relationship="deny">all</media:restriction>'),
        media("", '<media:community><media:starRating average="3.5" count="20"/></media:community><media:status state="active"/>'),
        media("", f'<media:embed {URL} width="1" height="2"><media:param name="type">x</media:param></media:embed>'),
        entry(f"<media:group><media:content {URL} type='application/x-shockwave-flash'/><media:thumbnail {URL}/></media:group>"),
        rss("<media:rating>nonadult</media:rating>"),
    ],
)  # fmt: skip
def test_clean_media(document: bytes) -> None:
    assert [str(finding) for finding in findings(document)] == []
