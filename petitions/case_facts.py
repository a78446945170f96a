"""What programs of staff read of a case: the facts of its page, without who brought it, and the actions open to them."""

from django import forms
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from petitions.models import Petition
from petitions.offers import offers_of
from supervision.api import ClockSerializer


class CaseSerializer(serializers.ModelSerializer):
    """What staff read in a list: no identity."""

    status_label = serializers.CharField(source="get_status_display")
    outcome_label = serializers.CharField(source="get_outcome_display")
    station = serializers.SlugRelatedField("code", read_only=True)
    region = serializers.PrimaryKeyRelatedField(read_only=True)
    category = serializers.CharField(source="category.path", default="")

    class Meta:
        model = Petition
        fields = [
            "number", "title", "status", "status_label", "outcome", "outcome_label", "nature", "severity",
            "current_round", "station", "region", "place", "category", "channel", "secrecy", "publication",
            "submitted_at", "accepted_at", "closed_at",
        ]  # fmt: skip


class WholeCaseSerializer(CaseSerializer):
    """A case opened by staff: its words, too."""

    class Meta(CaseSerializer.Meta):
        fields = [*CaseSerializer.Meta.fields, "body"]


class ReplySerializer(serializers.Serializer):
    state = serializers.CharField()
    text = serializers.CharField()
    outcome = serializers.CharField()
    promise = serializers.CharField()
    promised_on = serializers.DateField(allow_null=True)
    drafted_at = serializers.DateTimeField()
    signed_at = serializers.DateTimeField(allow_null=True)
    sent_back_why = serializers.CharField()


class AssignmentSerializer(serializers.Serializer):
    """An organ's part of a round; ``id`` is the target of its actions."""

    id = serializers.IntegerField()
    organ = serializers.CharField(source="organ.code")
    organ_name = serializers.CharField(source="organ.name")
    is_lead = serializers.BooleanField()
    state = serializers.CharField()
    instruction = serializers.CharField()
    dispatched_at = serializers.DateTimeField()
    signed_in_at = serializers.DateTimeField(allow_null=True)
    replied_at = serializers.DateTimeField(allow_null=True)
    due_on = serializers.DateField(source="answer_clock.due_on")
    replies = ReplySerializer(source="replies.all", many=True)


class CommitmentSerializer(serializers.Serializer):
    """A promise of an organ; ``id`` is the target of its actions."""

    id = serializers.IntegerField()
    organ = serializers.CharField(source="organ.code")
    text = serializers.CharField()
    promised_on = serializers.DateField()
    state = serializers.CharField()
    delivered_at = serializers.DateTimeField(allow_null=True)
    evidence = serializers.CharField()
    verified_at = serializers.DateTimeField(allow_null=True)
    finding = serializers.CharField()


class RatingSerializer(serializers.Serializer):
    process = serializers.CharField()
    result = serializers.CharField()
    text = serializers.CharField()
    at = serializers.DateTimeField()


class RoundSerializer(serializers.Serializer):
    """One handling, from hand-over to rating."""

    number = serializers.IntegerField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    why = serializers.CharField()
    outcome = serializers.CharField()
    reply = serializers.CharField()
    told_at = serializers.DateTimeField(allow_null=True)
    assignments = AssignmentSerializer(source="assignments_here", many=True)
    commitments = CommitmentSerializer(source="commitments_here", many=True)
    rating = RatingSerializer(source="rating_here", allow_null=True)


class ReminderSerializer(serializers.Serializer):
    """A rung that a clock has reached; ``id`` is the target of an acknowledgement."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    colour = serializers.CharField()
    at = serializers.DateTimeField()
    must_acknowledge = serializers.BooleanField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledgement = serializers.CharField()


class HappeningSerializer(serializers.Serializer):
    """A line of the timeline; one that is not ``public`` is read inside the offices only."""

    at = serializers.DateTimeField()
    label = serializers.CharField()
    actor_label = serializers.CharField()
    text = serializers.CharField()
    public = serializers.BooleanField()


class FieldSerializer(serializers.Serializer):
    """What an action asks; ``choices`` is empty where anything may be written."""

    name = serializers.CharField()
    label = serializers.CharField()
    required = serializers.BooleanField(source="field.required")
    several = serializers.SerializerMethodField()
    choices = serializers.SerializerMethodField()

    def get_several(self, bound) -> bool:
        return isinstance(bound.field, forms.MultipleChoiceField)

    def get_choices(self, bound) -> list[dict[str, str]]:
        return [
            {"value": str(value), "label": str(label)}
            for value, label in _flat(getattr(bound.field, "choices", ()))
            if value != ""
        ]


def _flat(choices):
    """Choices without the groups that a page shows them in."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


class OfferSerializer(serializers.Serializer):
    """An action that is open to the caller now; ``target`` has to be sent where it is not null."""

    action = serializers.CharField(source="row.action")
    label = serializers.CharField(source="row.label")
    per = serializers.CharField(source="row.per")
    target = serializers.IntegerField(source="target.pk", default=None, allow_null=True)
    part = serializers.CharField()
    asks = serializers.SerializerMethodField()

    @extend_schema_field(FieldSerializer(many=True))
    def get_asks(self, offer):
        return FieldSerializer(list(offer.form), many=True).data


class PaperSerializer(serializers.Serializer):
    """A numbered paper of the case that the caller may read."""

    kind = serializers.CharField()
    number = serializers.CharField()
    addressee = serializers.CharField()
    issued_at = serializers.DateTimeField()


class JoinedSerializer(serializers.Serializer):
    """Somebody who joined: when, and what they added."""

    joined_at = serializers.DateTimeField()
    note = serializers.CharField()


class NumberedSerializer(serializers.Serializer):
    """A case or a suggestion that belongs to this one."""

    number = serializers.CharField()
    title = serializers.CharField()
    status = serializers.CharField()


class CaseFileSerializer(serializers.Serializer):
    """A case as its page shows it: facts, rounds, clocks, timeline, and what the caller may do with it now."""

    case = WholeCaseSerializer(source="petition")
    rounds = RoundSerializer(many=True)
    clocks = ClockSerializer(many=True)
    reminders = ReminderSerializer(many=True)
    events = HappeningSerializer(many=True)
    joined = JoinedSerializer(many=True)
    merged = NumberedSerializer(many=True)
    suggestions = NumberedSerializer(many=True)
    papers = PaperSerializer(many=True)
    actions = serializers.SerializerMethodField()

    @extend_schema_field(OfferSerializer(many=True))
    def get_actions(self, case):
        return OfferSerializer(offers_of(case), many=True).data


class DoneSerializer(serializers.ModelSerializer):
    """Where a case stands after an action; ``seen``: the caller may still see it."""

    action = serializers.SerializerMethodField()
    status_label = serializers.CharField(source="get_status_display")
    seen = serializers.SerializerMethodField()

    class Meta:
        model = Petition
        fields = ["number", "action", "status", "status_label", "seen"]

    def get_action(self, petition) -> str:
        return self.context["action"]

    def get_seen(self, petition) -> bool:
        return self.context["seen"]
