"""A report of Open311 as the public form has it."""

import uuid

from petitions import georeport
from petitions.forms.public import PetitionForm
from petitions.models import Petition

LONGEST_TITLE = 60


def filled_form(typed, station):
    """The public form filled with a report's fields (a QueryDict), or None where its service is none.

    Who gives neither name nor phone stays anonymous. An address, and coordinates as they were sent, become the place's
    words.
    """
    text = {name: value.replace("\x00", "") for name, value in typed.items()}
    code = text.get("service_code", "")
    if code not in {service["service_code"] for service in georeport.services()}:
        return None
    body = text.get("description", "")
    name = f"{text.get('last_name', '')}{text.get('first_name', '')}"
    anonymous = not (name or text.get("phone"))
    usual = Petition.Secrecy.ANONYMOUS if anonymous else Petition.Secrecy.STATION
    where = [text.get("lat", ""), text.get("long", "")]
    return PetitionForm(
        {
            "title": text.get("attribute[title]") or (body.strip().splitlines() or [""])[0][:LONGEST_TITLE],
            "body": body,
            "place": text.get("address_string") or (",".join(where) if all(where) else ""),
            "category": "" if code == georeport.OTHER else code,
            "secrecy": text.get("attribute[secrecy]") or usual,
            "name": name,
            "phone": text.get("phone", ""),
            "email": text.get("email", ""),
            "draft_key": uuid.uuid4(),
            "submission_key": uuid.uuid4(),
        },
        station=station,
    )
