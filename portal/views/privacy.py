"""What the data-protection officer reads: who looked at whom, who took what along, what was removed and asked for."""

import datetime as dt

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.filters import ListFilter
from accounts.models import Role, ViewLog
from accounts.paging import leaf_addresses, read_leaf
from accounts.permissions import requires_role
from insights.models import LedgerTaking
from petitions.models import ErasureRequest, Petition
from portal.forms.retention import RetentionForm
from portal.retention import KINDS
from vault.errors import VaultError
from vault.fields import PlainField
from vault.models import Removal, RetentionRule
from vault.retention import ON_REQUEST, set_rule
from workdays.calendar import BEIJING

LEAF = 50
DAY = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), "required": False}
LABELS = {kind.code: kind.label for kind in KINDS} | {ON_REQUEST: gettext_lazy("本人申请删除的身份信息")}


class LogFilter(ListFilter):
    """Who, about what, from when to when."""

    who = PlainField(label=gettext_lazy("姓名或登录名"), max_length=40, required=False)
    words = PlainField(label=gettext_lazy("编号或名称"), max_length=60, required=False)
    since = forms.DateField(label=gettext_lazy("从哪天起"), **DAY)
    until = forms.DateField(label=gettext_lazy("到哪天止"), **DAY)

    def narrow(self, rows, *, moment, person="", words=()):
        """``rows`` whose ``moment`` lies in the days (Beijing dates), by ``person``, with the words in one of the fields.

        None of them when a filter cannot be read.
        """
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        if person and asked.get("who"):
            rows = rows.filter(Q(**{f"{person}__name": asked["who"]}) | Q(**{f"{person}__username": asked["who"]}))
        if asked.get("words"):
            found = Q()
            for name in words:
                found |= Q(**{f"{name}__contains": asked["words"].upper() if name == "number" else asked["words"]})
            rows = rows.filter(found)
        if asked.get("since"):
            rows = rows.filter(**{f"{moment}__gte": dt.datetime.combine(asked["since"], dt.time.min, BEIJING)})
        if asked.get("until"):
            rows = rows.filter(**{f"{moment}__lte": dt.datetime.combine(asked["until"], dt.time.max, BEIJING)})
        return rows


def _page(request, template, heading, rows, *, moment, **narrowed_by):
    form = LogFilter(request.GET)
    rows = form.narrow(rows, moment=moment, **narrowed_by)
    found, further = read_leaf(rows, request.GET.get("after", ""), by=f"-{moment}", size=LEAF)
    context = {
        "heading": heading,
        "rows": found,
        "form": form,
        "narrowed": any(form.cleaned_data.values()),
    }
    context |= leaf_addresses(request, further)
    return render(request, f"portal/desk/{template}.html", context, status=form.http_status)


@require_safe
@requires_role(Role.PRIVACY)
def looks(request):
    """Who opened whose identity: by case number, with the reason; the identity itself is not here."""
    is_case = Exists(Petition.objects.filter(number=OuterRef("number")))
    rows = ViewLog.objects.select_related("user").annotate(is_case=is_case)
    return _page(
        request, "privacy_looks", _("身份查看记录"), rows, moment="at", person="user", words=("number", "reason")
    )


@require_safe
@requires_role(Role.PRIVACY)
def exports(request):
    """Who took which ledger along, with which filters and how many rows."""
    rows = LedgerTaking.objects.select_related("user")
    return _page(request, "privacy_exports", _("导出记录"), rows, moment="at", person="user", words=("title",))


@require_safe
@requires_role(Role.PRIVACY)
def erasures(request):
    """Who asked for deletion, what became of it, and why something is kept."""
    rows = ErasureRequest.objects.select_related("petition", "decided_by")
    narrowed_by = {"moment": "asked_at", "person": "decided_by", "words": ("petition__number", "why")}
    return _page(request, "privacy_erasures", _("删除申请"), rows, **narrowed_by)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.PRIVACY)
def removals(request):
    """What was removed by age or on request; the terms, and a form for a new one."""
    form = RetentionForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                set_rule(actor=request.user, **form.cleaned_data)
            except VaultError as refusal:
                form.add_error("effective_on", str(refusal))
            else:
                messages.success(request, _("已设定新的保存期限。"))
                return redirect("portal:privacy_removals")
        status = 422
    found, further = read_leaf(Removal.objects.all(), request.GET.get("after", ""), by="-at", size=LEAF)
    context = {
        "rows": [(LABELS.get(row.kind, row.kind), row) for row in found],
        "rules": [(LABELS.get(rule.kind, rule.kind), rule) for rule in RetentionRule.objects.select_related("made_by")],
        "form": form,
    }
    return render(
        request, "portal/desk/privacy_removals.html", context | leaf_addresses(request, further), status=status
    )
