"""Places on earth: W3C Basic Geo, GeoRSS and the piece of GML it uses."""

from __future__ import annotations

from feeds.rules import kinds, lexical
from feeds.rules.base import Element, Extension, Kind, Test, many, once
from feeds.rules.frame import Frame
from feeds.rules.inspection import Inspection
from feeds.rules.kinds import may
from feeds.rules.namespaces import GEO, GEORSS, GML, ICBM

SPEC = "GeoRSS "
_LATITUDE = Kind("coordinate", lexical.between(-90, 90, integer=False))
_LONGITUDE = Kind("coordinate", lexical.between(-180, 180, integer=False))


def pairs(least: int, most: int = 0, *, ring: bool = False) -> Test:
    """A test for pairs of latitude and longitude."""

    def test(text: str) -> str | None:
        parts = text.replace(",", " ").split()
        if any(lexical.number(part) for part in parts):
            return f"{text[:60]!r} is not a list of coordinates"
        count = len(parts) // 2
        if len(parts) % 2 or count < least or (most and count > most):
            wanted = least if least == most else f"{least} or more"
            return f"{text[:60]!r} needs {wanted} pairs of latitude and longitude"
        values = [float(part) for part in parts]
        if any(not -90 <= value <= 90 for value in values[::2]) or any(
            not -360 <= value <= 360 for value in values[1::2]
        ):
            return f"{text[:60]!r} leaves the earth: latitude first, -90 to 90, then longitude"
        return "a polygon must end where it began" if ring and values[:2] != values[-2:] else None

    return test


def _positions(least: int, most: int = 0, *, ring: bool = False) -> Element:
    kind = Kind("coordinate", pairs(least, most, ring=ring))
    return Element(
        SPEC + "GML",
        (kinds.NOT_BLANK, kind),
        attributes={"srsName": may(), "srsDimension": may(), "dimension": may()},
    )


def _gml(local: str) -> str:
    return f"{GML} {local}"


def _shape(**children: Element) -> Element:
    table = {_gml(name): once(element) for name, element in children.items()}
    return Element(SPEC + "GML", children=table, any_attribute=True, context="gml")


_RING = _shape(LinearRing=_shape(posList=_positions(4, ring=True)))


def _somewhere(frame: Frame, inspection: Inspection) -> None:
    if not frame.counts:
        inspection.say(frame, "missing-element", "georss:where needs a shape of GML")


_WHERE = Element(
    SPEC + "GML",
    children={
        _gml("Point"): once(_shape(pos=_positions(1, 1))),
        _gml("LineString"): once(_shape(posList=_positions(2))),
        _gml("Polygon"): once(
            Element(
                SPEC + "GML",
                children={_gml("exterior"): once(_RING), _gml("interior"): many(_RING)},
                any_attribute=True,
                context="gml",
            )
        ),
        _gml("Envelope"): once(_shape(lowerCorner=_positions(1, 1), upperCorner=_positions(1, 1))),
    },
    context="gml",
    ends=(_somewhere,),
)
_ATTRIBUTES = {
    "featuretypetag": may(),
    "relationshiptag": may(),
    "featurename": may(),
    "elev": may(kinds.NUMBER),
    "floor": may(kinds.WHOLE),
    "radius": may(kinds.AMOUNT),
}


def _simple(kind: Kind) -> Element:
    return Element(SPEC + "Simple", (kinds.NOT_BLANK, kind), attributes=_ATTRIBUTES)


_SIMPLE: dict[str, Element] = {
    "point": _simple(Kind("coordinate", pairs(1, 1))),
    "line": _simple(Kind("coordinate", pairs(2))),
    "polygon": _simple(Kind("coordinate", pairs(4, ring=True))),
    "box": _simple(Kind("coordinate", pairs(2, 2))),
    "circle": _simple(Kind("coordinate", lexical.numbers(3))),
    "elev": _simple(kinds.NUMBER),
    "floor": _simple(kinds.WHOLE),
    "radius": _simple(kinds.AMOUNT),
    "featuretypetag": _simple(kinds.BLANK_WARNING),
    "relationshiptag": _simple(kinds.BLANK_WARNING),
    "featurename": _simple(kinds.BLANK_WARNING),
    "where": _WHERE,
}
_POINT = Element(
    "W3C Basic Geo",
    children={
        f"{GEO} lat": once(Element("W3C Basic Geo", (_LATITUDE,))),
        f"{GEO} long": once(Element("W3C Basic Geo", (_LONGITUDE,))),
        f"{GEO} alt": once(Element("W3C Basic Geo", (kinds.NUMBER,))),
    },
    any_attribute=True,
    context="geo",
)
EXTENSIONS = {
    **{f"{GEORSS} {name}": Extension(element) for name, element in _SIMPLE.items()},
    **{name: Extension(child.element, frozenset(), 1) for name, child in _POINT.children.items()},
    f"{GEO} Point": Extension(_POINT),
}


_HALVES = ((f"{GEO} lat", f"{GEO} long"), (f"{ICBM} latitude", f"{ICBM} longitude"))
COORDINATES = frozenset(name for names in _HALVES for name in names)


def coordinates(frame: Frame, inspection: Inspection) -> None:
    """A latitude needs a longitude, and the other way round."""
    if COORDINATES.isdisjoint(frame.counts):
        return
    for latitude, longitude in _HALVES:
        if (latitude in frame.counts) != (longitude in frame.counts):
            missing = longitude if latitude in frame.counts else latitude
            words = f"half a place: {inspection.name_of(missing)} is missing"
            inspection.say(frame, "missing-element", words, source="W3C Basic Geo")
