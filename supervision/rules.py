"""Changing terms and ladder. Each change is logged; running clocks keep their terms and climb the new ladder."""

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User

from .models import Clock, RuleChange, Rung, Term


@transaction.atomic
def change_term(*, term: Term, by: User, length: int, source: str) -> None:
    """Set how long a duty may take (in the term's own unit) and the rule it rests on; for clocks started from now on."""
    _change(term, by, length=length, source=source)


@transaction.atomic
def change_rung(*, rung: Rung, by: User, **facts) -> None:
    """Change a rung of the ladder. Every clock that climbs is looked at again by the next sweep, the same minute.

    What is recorded already is not sent again; a rung that now lies in the past is owed, and is caught up like any other.
    """
    if _change(rung, by, **facts):
        Clock.objects.running().filter(next_rung_at__isnull=False).update(next_rung_at=timezone.now())


def _change(row: Model, by: User, **facts) -> bool:
    """Write the new facts on a row and log those that differ; return whether any did."""
    row.refresh_from_db(from_queryset=type(row).objects.select_for_update())
    named = str(row)
    differences = []
    for name, new in facts.items():
        old = _shown(row, name)
        setattr(row, name, new)
        if _shown(row, name) != old:
            label = row._meta.get_field(name).verbose_name
            differences.append(
                _("%(label)s由“%(old)s”改为“%(new)s”") % {"label": label, "old": old, "new": _shown(row, name)}
            )
    if differences:
        row.save()
        RuleChange.objects.create(by=by, what=f"{named}：{'；'.join(differences)}"[:300])
    return bool(differences)


def _shown(row: Model, name: str) -> str:
    """A field's value as people read it."""
    value = getattr(row, name)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        choices = dict(row._meta.get_field(name).base_field.choices)
        return "、".join(str(choices[item]) for item in value)
    if value in (None, ""):
        return _("无")
    display = getattr(row, f"get_{name}_display", None)
    return str(display()) if display else str(value)
