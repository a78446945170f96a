"""What the list of suggestions can be narrowed by; the address holds it, so that a list can be kept, sent and exported."""

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy

from accounts.filters import ListFilter
from petitions.forms.filters import ANY, DAY, OPEN, WordsField, select
from petitions.models import Suggestion, SuggestionClock, SuggestionPart
from petitions.suggestion_todo import tasks_of, waiting
from vault.codes import plain_number


class SuggestionFilter(ListFilter):
    """Filters over the suggestions that ``user`` may see; ``span`` is today and the first day that is not yet soon."""

    q = WordsField(gettext_lazy("编号、标题、代表或单位"), max_length=60)
    status = select(gettext_lazy("状态"), [(OPEN, gettext_lazy("未办结")), *Suggestion.Status.choices])
    due = select(gettext_lazy("期限"), [("overdue", gettext_lazy("已超期")), ("soon", gettext_lazy("快到期"))])
    todo = select(gettext_lazy("待办"))
    since = forms.DateField(label=gettext_lazy("提出自"), **DAY)
    until = forms.DateField(label=gettext_lazy("提出至"), **DAY)

    def __init__(self, data, *, user, span):
        super().__init__(data)
        self.user = user
        self.span = span
        self.fields["todo"].choices = [ANY, *((task.key, task.title) for task in tasks_of(user))]
        if len(self.fields["todo"].choices) == 1 and not data.get("todo"):
            del self.fields["todo"]

    @property
    def is_used(self):
        return any(value not in ("", None) for value in self.cleaned_data.values())

    def suggestions(self):
        """The suggestions; none when the address asks for something that does not exist."""
        if not self.is_valid():
            return Suggestion.objects.none()
        wanted = self.cleaned_data
        found = waiting(self.user, wanted["todo"]) if wanted.get("todo") else Suggestion.objects.visible_to(self.user)
        for name, value in wanted.items():
            if value and name != "todo":
                found = found.filter(getattr(self, f"_by_{name}")(value))
        return found

    def _by_q(self, words):
        words = words.strip()
        organs = SuggestionPart.objects.current().filter(round__suggestion=OuterRef("pk"), organ__name__icontains=words)
        own = Q(number__icontains=plain_number(words)) | Q(title__icontains=words) | Q(deputy__name__icontains=words)
        return own | Q(Exists(organs))

    def _by_status(self, status):
        return Q(status__in=Suggestion.OPEN) if status == OPEN else Q(status=status)

    def _by_due(self, light):
        running = SuggestionClock.objects.filter(
            suggestion=OuterRef("pk"), clock__stopped_at=None, clock__paused_on=None
        )
        late = Q(Exists(running.filter(clock__due_on__lt=self.span.today)))
        soon = Q(Exists(running.filter(clock__due_on__gte=self.span.today, clock__due_on__lt=self.span.later)))
        return late if light == "overdue" else soon & ~late

    def _by_since(self, day):
        return Q(raised_at__date__gte=day)

    def _by_until(self, day):
        return Q(raised_at__date__lte=day)
