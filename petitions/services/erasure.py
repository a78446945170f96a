"""Deleting who somebody is because they ask for it (个人信息保护法, articles 15 and 47)."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.services import holders
from notices import services as notices
from notices.tasks import ring
from petitions.errors import ActionError
from petitions.models import OVER, ErasureRequest, Petition, Proposer
from petitions.permissions import positions
from petitions.retention import erase
from vault.retention import note_on_request

DECIDING = {Role.HEAD, Role.COMMITTEE}
LONGEST_WHY = 300


@transaction.atomic
def ask_erasure(*, proposer, words="", at=None):
    """Ask for the deletion of one's own identity; returns the ``ErasureRequest``.

    Where the case is over it is done at once, since its purpose has ended; of an open case the station's heads decide. A
    second request before that is the first one. Raises ``ActionError`` where nothing is kept of the proposer.
    """
    live, at = at is None, at or timezone.now()
    petition, proposer = _locked(proposer)
    if proposer.identity is None:
        raise ActionError(_("这里没有保存您的姓名、电话和住址，不用删除。"))
    waiting = proposer.erasure_requests.open().first()
    if waiting is not None:
        return waiting
    asked = ErasureRequest(petition=petition, proposer=proposer, asked_at=at, words=words[:500])
    if petition.status in OVER:
        _erase(asked, proposer, at)
    asked.save()
    if asked.erased is None:
        _tell_heads(asked, at)
        if live:
            transaction.on_commit(ring, robust=True)
    return asked


@transaction.atomic
def decide_erasure(*, request, actor, erased, why="", at=None):
    """Delete what was asked for, or keep it with a reason that the resident reads.

    For the station's head or the committee. Raises ``ActionError`` without that right, without a reason of at most 300
    characters for keeping, for keeping what belongs to a case that is over, and once it is decided.
    """
    at = at or timezone.now()
    petition, proposer = _locked(request.proposer)
    asked = ErasureRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not positions(petition, actor) & DECIDING:
        raise ActionError(_("删除申请由站长（主席团）或代工委处理。"))
    if asked.decided_at is not None:
        raise ActionError(_("这个申请已经处理过了。"))
    if not erased and petition.status in OVER:
        raise ActionError(_("此件已经结束，没有继续保存身份信息的理由，请予删除。"))
    if not erased and not 1 <= len(why.strip()) <= LONGEST_WHY:
        raise ActionError(_("请写明不予删除的理由，不超过%(most)d字，申请人会看到。") % {"most": LONGEST_WHY})
    asked.decided_by = actor
    if erased:
        _erase(asked, proposer, at)
    else:
        asked.erased, asked.why, asked.decided_at = False, why.strip(), at
    asked.save()
    return asked


def _locked(proposer):
    """The case under lock, so that no step runs meanwhile, and the proposer as it is now."""
    petition = (
        Petition.objects.select_for_update(of=("self",)).select_related("station__region").get(pk=proposer.petition_id)
    )
    return petition, Proposer.objects.select_related("identity").get(pk=proposer.pk)


def _erase(asked, proposer, at):
    asked.erased, asked.decided_at = True, at
    if proposer.identity is not None:
        erase([proposer.identity])
        note_on_request(1, at=at)


def _tell_heads(asked, at):
    station = asked.petition.station
    notices.tell(
        to=holders(Role.HEAD, region=station.region, on=timezone.localdate(at)),
        title=_("%(number)s 反映人申请删除个人信息，请处理") % {"number": asked.petition.number},
        topic=asked.petition.topic,
        key=f"erasure:{asked.proposer_id}:{at.timestamp()}",
        link=reverse("petitions:erasure_requests"),
        at=at,
    )
