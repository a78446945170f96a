"""Publication of a summary that staff wrote."""

import pytest

from petitions.errors import ActionError
from petitions.models import Petition, Status


def test_with_consent_the_staffs_summary_is_published_and_the_case_goes_on(brought_to):
    case = brought_to(Status.RATING, consent_publish=True)

    case.take("publish")

    petition = Petition.objects.published().get()
    assert (petition.public_title, petition.summary) == ("路灯修复", "村口路灯已修复。")
    assert petition.published_at == case.at
    assert petition.status == Status.RATING


def test_without_consent_nothing_is_published(brought_to):
    case = brought_to(Status.CLOSED)

    with pytest.raises(ActionError, match="反映人没有同意公开"):
        case.take("publish")

    assert not Petition.objects.published().exists()


def test_a_summary_can_be_taken_down_and_published_anew(brought_to):
    case = brought_to(Status.CLOSED, consent_publish=True)
    case.take("publish")

    case.take("unpublish")
    assert not Petition.objects.published().exists()
    assert not case.petition.events.get(action="unpublish").public
    case.take("publish", summary="村口三盏路灯已修复。")

    assert Petition.objects.published().get().summary == "村口三盏路灯已修复。"
