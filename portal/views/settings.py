"""All rules of the office on one page, and who changed them."""

from django.db.models import Max
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.filters import tab_of
from accounts.permissions import requires_role
from supervision.models import RuleChange
from supervision.permissions import may_set_rules
from workdays.models import CalendarChange

LEAF = 50
Subject = RuleChange.Subject


@require_safe
@requires_role()
def settings(request):
    """The pages of rules, in groups, with who may change them and when they were changed last."""
    last = dict(RuleChange.objects.order_by().values_list("subject").annotate(Max("at")))
    calendar = CalendarChange.objects.aggregate(last=Max("at"))["last"]
    groups = [
        (
            _("时间"),
            [
                ("workdays:calendar", _("工作日历和办公时间"), _("休假、调休，何时向工作人员发通知"), calendar),
                ("supervision:terms", _("办理期限"), _("每个环节几天办完，依据是什么"), last.get(Subject.TERM)),
            ],
        ),
        (
            _("督办"),
            [("supervision:ladder", _("督办阶梯"), _("何时提醒、催办、出督办单，告知谁"), last.get(Subject.LADDER))],
        ),
        (
            _("受理"),
            [
                ("petitions:categories", _("事项类别"), _("三级类别，供提交、受理和统计"), last.get(Subject.CATEGORY)),
                ("petitions:reasons", _("不予受理原因"), _("原因、告知群众的话和正确渠道"), last.get(Subject.REASON)),
                (
                    "petitions:proposals",
                    _("智能建议"),
                    _("受理时建议的类别、承办单位和等级"),
                    last.get(Subject.PROPOSAL),
                ),
            ],
        ),
        (
            _("用语"),
            [
                ("supervision:wordings", _("消息用语"), _("群众和经办人员收到的消息怎么写"), last.get(Subject.MESSAGE)),
                ("papers:wording", _("公文用语"), _("各类公文的开头、结尾和附注"), None),
            ],
        ),
    ]
    return render(request, "portal/desk/settings.html", {"groups": groups, "may_edit": may_set_rules(request.user)})


@require_safe
@requires_role()
def rule_changes(request):
    """Who changed which rule when, newest first; ?subject=term shows one rule's, ?before=123 the leaf after."""
    subject = tab_of(request.GET, "subject", Subject)
    before = request.GET.get("before", "")
    changes = RuleChange.objects.select_related("by").order_by("-pk")
    if subject:
        changes = changes.filter(subject=subject)
    if before.isascii() and before.isdigit() and len(before) < 19:
        changes = changes.filter(pk__lt=int(before))
    leaf = list(changes[: LEAF + 1])
    context = {
        "changes": leaf[:LEAF],
        "subject": subject,
        "subjects": Subject.choices,
        "older": f"?subject={subject}&before={leaf[LEAF - 1].pk}" if len(leaf) > LEAF else "",
    }
    return render(request, "portal/desk/rule_changes.html", context)
