"""What a deputy's suggestion does to the cases it was raised from; ``services.suggestions`` calls these, one case each."""

from django.utils.translation import gettext as _

from petitions.models import Status, SuggestionCase
from petitions.services.step import recall_assignments, step
from supervision.models import Duty


def take_up(case, suggestion):
    """Bring a case under way in ``case`` (a ``Step`` of ``raise_suggestion``) into tracking until the suggestion is answered.

    What organs have of it is taken back: the suggestion's answer will be the answer of the round.
    """
    recall_assignments(case)
    case.stage()
    SuggestionCase.objects.create(suggestion=suggestion, petition=case.petition, round=case.petition.current_round)
    case.move(Status.TRACKING)
    case.record(_("转为代表建议%(number)s。") % {"number": suggestion.number}, link=suggestion.get_absolute_url())
    case.tell_residents("raised")


def note_suggestion(*, petition, suggestion, text, label="", at=None):
    """Tell a case and its residents how far its suggestion has come, such as who answers it and by when."""
    with step(petition, "note_suggestion", label=label, at=at) as case:
        case.record(text, link=suggestion.get_absolute_url())
        case.tell_residents("suggestion_news", text)


def answer_suggestion(*, petition, suggestion, label="", at=None):
    """Give the suggestion's answer to the case for review, like any other reply; the station tells it to the resident."""
    with step(petition, "answer_suggestion", label=label, at=at) as case:
        SuggestionCase.objects.filter(suggestion=suggestion, petition=petition).update(awaits=False)
        case.stage(Duty.REVIEW, owner_station=case.petition.station)
        case.move(Status.REVIEWING)
        told = _("代表建议%(number)s已答复。") % {"number": suggestion.number}
        case.record(told, link=suggestion.get_absolute_url())
        case.tell(case.heads(), _("代表建议已答复，请审核"))
        case.tell_residents("suggestion_answered")


def send_back_answer(*, petition, suggestion, why, label="", at=None):
    """Let a case whose answer nobody has been told yet wait again: the suggestion is answered anew."""
    with step(petition, "send_back_answer", label=label, at=at) as case:
        SuggestionCase.objects.filter(suggestion=suggestion, petition=petition).update(awaits=True)
        case.stage()
        case.move(Status.TRACKING)
        case.record(why, public=False, link=suggestion.get_absolute_url())


def end_suggestion(*, petition, suggestion, why, label="", at=None):
    """Let go of a case whose suggestion ended without an answer: it waits for hand-over, with a new clock."""
    with step(petition, "end_suggestion", label=label, at=at) as case:
        SuggestionCase.objects.filter(suggestion=suggestion, petition=petition).update(awaits=False)
        case.move(Status.ACCEPTED)
        case.stage(Duty.HAND_OVER, owner_station=case.petition.station)
        case.record(why, link=suggestion.get_absolute_url())
        case.tell([*case.officers(), *case.heads()], _("代表建议已终止，请交办"))
        case.tell_residents("suggestion_ended")
