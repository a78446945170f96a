"""What a resident is told before they say who they are, and the consent to publication that they may take back."""

import pytest
from django.urls import reverse

from petitions.models import Petition, Status
from tests.factories import a_reception
from tests.petitions.story import REPORTER
from tests.petitions.test_public_submitting import address_of, said, send
from vault.fields import NoticeField
from vault.models import Identity
from vault.notice import CURRENT
from vault.services import keep

pytestmark = pytest.mark.django_db


def test_the_notice_stands_at_every_form_that_asks_who_one_is(client, office, case):
    reception = a_reception(office.station, deputies=[office.deputy_person], slot_minutes=20)
    for url in (
        address_of(office.station),
        reverse("petitions:join", args=[case.petition.number]),
        reverse("deputies:book", args=[reception.pk]),
    ):
        page = said(client.get(url))
        assert reverse("portal:privacy_notice") in page
        assert f'name="notice" value="{CURRENT}"' in page


def test_the_version_that_was_shown_is_kept_with_who_it_was_shown_to(client, office):
    send(client, office, notice=str(CURRENT))

    assert Identity.objects.get().notice_version == CURRENT


def test_a_version_that_never_was_counts_as_none_shown():
    assert [NoticeField().clean(typed) for typed in ("", None, "99", "x", str(CURRENT))] == [0, 0, 0, 0, CURRENT]


def test_the_version_is_no_part_of_what_is_sealed():
    row = keep(REPORTER | {"notice": 1})

    assert row.notice_version == 1
    assert keep({"name": "", "notice": 1}) is None


def open_case(client, story):
    client.post("/petitions/track/", {"number": story.petition.number, "code": story.code})


def test_consent_is_taken_back_on_the_tracking_page_and_what_was_public_comes_down(brought_to, client):
    story = brought_to(Status.CLOSED, consent_publish=True)
    story.take("publish")
    open_case(client, story)
    assert "不再同意公开" in said(client.get(story.petition.tracking_url))

    url = reverse("petitions:tracked_action", args=[story.petition.number, "withdraw_consent"])
    assert client.post(url).status_code == 302

    story.petition.refresh_from_db()
    assert story.petition.publication == Petition.Publication.PRIVATE
    assert client.get(reverse("portal:result", args=[story.petition.number])).status_code == 404
    assert "不再同意公开" not in said(client.get(story.petition.tracking_url))


def test_without_consent_there_is_nothing_to_take_back(brought_to, client):
    story = brought_to(Status.CLOSED)
    open_case(client, story)

    assert "不再同意公开" not in said(client.get(story.petition.tracking_url))
