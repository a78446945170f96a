"""Training the proposals of topic, organ and severity, and switching a version on or off."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from petitions.models import TopicModel
from petitions.topics.history import decided_cases
from supervision.models import RuleChange
from supervision.rules import log_change


class NotEnoughError(Exception):
    """The office's history does not teach anything yet; the sentence says what is missing."""


def train(*, at=None) -> TopicModel:
    """Learn from the office's decided cases and keep it as a new version with its scores; it is not switched on.

    Raises ``NotEnoughError`` where no question could be learned.
    """
    # Here, because training needs scikit-learn, and whoever only imports the services does not.
    from petitions.topics.training import LEAST, Sample, learn

    samples = [Sample(*row) for row in decided_cases()]
    learned, scores = learn(samples) if len(samples) >= 2 * LEAST else (None, {})
    if learned is None or not learned.questions:
        raise NotEnoughError(
            _("已受理的意见还不够：至少要有两个类别各%(n)s件，并且比总猜最常见的一类更准。") % {"n": LEAST}
        )
    with transaction.atomic():
        # Two trainings that end at once follow one another, so that each has a version of its own.
        TopicModel.objects.select_for_update().order_by("pk").values("pk").first()
        latest = TopicModel.objects.aggregate(version=Max("version"))["version"] or 0
        return TopicModel.objects.create(
            version=latest + 1,
            trained_at=at or timezone.now(),
            cases=len(samples),
            scores=scores,
            content=learned.to_bytes(),
        )


@transaction.atomic
def switch_on(*, version: int, by: User | None = None) -> None:
    """Let a version make the proposals, instead of any other; logged where somebody did it at the desk (``by``).

    Raises ``TopicModel.DoesNotExist``.
    """
    model = TopicModel.objects.select_for_update().defer("content").get(version=version)
    if model.active:
        return
    TopicModel.objects.filter(active=True).update(active=False)
    model.active = True
    model.save(update_fields=["active"])
    _log(by, _("启用智能建议第%(version)d版") % {"version": version})


@transaction.atomic
def switch_off(*, by: User | None = None) -> None:
    """Propose nothing any more."""
    if TopicModel.objects.filter(active=True).update(active=False):
        _log(by, _("停用智能建议"))


def _log(by: User | None, what: str) -> None:
    if by is not None:
        log_change(by, RuleChange.Subject.PROPOSAL, what)
