"""What may this user do with an activity now, with which form."""

from dataclasses import dataclass

from programmes.activity_file import ActivityFile
from programmes.forms.activities import FORMS, ActivityActionForm
from programmes.models import Invitation


@dataclass(frozen=True)
class Offer:
    """An action that may be taken now, with the form to fill in for it."""

    action: str
    form: ActivityActionForm
    target: Invitation | None = None

    @property
    def key(self):
        return f"{self.action}-{self.target.pk}" if self.target else self.action

    @property
    def is_open(self):
        return self.form.is_bound

    @property
    def button(self):
        return self.form.button or self.form.label


def targets_of(found: ActivityFile, action: str) -> list:
    """What an action is taken on: one's own invitations, or the activity itself (None)."""
    return found.own_invitations if action == "answer" else [None]


def id_of(action, target):
    """What the ids of an action's fields begin with, each its own on a page with several forms."""
    return f"{action}-{target.pk}-%s" if target else f"{action}-%s"


def offers_of(found: ActivityFile, refused=None) -> list[Offer]:
    """The offers in the order of the table; ``refused`` is the form that was just turned down.

    A refused form is shown even where the activity has moved on meanwhile, so that nothing typed is lost.
    """
    offers = [
        Offer(action, form(found=found, target=target, auto_id=id_of(action, target)), target)
        for action, form in FORMS.items()
        if form.is_offered(found)
        for target in targets_of(found, action)
    ]
    if refused is None:
        return offers
    mine = Offer(next(action for action, form in FORMS.items() if form is type(refused)), refused, refused.target)
    return [mine, *(offer for offer in offers if offer.key != mine.key)]
