"""What may this user do with a reception day now, with which form."""

from dataclasses import dataclass

from django.db.models import Model
from django.forms import Form

from deputies.forms.receptions import FORMS


@dataclass(frozen=True)
class Offer:
    """An action that may be taken now, of a reception day or another matter, with the form to fill in for it."""

    action: str
    form: Form
    target: Model | None = None

    @property
    def key(self):
        return f"{self.action}-{self.target.pk}" if self.target else self.action

    @property
    def is_open(self):
        return self.form.is_bound

    @property
    def button(self):
        return self.form.button or self.form.label


def id_of(action, target):
    """What the ids of an action's fields begin with, each its own on a page with several forms."""
    return f"{action}-{target.pk}-%s" if target else f"{action}-%s"


def offers_of(day, refused=None):
    """The offers of a ``DayFile`` in the order of the table; ``refused`` is the form that was just turned down.

    A refused form is shown even where the day has moved on meanwhile, so that nothing typed is lost.
    """
    offers = [
        Offer(action, form(day=day, target=target, auto_id=id_of(action, target)), target)
        for action, form in FORMS.items()
        if day.may_manage and form.is_offered(day)
        for target in day.targets(action)
    ]
    if refused is None:
        return offers
    mine = Offer(next(action for action, form in FORMS.items() if form is type(refused)), refused, refused.target)
    return [mine, *(offer for offer in offers if offer.key != mine.key)]
