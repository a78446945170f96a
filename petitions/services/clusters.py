"""Like cases under one head (同类事项): each stays a case of its own; what is done with several is done with all or none."""

from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from petitions import lifecycle
from petitions.errors import ActionError
from petitions.models import Cluster, Petition
from petitions.permissions import positions
from petitions.services.closing import pass_reply
from petitions.services.handling import hand_over
from petitions.services.step import step

FEWEST = 2


@transaction.atomic
def confirm_cluster(*, title, cases, actor, note="", at=None):
    """Confirm that open cases are about one matter, and return the ``Cluster``; each case says so in its own record.

    Raises ``ActionError`` for fewer than two cases, and naming every case that is over, is in a cluster already, or is
    not the actor's to handle; then none is taken in.
    """
    held = _locked(cases)
    if len(held) < FEWEST:
        raise ActionError(_("请至少选择两件意见。"))
    _must_fit(held, "group", actor)
    cluster = Cluster.objects.create(
        title=title,
        station=held[0].station,
        category=held[0].category,
        confirmed_by=actor,
        confirmed_at=at or timezone.now(),
        note=note,
    )
    _take_in(held, cluster, actor, at)
    return cluster


def add_to_cluster(*, cluster, cases, actor, at=None):
    """Take more open cases into a cluster; raises ``ActionError`` as ``confirm_cluster`` does."""
    with _under_lock(cluster) as group:
        held = _locked(cases)
        _must_fit(held, "group", actor)
        _take_in(held, group, actor, at)


def remove_from_cluster(*, cluster, cases, actor, at=None):
    """Take cases out of a cluster, open or not; with the last one the cluster is dissolved."""
    with _under_lock(cluster) as group:
        held = _members(group, cases)
        _must_fit(held, "ungroup", actor)
        _let_go(held, actor, at)
        if not group.petitions.exists():
            _dissolved(group, at)


def dissolve_cluster(*, cluster, actor, at=None):
    """Take all cases out of a cluster. Raises ``ActionError`` where it holds one that is not the actor's to handle."""
    with _under_lock(cluster) as group:
        held = _locked(group.petitions.all())
        _must_fit(held, "ungroup", actor)
        _let_go(held, actor, at)
        _dissolved(group, at)


def hand_over_cluster(*, cluster, cases, actor, lead, co_organs=(), instruction="", at=None):
    """Hand accepted cases of a cluster over to the same organs; each case has its own assignments and clocks.

    All or none: raises ``ActionError`` naming every case that is not accepted or not the actor's to hand over.
    """
    with _under_lock(cluster) as group:
        held = _members(group, cases)
        _must_fit(held, "hand_over", actor)
        for case in held:
            with _named(case):
                hand_over(petition=case, actor=actor, lead=lead, co_organs=co_organs, instruction=instruction, at=at)


def pass_reply_cluster(*, cluster, cases, actor, text, at=None):
    """Pass one answer for cases of a cluster that are in review: all their residents are told, each rates their own.

    The outcome of a case is that of its own reply. All or none, as ``hand_over_cluster``.
    """
    with _under_lock(cluster) as group:
        held = _members(group, cases)
        _must_fit(held, "pass_reply", actor)
        for case in held:
            with _named(case):
                pass_reply(petition=case, actor=actor, text=text, at=at)


@contextmanager
def _under_lock(cluster):
    """The cluster, locked before its cases and read again."""
    with transaction.atomic():
        group = Cluster.objects.select_for_update(no_key=True).get(pk=cluster.pk)
        if group.dissolved_at is not None:
            raise ActionError(_("这组同类事项已经解除。"))
        yield group


def _locked(cases):
    """The cases as they are now, locked in one order, so that two groups never wait for each other."""
    keys = [case.pk for case in cases]
    locked = Petition.objects.select_for_update(of=("self",)).select_related("station__region", "deputy", "category")
    return list(locked.filter(pk__in=keys).order_by("pk"))


def _members(group, cases):
    """The chosen cases, locked; refused when there is none, or one that is in another cluster by now."""
    held = _locked(cases)
    if not held:
        raise ActionError(_("请至少选择一件意见。"))
    gone = [case.number for case in held if case.cluster_id != group.pk]
    if gone:
        raise ActionError(_("%(numbers)s已不在这组同类事项中，请刷新后再办。") % {"numbers": "、".join(gone)})
    return held


def _must_fit(held, action, actor):
    """Refuse before anything happens, with each case that the action does not fit and why.

    A case to which the actor has no part is not named: that it exists is no business of theirs.
    """
    unfit, others = [], 0
    for case in held:
        by = positions(case, actor)
        try:
            lifecycle.check(case, action, by)
        except ActionError as refusal:
            if by:
                unfit.append(f"{case.number}：{refusal}")
            else:
                others += 1
    if others:
        unfit.append(_("其中%(n)d件您没有权限办理。") % {"n": others})
    if unfit:
        raise ActionError(_("没有办理任何一件。%(why)s") % {"why": "".join(unfit)})


@contextmanager
def _named(case):
    try:
        yield
    except ActionError as refusal:
        raise ActionError(
            _("没有办理任何一件。%(number)s：%(why)s") % {"number": case.number, "why": refusal}
        ) from refusal


def _take_in(held, cluster, actor, at):
    for case in held:
        with step(case, "group", actor=actor, at=at) as under_way:
            under_way.petition.cluster = cluster
            # Residents read that there are others, never which.
            under_way.record(_("与同类事项一并办理，仍单独答复、单独评价。"), link=cluster.get_absolute_url())


def _let_go(held, actor, at):
    for case in held:
        with step(case, "ungroup", actor=actor, at=at) as under_way:
            under_way.petition.cluster = None
            under_way.record()


def _dissolved(group, at):
    group.dissolved_at = at or timezone.now()
    group.save(update_fields=["dissolved_at"])
