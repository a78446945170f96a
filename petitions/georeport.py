"""Cases in the words of Open311 GeoReport v2 (https://wiki.open311.org/GeoReport_v2/): services, requests, and both as XML.

A service is a first-level topic, a request a published case or one's own. The portal keeps no coordinates, so none are told.
"""

import datetime as dt
import re
from xml.etree import ElementTree

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from petitions import telling
from petitions.models import OVER, Category, Petition

OTHER = "0"  # the service of matters without a topic
PAGE, LONGEST_PAGE = 50, 200
DAY = dt.timedelta(days=1)
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class QueryError(Exception):
    """A query that the protocol does not know; its text is a Chinese sentence."""


def topics():
    """First-level topics in use, by name: what services are made of."""
    return Category.objects.in_use().filter(level=1).order_by("pk")


def services():
    """The list of services: a dict each; one query."""
    found = [(str(topic.pk), topic.name) for topic in topics()]
    return [
        {
            "service_code": code,
            "service_name": name,
            "description": _("向人大代表联络站反映：%(name)s") % {"name": name},
            "metadata": True,
            "type": "realtime",
            "keywords": name,
            "group": _("群众意见"),
        }
        for code, name in [*found, (OTHER, _("其他"))]
    ]


def definition(code):
    """What a service asks for beside the protocol's own fields; None where there is no such service."""
    if code not in {service["service_code"] for service in services()}:
        return None
    texts = [
        ("station", "string", True, _("联络站编号"), []),
        ("title", "string", False, _("一句话说是什么事，最多60字"), []),
        (
            "secrecy",
            "singlevaluelist",
            False,
            _("身份告诉谁"),
            [{"key": value, "name": label} for value, label in Petition.Secrecy.choices],
        ),
    ]
    attributes = [
        {
            "variable": True,
            "code": name,
            "datatype": kind,
            "required": required,
            "datatype_description": "",
            "order": order,
            "description": text,
            "values": values,
        }
        for order, (name, kind, required, text, values) in enumerate(texts, 1)
    ]
    return {"service_code": code, "attributes": attributes}


def requests(query):
    """A page of published cases, newest first, that a query asks for. Raises QueryError.

    ``query`` is a dict of texts: service_request_id and service_code (several by comma), start_date and end_date (W3C,
    without a zone in Beijing time), status (open, closed), page (from 1) and page_size (at most 200).
    """
    found = Petition.objects.published().select_related("category", "station", "region__parent__parent__parent")
    if query.get("service_request_id"):
        found = found.filter(number__in=query["service_request_id"].split(",")[:LONGEST_PAGE])
    else:
        found = _within(found, query)
    size = min(_number(query, "page_size", PAGE), LONGEST_PAGE)
    first = (_number(query, "page", 1) - 1) * size
    codes = _codes()
    return [_request(case, codes) for case in found.order_by("-submitted_at", "-pk")[first : first + size]]


def _within(found, query):
    if query.get("start_date"):
        day, over = _day(query["start_date"])
        found = found.filter(submitted_at__gte=day + DAY if over else day)
    if query.get("end_date"):
        found = found.filter(submitted_at__lt=_day(query["end_date"])[0] + DAY)
    asked = set(filter(None, query.get("service_code", "").split(",")))
    if asked:
        found = _of_services(found, asked)
    states = set(filter(None, query.get("status", "").split(",")))
    if states - {"open", "closed"}:
        raise QueryError(_("状态只能是open或closed。"))
    if states == {"closed"}:
        return found.filter(status__in=OVER)
    return found.open() if states == {"open"} else found


def _of_services(found, codes):
    names = {name for name, code in _codes().items() if code in codes}
    below = Category.objects.none()
    for name in names:
        below |= Category.objects.filter(path=name) | Category.objects.filter(path__startswith=f"{name}/")
    chosen = found.filter(category__in=below)
    return chosen | found.filter(category=None) if OTHER in codes else chosen


def _codes():
    """The code of each first-level topic, used or not, by name."""
    return {name: str(pk) for pk, name in Category.objects.filter(level=1).values_list("pk", "name")}


def _number(query, name, usual):
    text = query.get(name) or str(usual)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 100_000):
        raise QueryError(_("%(name)s应为正整数。") % {"name": name})
    return int(text)


def _day(text):
    """The beginning of a moment's day in Beijing, and whether the moment is later than that. Raises QueryError."""
    try:
        moment = parse_datetime(text.replace(" ", "+"))
        if timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        begun = _midnight(moment)
        begun + DAY
    except (AttributeError, ValueError, OverflowError) as error:
        raise QueryError(_("时间应像2026-11-24T00:00:00Z这样。")) from error
    return begun, moment > begun


def _midnight(moment):
    return timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)


def published(number):
    """The request of a published case, or None; two queries."""
    found = requests({"service_request_id": number})
    return found[0] if found else None


def own(proposer):
    """The request of a case that its holder's query code opened, in their own words where they brought it."""
    case = proposer.petition
    words = case.body[:4000] if proposer.is_first else telling.headline(case, own=False)
    return _request(case, _codes()) | {"description": words}


def _request(case, codes):
    topic = case.topic_name
    changed = case.closed_at or case.published_at
    return {
        "service_request_id": case.number,
        "status": "closed" if case.is_over else "open",
        "status_notes": case.get_status_display(),
        "service_name": topic or _("其他"),
        "service_code": codes.get(topic, OTHER),
        "description": f"{case.public_title}\n{case.summary}".strip()[:4000],
        "agency_responsible": case.station.name,
        "service_notice": None,
        # Its day, as the number tells it, too: the minute could tell who stood at which counter.
        "requested_datetime": _w3c(_midnight(case.submitted_at)),
        "updated_datetime": changed and _w3c(changed),
        "expected_datetime": None,
        "address": case.region.full_name,
        "address_id": case.region_id,
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": None,
    }


def _w3c(moment: dt.datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")


def discovery():
    """Where the service is and in which formats."""
    url = f"{settings.SITE_URL}{reverse('petitions:open311_services', args=['json']).rpartition('/')[0]}"
    return {
        "changeset": "2026-11-30T00:00:00+08:00",
        "contact": _("请与联络站联系"),
        "key_service": _("不需要密钥"),
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": url,
                "changeset": "2026-11-30T00:00:00+08:00",
                "type": "production",
                "formats": ["application/json", "text/xml"],
            }
        ],
    }


# What a list's rows are called in XML, by the list's own name.
ROWS = {
    "services": "service", "service_requests": "request", "errors": "error", "attributes": "attribute",
    "values": "value", "endpoints": "endpoint", "formats": "format",
}  # fmt: skip


def as_xml(root, value):
    """A dict, or a list of them, as the bytes of an XML document; without the signs that XML cannot hold."""
    return ElementTree.tostring(_element(root, value), encoding="utf-8", xml_declaration=True)


def _element(name, value):
    element = ElementTree.Element(name)
    if isinstance(value, dict):
        element.extend(_element(key, part) for key, part in value.items())
    elif isinstance(value, list):
        element.extend(_element(ROWS[name], part) for part in value)
    elif value is not None:
        element.text = NO_XML.sub("", str(value).lower() if isinstance(value, bool) else str(value))
    return element
