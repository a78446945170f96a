"""The office's own lists: topics, and the reasons for which a matter is not accepted. Each change is logged."""

from django.db import transaction
from django.db.models import F, Max, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from accounts.models import User
from petitions.errors import ActionError
from petitions.models import Category, RefusalReason
from supervision.models import Clock, Ladder, RuleChange
from supervision.rules import change_row, log_change

DEEPEST = 3
Subject = RuleChange.Subject


@transaction.atomic
def add_category(*, by: User, name: str, parent: Category | None = None) -> Category:
    """Add a topic below another, or one of the first level. Raises ``ActionError`` when it stands there already."""
    _one_at_a_time(Category)
    level = parent.level + 1 if parent else 1
    if level > DEEPEST:
        raise ActionError(_("类别最多三级。"))
    path = _free_path(f"{parent.path}/{name}" if parent else name)
    category = Category.objects.create(path=path, name=name, level=level, parent=parent)
    log_change(by, Subject.CATEGORY, _("增加类别“%(category)s”") % {"category": category})
    return category


@transaction.atomic
def rename_category(*, category: Category, by: User, name: str) -> None:
    """Give a topic another name: what lies below it, and ladders and running clocks of a first-level topic, follow.

    Raises ``ActionError`` when its neighbour has that name.
    """
    category.refresh_from_db(from_queryset=Category.objects.select_for_update())
    old_path, old_name = category.path, category.name
    if name == old_name:
        return
    path = _free_path(old_path[: len(old_path) - len(old_name)] + name)
    below = Category.objects.filter(path__startswith=f"{old_path}/")
    below.update(path=Concat(Value(path), Substr(F("path"), len(old_path) + 1)))
    if category.level == 1:
        Ladder.objects.filter(category=old_name).update(category=name)
        Clock.objects.running().filter(category=old_name).update(category=name)
    facts = {"old": category, "new": name}
    log_change(by, Subject.CATEGORY, _("类别“%(old)s”改名为“%(new)s”") % facts)
    category.path, category.name = path, name
    category.save(update_fields=["path", "name"])


@transaction.atomic
def use_category(*, category: Category, by: User, active: bool) -> None:
    """Put a topic, with all that lies below it, out of use or into use; cases keep the topic they have."""
    tree = Category.objects.filter(pk=category.pk) | Category.objects.filter(path__startswith=f"{category.path}/")
    if not tree.exclude(active=active).update(active=active):
        return
    words = _("启用类别“%(category)s”") if active else _("停用类别“%(category)s”")
    log_change(by, Subject.CATEGORY, words % {"category": category})


@transaction.atomic
def add_reason(*, by: User, code: str, **facts) -> RefusalReason:
    """Add a reason; ``facts`` are label, sentence, right_channel, active. Raises ``ActionError`` when the code is taken."""
    _one_at_a_time(RefusalReason)
    if RefusalReason.objects.filter(code=code).exists():
        raise ActionError(_("代码“%(code)s”已经用过。") % {"code": code})
    last = RefusalReason.objects.aggregate(last=Max("position"))["last"] or 0
    reason = RefusalReason.objects.create(code=code, position=last + 1, **facts)
    log_change(by, Subject.REASON, _("增加不予受理原因“%(reason)s”") % {"reason": reason})
    return reason


@transaction.atomic
def change_reason(*, reason: RefusalReason, by: User, **facts) -> None:
    """Change a reason's words, or put it out of use; refused cases show the present words of their code.

    Raises ``ActionError`` when the system's own reason would be put out of use.
    """
    if reason.code == RefusalReason.NO_ANSWER and not (facts.get("active") and facts.get("sentence")):
        raise ActionError(_("这一原因由系统在逾期未补充时使用，不能停用，也须有告知群众的话。"))
    change_row(reason, by, subject=Subject.REASON, **facts)


def _one_at_a_time(rows: type[Category | RefusalReason]) -> None:
    """Two who add the same at once follow one another, so that the second is refused in words."""
    rows.objects.select_for_update().order_by("pk").first()


def _free_path(path: str) -> str:
    if Category.objects.filter(path=path).exists():
        raise ActionError(_("已有类别“%(path)s”。") % {"path": path.replace("/", " › ")})
    if len(path) > Category._meta.get_field("path").max_length:
        raise ActionError(_("连同上级的名称太长了。"))
    return path
