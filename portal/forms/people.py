"""People, their rights, invitations and leaving office."""

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import ListFilter
from accounts.granting import KINDS, places_to_give
from accounts.leaving import not_joined
from accounts.models import Role, User
from portal.people import unused
from stations.models import Organ, Region, Station
from vault.fields import PhoneField, PlainField

MISSING = {"required": gettext_lazy("请填写这一项。")}


def day(label, **facts):
    """A day of the calendar."""
    widget = forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **facts)


class PeopleFilter(ListFilter):
    """What the list of people is narrowed by; the address holds it."""

    STATES = [
        ("", gettext_lazy("全部")),
        ("active", gettext_lazy("可登录")),
        ("unused", gettext_lazy("90天未登录")),
        ("waiting", gettext_lazy("未接受邀请")),
        ("closed", gettext_lazy("已停用")),
    ]
    q = PlainField(label=gettext_lazy("姓名或登录名"), max_length=40, required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), choices=STATES, required=False)

    def narrow(self, people):
        """The people that fit; none where the address asks for something that does not exist."""
        if not self.is_valid():
            return people.none()
        words, state = self.cleaned_data["q"].strip(), self.cleaned_data["state"]
        if words:
            people = people.filter(Q(name__icontains=words) | Q(username__icontains=words))
        return people.filter(_STATES[state]()) if state else people


_STATES = {
    "active": lambda: Q(is_active=True),
    "unused": unused,
    "waiting": lambda: not_joined() & Q(is_active=True),
    "closed": lambda: Q(is_active=False),
}


class ScopeField(forms.ModelChoiceField):
    """A region, a station or an organ, named so that two of one name are told apart."""

    def label_from_instance(self, place):
        if isinstance(place, Region):
            return place.full_name or place.name
        return f"{place.name}（{place.region.name}）"


class RightForm(forms.Form):
    """Over what, from when to when; the role is chosen before."""

    scope = ScopeField(
        queryset=None,
        empty_label=gettext_lazy("请选择"),
        error_messages={"required": gettext_lazy("请选择一项。"), "invalid_choice": gettext_lazy("请从列表中选择。")},
    )
    starts_on = day(
        gettext_lazy("从哪天起"),
    )
    ends_on = day(
        gettext_lazy("到哪天止"),
        required=False,
        help_text=gettext_lazy("含当天。不填表示一直有效，直到有人结束它。"),
    )

    LABELS = {
        Station: gettext_lazy("哪个联络站"),
        Region: gettext_lazy("哪个区划"),
        Organ: gettext_lazy("哪个承办单位"),
    }
    LEVELS = {
        Role.HEAD: [Region.Level.TOWNSHIP],
        Role.COMMITTEE: [Region.Level.PROVINCE, Region.Level.CITY, Region.Level.COUNTY],
        Role.VIEWER: [Region.Level.PROVINCE, Region.Level.CITY, Region.Level.COUNTY, Region.Level.TOWNSHIP],
    }

    def __init__(self, *args, actor, role, **kwargs):
        super().__init__(*args, **kwargs)
        self.role = role
        self.fields["starts_on"].initial = timezone.localdate()
        if role not in KINDS:
            del self.fields["scope"]
            return
        places = places_to_give(actor, role)
        if role in self.LEVELS:
            places = places.filter(level__in=self.LEVELS[role]).select_related("parent__parent__parent")
        else:
            places = places.filter(active=True).select_related("region")
        self.fields["scope"].queryset = places
        self.fields["scope"].label = self.LABELS[KINDS[role]]

    def right(self):
        """Keyword arguments of ``give`` that say which right."""
        typed = self.cleaned_data
        return {
            "role": self.role,
            "scope": typed.get("scope"),
            "starts_on": typed["starts_on"],
            "ends_on": typed["ends_on"],
        }


class InviteForm(RightForm):
    """A new person and their first right."""

    name = PlainField(label=gettext_lazy("姓名"), max_length=40, error_messages=MISSING)
    title = PlainField(label=gettext_lazy("职务"), max_length=60, required=False)
    username = forms.CharField(
        label=gettext_lazy("登录名"),
        max_length=60,
        help_text=gettext_lazy("字母、数字、点、短横和下划线，以后不能改。"),
        validators=[RegexValidator(r"^[A-Za-z0-9._-]+\Z", gettext_lazy("登录名只能用字母、数字、点、短横和下划线。"))],
        error_messages=MISSING,
        widget=forms.TextInput(attrs={"class": "short", "autocapitalize": "none", "autocomplete": "off"}),
    )
    phone = PhoneField(
        label=gettext_lazy("手机"), required=False, widget=forms.TextInput(attrs={"class": "short", "inputmode": "tel"})
    )
    email = forms.EmailField(
        label=gettext_lazy("电子邮箱"),
        required=False,
        help_text=gettext_lazy("填了手机或邮箱，邀请会自动发送；不填就把链接当面交给本人。"),
        error_messages={"invalid": gettext_lazy("邮箱格式不对，例如name@example.com。")},
    )

    field_order = ["name", "title", "username", "phone", "email", "scope", "starts_on", "ends_on"]

    def clean_username(self):
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("登录名%(name)s已经有人使用，请换一个。") % {"name": username})
        return username

    def person(self):
        """The facts of the new account."""
        return {name: self.cleaned_data[name] for name in ("name", "title", "username", "phone", "email")}


class EndForm(forms.Form):
    """The last day of a right."""

    on = day(
        gettext_lazy("最后一天"),
        required=False,
        help_text=gettext_lazy("含当天。不填则立即失效。"),
    )
    confirmed = forms.BooleanField(label=gettext_lazy("没有别人在这一岗位的，先空着"), required=False)


class ReasonForm(forms.Form):
    """Why a lost second factor is taken away, or a password given."""

    reason = PlainField(
        label=gettext_lazy("理由"),
        max_length=300,
        help_text=gettext_lazy("写明怎样核实了是本人，例如：本人到场，核对了工作证。"),
        error_messages=MISSING,
    )


class LeaveOfficeForm(forms.Form):
    """The last day in office, and who goes on."""

    last_day = day(
        gettext_lazy("最后一天"),
        help_text=gettext_lazy("含当天，此后不能再登录。填昨天则立即生效。"),
    )
    successor = forms.ModelChoiceField(
        label=gettext_lazy("由谁接任"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("不指定"),
        help_text=gettext_lazy("接任人从次日起得到同样的授权，并接过代理。同岗位还有别人的，可以不指定。"),
        error_messages={"invalid_choice": gettext_lazy("请从列表中选择。")},
    )
    confirmed = forms.BooleanField(label=gettext_lazy("没有人接任的岗位，先空着"), required=False)

    def __init__(self, *args, successors, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = successors
        self.fields["successor"].label_from_instance = lambda user: f"{user.name}（{user.title or user.username}）"
