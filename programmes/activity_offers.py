"""What may this user do with an activity now, with which form."""

from deputies.offers import Offer, id_of
from programmes.activity_file import ActivityFile
from programmes.forms.activities import FORMS


def targets_of(found: ActivityFile, action: str) -> list:
    """What an action is taken on: one's own invitations, or the activity itself (None)."""
    return found.own_invitations if action == "answer" else [None]


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
