"""What the office says before and after the matter of each kind of paper, and in its small print."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User

from .models import Paper, Wording, WordingChange

FIELDS = ("opening", "closing", "note")
PLACEHOLDERS = {
    "{发文单位}": gettext_lazy("出具公文的人大主席团或代工委"),
    "{主送}": gettext_lazy("公文发给谁"),
    "{意见编号}": gettext_lazy("所涉群众意见的编号；没有的为空"),
    "{文号}": gettext_lazy("本件的文号"),
}
BRACED = re.compile(r"\{[^{}]*\}|[{}]")


@dataclass(frozen=True)
class Words:
    """The wording of one kind, with its placeholders still in it."""

    opening: str = ""
    closing: str = ""
    note: str = ""

    def about(self, paper: Paper) -> tuple[str, str, str]:
        """Opening, closing and note with the facts of a paper in their places."""
        known = {
            "{发文单位}": paper.office_name,
            "{主送}": paper.addressee,
            "{意见编号}": paper.case_number,
            "{文号}": paper.number,
        }
        # One pass, so that a name with braces in it is a name and nothing more.
        return tuple(
            BRACED.sub(lambda found: known.get(found.group(), found.group()), getattr(self, name)) for name in FIELDS
        )


def of_kinds(kinds: set[str]) -> dict[str, Words]:
    """The wording in force of each kind; one query. A kind without a row says nothing around its matter."""
    rows = {row.kind: row for row in Wording.objects.filter(kind__in=kinds)}
    return {kind: words_of(rows[kind]) if kind in rows else Words() for kind in kinds}


def words_of(row: Wording) -> Words:
    """The words of one kind's row, as they are typed and kept."""
    return Words(**{name: getattr(row, name) for name in FIELDS})


def check_placeholders(text: str) -> None:
    """Raise ``ValidationError`` naming every brace that is no placeholder."""
    wrong = [found for found in BRACED.findall(text) if found not in PLACEHOLDERS]
    if wrong:
        facts = {"wrong": "、".join(dict.fromkeys(wrong)), "known": "、".join(PLACEHOLDERS)}
        raise ValidationError(_("不认识%(wrong)s；可以用的只有%(known)s。") % facts)


@transaction.atomic
def change(*, kind: str, by: User, opening: str, closing: str, note: str) -> Wording:
    """Change the wording of a kind for the papers to come, and log what it was; nothing is logged where nothing changed."""
    Wording.objects.bulk_create([Wording(kind=kind)], ignore_conflicts=True)
    row = Wording.objects.select_for_update().get(kind=kind)
    before = {name: getattr(row, name) for name in FIELDS}
    after = {"opening": opening, "closing": closing, "note": note}
    if after != before:
        for name, text in after.items():
            setattr(row, name, text)
        row.save()
        WordingChange.objects.create(wording=row, at=timezone.now(), by=by, before=before, after=after)
    return row
