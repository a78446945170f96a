"""What a user may do with a case now, and nothing else: the rows of the table that are open to them, with their forms."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from petitions import lifecycle
from petitions.forms.action import ActionForm
from petitions.forms.desk import FORMS
from petitions.lifecycle import TABLE
from petitions.permissions import positions

# What is owed comes first and stands open; everything else follows in the table's order.
OWED = (
    "acknowledge",
    "decide_return",
    "decide_extension",
    "sign_in",
    "sign_off",
    "draft_reply",
    "verify_delivery",
    "report_delivery",
    "close_with_opinion",
    "accept",
    "hand_over",
    "answer_on_spot",
    "pass_reply",
)
PERS = ("case", "assignment", "commitment", "reminder")
# Actions that have a page of their own, because they may take up several cases.
PAGES = {"raise_suggestion": "petitions:raise_suggestion"}


@dataclass
class Offer:
    """One action on one target, with its form; ``part`` names whose part it is where a case has several."""

    row: lifecycle.Transition
    target: object
    form: ActionForm
    part: str = ""
    is_open: bool = False

    @property
    def key(self):
        return key_of(self.row.action, self.target)

    @property
    def button(self):
        return self.form.button or self.row.label


def key_of(action, target):
    """What tells the forms of a page apart."""
    return f"{action}-{target.pk}" if target is not None else action


def form_for(action, case, target, data=None):
    """The form of an action on a target, with ids of its own."""
    return FORMS[action](data, case=case, target=target, auto_id=f"{key_of(action, target)}-%s")


def target_of(case, action, key):
    """What an action of ``FORMS`` is to be taken on, by the key that was sent: pair of target and the organ whose part it is.

    Raises LookupError where no such target belongs to the case.
    """
    for target, organ in case.targets(TABLE[action].per):
        if target is None or str(target.pk) == key:
            return target, organ
    raise LookupError(key)


def offers_of(case, refused=None):
    """Return the offers to the user of a ``CaseFile``, what is owed first.

    ``refused`` is a form that was sent and not taken: it stands open with everything typed, even when its action is no
    longer possible.
    """
    found = [_offer(row, case, target, organ) for row, target, organ in _open_rows(case)]
    found.sort(key=lambda offer: OWED.index(offer.row.action) if offer.row.action in OWED else len(OWED))
    if refused is None:
        for first in found[:1]:
            first.is_open = first.row.action in OWED
        return found
    others = [offer for offer in found if offer.key != refused.key]
    refused.is_open = True
    return [refused, *others]


def pages_of(case):
    """The actions open to the user of a ``CaseFile`` that lead to a page of their own: ``(label, address)`` each."""
    rows = lifecycle.open_actions(case.petition, "case", case.held)
    return [
        (row.label, f"{reverse(PAGES[row.action])}?{urlencode({'case': case.petition.number})}")
        for row in rows
        if row.action in PAGES
    ]


def _open_rows(case):
    for per in PERS:
        for target, organ in case.targets(per):
            held = positions(case.petition, case.user, organ=organ)
            for row in lifecycle.open_actions(case.petition, per, held, target):
                if row.action in FORMS:
                    yield row, target, organ


def _offer(row, case, target, organ):
    form = form_for(row.action, case, target)
    return Offer(row, target, form, part=part_of(case, target, organ))


def part_of(case, target, organ):
    """Whose part an action is about, where the case has parts of several."""
    if target is None:
        return ""
    if len({pair[1] for pair in case.targets("assignment")}) > 1 or case.of_the_station:
        return str(organ or "")
    return ""
