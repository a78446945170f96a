"""Publication of a staff-written summary; the raw text is never public."""

from django.utils.translation import gettext as _

from petitions.errors import ActionError
from petitions.masking import counted
from petitions.models import Petition
from petitions.services.step import step


def check_masked(texts, *, unmasked):
    """Return what is published uncovered, for the record; empty where nothing is.

    Raises ``ActionError`` where something in ``texts`` could tell who somebody is and nobody confirmed (``unmasked``)
    that it may stay.
    """
    found = counted(texts)
    if found and not unmasked:
        raise ActionError(_("文字里有可能认出人的内容（%(found)s），请遮盖或确认后再发布。") % {"found": found})
    return _("经办人核对后保留：%(found)s") % {"found": found} if found else ""


def publish(*, petition, actor, public_title, summary, unmasked=False, at=None):
    """Publish a summary that staff wrote, with the resident's consent given at submission (个人信息保护法 art. 25).

    ``unmasked``: whoever publishes has seen what ``masking`` finds in it and confirms that it may stay.
    """
    with step(petition, "publish", actor=actor, at=at) as case:
        kept = check_masked([public_title, summary], unmasked=unmasked)
        case.petition.public_title = public_title
        case.petition.summary = summary
        case.petition.publication = Petition.Publication.PUBLISHED
        case.petition.published_at = case.at
        case.changes_entry = True
        case.record(kept)


def unpublish(*, petition, actor, reason, at=None):
    """Take a published summary down; the text stays for whoever writes it better."""
    with step(petition, "unpublish", actor=actor, at=at) as case:
        case.petition.publication = Petition.Publication.CONSENTED
        case.petition.published_at = None
        case.changes_entry = True
        case.record(reason, public=False)


def withdraw_consent(*, petition, proposer, at=None):
    """The resident takes back the consent to publication (个人信息保护法 art. 15); what is published comes down at once."""
    with step(petition, "withdraw_consent", proposer=proposer, at=at) as case:
        was_public = case.petition.publication == Petition.Publication.PUBLISHED
        case.petition.publication = Petition.Publication.PRIVATE
        case.petition.published_at = None
        case.changes_entry = True
        case.record()
        if was_public:
            case.tell(case.officers(), _("反映人撤回公开同意，摘要已经撤下"))
