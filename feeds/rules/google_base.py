"""Google Base: what is sold, offered and announced."""

from __future__ import annotations

import re

from feeds.rules import kinds
from feeds.rules.base import Element, Extension, Kind
from feeds.rules.namespaces import GOOGLE_BASE

SPEC = "Google Base attributes"


def _form(pattern: str, example: str) -> Kind:
    compiled = re.compile(pattern)

    def test(text: str) -> str | None:
        return None if compiled.fullmatch(text) else f"{text[:40]!r} is not of the form {example}"

    return Kind("value", test)


def _range(text: str) -> str | None:
    start, slash, end = text.partition("/")
    return kinds.W3C_DATE.test(start) or (kinds.W3C_DATE.test(end) if slash else None)


_DATE, _RANGE = kinds.W3C_DATE, Kind("date", _range)
_MEASURE = _form(r"[+-]?\d[\d,]*(\.\d+)?\s*[^\d\s].*", "12.5 cm")
_PRICE = _form(r"(?:[A-Z]{3}\s*|[^\w\s.,+-]\s?)?\d[\d,]*(?:\.\d+)?(?:\s*\S.*)?", "12.50 USD")
_TYPES: tuple[tuple[Kind, str], ...] = (
    (_DATE, "expiration_date expiration_date_time publish_date"),
    (_RANGE, "event_date_range course_date_range travel_date_range open_house_date_range"),
    (_form(r"[12]\d{3}", "2024"), "year"),
    (kinds.COUNT, "quantity age bedrooms mileage sleeps servings resolution"),
    (kinds.POSITIVE, "pages"),
    (_form(r"\d{8,14}", "a code of 8 to 14 digits"), "upc"),
    (_form(r"(?:\d[- ]?){9}[\dXx]|(?:\d[- ]?){12}\d", "0-19-852663-6"), "isbn"),
    (
        kinds.NOT_BLANK,
        "actor agent apparel_type artist author brand color condition course_number cuisine employer feature "
        "format id job_function job_industry job_type label make manufacturer model news_source occupation "
        "product_type property_type publication_name publisher school service_type subject",
    ),
    (kinds.AMOUNT, "bathrooms rating hoa_dues"),
    (_form(r"\d{1,2}(\.\d+)?\s*%?|100(\.0+)?\s*%?", "8.5"), "tax_percent"),
    (_form(r"\d+\s*[A-Za-z].*", "20 minutes"), "cooking_time preparation_time"),
    (
        _MEASURE,
        "area delivery_radius heel_height height length megapixels memory processor_speed screen_size weight "
        "width",
    ),
    (_PRICE, "price salary"),
    (_form(r"\d+(\.\d+)?\s*x\s*\d+(\.\d+)?(\s*x\s*\d+(\.\d+)?)?\s*\S.*", "10x25x20 cm"), "size"),
    (_form(r"[A-Z]{3}", "EUR"), "currency"),
    (kinds.URL, "image_link related_link url_of_item_reviewed"),
    (kinds.word("starting", "negotiable", "fixed", fold=True), "price_type salary_type"),
    (kinds.word("true", "false", "yes", "no", fold=True), "pickup"),
    (kinds.word("male", "female", "m", "f", "unisex", "other", fold=True), "gender"),
    (kinds.word("editorial", "user", fold=True), "reviewer_type"),
    (
        kinds.word(
            *(
                "cash check travelerscheck visa mastercard americanexpress discover wiretransfer paypal "
                "googlecheckout diners"
            ).split(),
            fold=True,
        ),
        "payment_accepted",
    ),
)
EXTENSIONS = {
    f"{GOOGLE_BASE} {name}": Extension(Element(SPEC, (kinds.NOT_BLANK, kind), context="text"))
    for kind, names in _TYPES
    for name in names.split()
}
