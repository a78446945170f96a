"""What the list of items can be narrowed by; the address holds it, so that a list can be kept, sent and exported."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.filters import ListFilter
from petitions.forms.filters import ANY, select
from programmes.board import STATES, condition
from programmes.models import Item, Programme
from programmes.todo import TASKS
from programmes.todo import condition as todo_condition
from stations.models import Organ, Region, Station
from vault.fields import PlainField

ORIGINS = {
    "programme": gettext_lazy("监督工作"),
    "activity": gettext_lazy("代表活动"),
    "meeting": gettext_lazy("约见"),
    "finding": gettext_lazy("联络站自查"),
}

UNITS = {"organ": Organ, "station": Station, "region": Region}
LONGEST_KEY = 12  # digits of a unit's key


class ItemFilterForm(ListFilter):
    """Filters over the items that ``user`` may see."""

    q = PlainField(label=gettext_lazy("事项"), max_length=60, required=False)
    state = select(gettext_lazy("状态"), STATES.items())
    programme = select(gettext_lazy("监督工作"))
    origin = select(gettext_lazy("来源"), ORIGINS.items())
    todo = select(gettext_lazy("待办"), TASKS.items())
    owner = select(gettext_lazy("办理单位"), widget=forms.HiddenInput)
    matter = forms.CharField(label=gettext_lazy("内容"), max_length=80, required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user = user
        self.today = timezone.localdate()
        programmes = Programme.objects.visible_to(user).values_list("pk", "title")
        self.fields["owner"].choices = [ANY, *_unit_named(data.get("owner", ""))]
        self.fields["programme"].choices = [ANY, *((str(pk), title) for pk, title in programmes)]

    def items(self):
        """The items; none when the address asks for something that does not exist."""
        if not self.is_valid():
            return Item.objects.none()
        found = Item.objects.visible_to(self.user)
        for name, value in self.cleaned_data.items():
            if value:
                found = found.filter(getattr(self, f"_by_{name}")(value))
        return found

    def _by_q(self, words):
        return Q(title__icontains=words.strip())

    def _by_state(self, state):
        return condition(state, self.today)

    def _by_programme(self, pk):
        return Q(pk__in=Item.objects.of_programme(pk).order_by().values("pk"))

    def _by_origin(self, origin):
        return Q(**{f"{origin}__isnull": False})

    def _by_todo(self, task):
        return todo_condition(self.user, task)

    def _by_owner(self, key):
        sort, _dash, pk = key.partition("-")
        return Q(**{f"owner_{sort}": pk})

    def _by_matter(self, title):
        return Q(title=title)


def _unit_named(key):
    """The unit that an address names, as a choice; none where there is no such unit."""
    sort, _dash, pk = key.partition("-")
    if sort not in UNITS or not (pk.isascii() and pk.isdecimal() and len(pk) <= LONGEST_KEY):
        return []
    return [(key, name) for name in UNITS[sort].objects.filter(pk=pk).values_list("name", flat=True)]
