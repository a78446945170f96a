"""Deputies' records as staff fill them in: each form asks what its service needs."""

from django import forms
from django.core.validators import validate_slug
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import ListFilter
from deputies.importing.sheet import MOST_BYTES
from deputies.models import Absence, Deputy, Mandate, Membership
from deputies.permissions import managed_stations
from deputies.services.people import free_accounts
from vault.fields import PhoneField, PlainField

ANY = ("", gettext_lazy("全部"))
CHOOSE = ("", gettext_lazy("请选择"))
MISSING = {"required": gettext_lazy("请填写这一项。")}


def most(model, field):
    return model._meta.get_field(field).max_length


def line(label, model, field, **facts):
    """A text of one line, as long as its column."""
    return PlainField(label=label, max_length=most(model, field), error_messages=dict(MISSING), **facts)


def day(label, **facts):
    """A day of the calendar."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"}),
        error_messages=MISSING | {"invalid": gettext_lazy("请填写日期，例如2026-12-31。")},
        **facts,
    )


class FilterForm(ListFilter):
    """What the list of deputies is narrowed by; the address holds it."""

    # The value names the method of ``DeputyQuerySet``.
    STATES = [
        ANY,
        ("in_office", gettext_lazy("在任")),
        ("suspended", gettext_lazy("暂停")),
        ("out_of_office", gettext_lazy("不在任")),
        ("ungrouped", gettext_lazy("在任，未编组")),
    ]
    q = PlainField(label=gettext_lazy("姓名、编号或选举单位"), max_length=40, required=False)
    level = forms.TypedChoiceField(
        label=gettext_lazy("层级"), choices=[ANY, *Mandate.Level.choices], coerce=int, empty_value=None, required=False
    )
    station = forms.ChoiceField(label=gettext_lazy("联络站"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), choices=STATES, required=False)

    def __init__(self, data, *, stations):
        super().__init__(data)
        self.fields["station"].choices = [ANY, *stations.values_list("code", "name")]

    def narrow(self, deputies, today):
        """The deputies that fit; none when the address asks for something that does not exist."""
        if not self.is_valid():
            return deputies.none()
        wanted = self.cleaned_data
        if wanted["q"]:
            deputies = deputies.search(wanted["q"])
        if wanted["level"]:
            deputies = deputies.filter(Exists(Mandate.objects.filter(deputy=OuterRef("pk"), level=wanted["level"])))
        if wanted["station"]:
            grouped = Membership.objects.on(today).filter(deputy=OuterRef("pk"), station__code=wanted["station"])
            deputies = deputies.filter(Exists(grouped))
        if wanted["state"]:
            deputies = getattr(deputies, wanted["state"])(today)
        return deputies


class FactsForm(forms.ModelForm):
    """Who a deputy is. The code is given once: it stands on printed QR codes."""

    name = line(gettext_lazy("姓名"), Deputy, "name")
    gender = forms.ChoiceField(
        label=gettext_lazy("性别"),
        choices=[("女", gettext_lazy("女")), ("男", gettext_lazy("男"))],
        widget=forms.RadioSelect,
        required=False,
    )
    bio = PlainField(
        label=gettext_lazy("简介"),
        max_length=most(Deputy, "bio"),
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("会在代表的公开页面显示，请不要写电话和住址。"),
    )
    phone = PhoneField(
        label=gettext_lazy("联系电话"),
        required=False,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "tel"}),
        help_text=gettext_lazy("只有工作人员看得到。"),
    )

    class Meta:
        model = Deputy
        fields = ["name", "gender", "phone", "bio"]


class MandateForm(forms.Form):
    """A seat in a people's congress."""

    level = forms.TypedChoiceField(
        label=gettext_lazy("层级"),
        choices=[CHOOSE, *reversed(Mandate.Level.choices)],
        coerce=int,
        error_messages={"required": gettext_lazy("请选择层级。")},
    )
    constituency = line(gettext_lazy("选举单位（选区）"), Mandate, "constituency")
    term = line(
        gettext_lazy("届次"), Mandate, "term", widget=forms.TextInput(attrs={"class": "short", "placeholder": "第十届"})
    )
    starts_on = day(gettext_lazy("任职开始日期"))
    ends_on = day(gettext_lazy("任期届满日期"), required=False, help_text=gettext_lazy("含当天，不知道可以不填。"))

    def clean(self):
        return _forwards(self)


class NewDeputyForm(FactsForm, MandateForm):
    """A new deputy with their first mandate, grouped from today on."""

    code = PlainField(
        label=gettext_lazy("编号"),
        max_length=most(Deputy, "code"),
        required=False,
        validators=[validate_slug],
        widget=forms.TextInput(attrs={"class": "short"}),
        help_text=gettext_lazy("不填则自动编号。字母、数字和短横，会出现在二维码的网址里，以后不能改。"),
    )
    station = forms.ModelChoiceField(
        label=gettext_lazy("编入联络站"), queryset=None, required=False, empty_label=gettext_lazy("暂不编组")
    )
    group = line(gettext_lazy("代表小组"), Membership, "group", required=False)

    field_order = ["name", "gender", "code", "phone", "bio", "level", "constituency", "term", "starts_on", "ends_on"]

    def __init__(self, *args, user, region, **kwargs):
        """``region`` is where a deputy without a station belongs; None where a station must be named."""
        super().__init__(*args, **kwargs)
        self.region = region
        station = self.fields["station"]
        station.queryset = managed_stations(user).select_related("region")
        if region is None:
            station.required = True
            station.empty_label = CHOOSE[1]
            station.error_messages["required"] = _("请选择联络站。")

    def clean(self):
        super().clean()
        return _forwards(self)

    def facts(self):
        """Keyword arguments of ``add_deputy``."""
        typed = self.cleaned_data
        deputy, station = self.instance, typed["station"]
        deputy.code = typed["code"]
        deputy.region = station.region if station else self.region
        mandate = {name: typed[name] for name in MandateForm.base_fields}
        return {"deputy": deputy, "mandate": mandate, "station": station, "group": typed["group"]}


class ActForm(forms.Form):
    """An act on a deputy's record, on one of their rows (``target``) or on the deputy; without fields, a confirmation.

    ``label`` heads it, ``follows`` says what follows, ``done`` is said afterwards.
    """

    label = ""
    follows = ""
    done = ""
    danger = False

    def __init__(self, *args, user, deputy, target=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.deputy = deputy
        self.target = target

    def facts(self):
        """Keyword arguments of the service."""
        return self.cleaned_data


class AddMandateForm(ActForm, MandateForm):
    label = gettext_lazy("增加代表资格")
    done = gettext_lazy("代表资格已登记。")


class EndMandateForm(ActForm):
    label = gettext_lazy("终止代表资格")
    follows = gettext_lazy(
        "没有其他在任资格时：名下未办结的群众意见自动转给联络站接续，站长会收到通知；那天以后的轮值显示为冲突，需要换人。"
    )
    done = gettext_lazy("代表资格的终止已登记。")
    danger = True
    on = day(gettext_lazy("终止日期"), help_text=gettext_lazy("今天或以前：立即终止；以后：到那天为止仍然履职。"))


class SuspendForm(ActForm):
    label = gettext_lazy("暂停执行职务")
    follows = gettext_lazy(
        "从现在起。没有其他在任资格时：名下未办结的群众意见自动转给联络站接续，站长会收到通知，恢复后不再转回；轮值显示为冲突。"
    )
    done = gettext_lazy("已暂停执行代表职务。")
    danger = True


class ResumeForm(ActForm):
    label = gettext_lazy("恢复执行职务")
    follows = gettext_lazy("从现在起恢复。已转给联络站接续的群众意见不再转回。")
    done = gettext_lazy("已恢复执行代表职务。")


class JoinForm(ActForm):
    label = gettext_lazy("编入联络站")
    done = gettext_lazy("已编入联络站。")
    station = forms.ModelChoiceField(
        label=gettext_lazy("联络站"),
        queryset=None,
        empty_label=CHOOSE[1],
        error_messages={"required": gettext_lazy("请选择联络站。")},
    )
    group = line(gettext_lazy("代表小组"), Membership, "group", required=False)
    starts_on = day(gettext_lazy("从哪天起"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = managed_stations(self.user)
        self.fields["starts_on"].initial = timezone.localdate()


class RegroupForm(ActForm):
    label = gettext_lazy("调整小组")
    done = gettext_lazy("代表小组已调整。")
    group = line(gettext_lazy("代表小组"), Membership, "group", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["group"].initial = self.target.group


class LeaveStationForm(ActForm):
    label = gettext_lazy("离开联络站")
    follows = gettext_lazy("那天以后在这个联络站的轮值显示为冲突，需要换人。")
    done = gettext_lazy("离开联络站已登记。")
    danger = True
    on = day(gettext_lazy("最后一天"), help_text=gettext_lazy("含当天。"))


class AbsenceForm(ActForm):
    label = gettext_lazy("登记请假")
    follows = gettext_lazy("请假期间不排轮值；已经排上的显示为冲突，需要换人。")
    done = gettext_lazy("请假已登记。")
    starts_on = day(gettext_lazy("从哪天起"))
    ends_on = day(gettext_lazy("到哪天止"), help_text=gettext_lazy("含当天。"))
    why = line(gettext_lazy("事由"), Absence, "why", required=False)

    def clean(self):
        return _forwards(self)

    def facts(self):
        return self.cleaned_data | {"actor": self.user}


class BackForm(ActForm):
    label = gettext_lazy("销假")
    follows = gettext_lazy("从今天起可以排轮值。")
    done = gettext_lazy("已销假。")


class PortraitForm(ActForm):
    label = gettext_lazy("上传照片")
    done = gettext_lazy("照片已更新。")
    file = forms.FileField(
        label=gettext_lazy("照片"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=gettext_lazy("正面照，JPG、PNG或WebP，不超过10 MB；会在公开页面和海报上显示。"),
        error_messages={"required": gettext_lazy("请选择照片。"), "empty": gettext_lazy("这个文件是空的。")},
    )


class DropPortraitForm(ActForm):
    label = gettext_lazy("移除照片")
    follows = gettext_lazy("公开页面和新做的海报上不再有照片。")
    done = gettext_lazy("照片已移除。")
    danger = True


class AccountForm(ActForm):
    label = gettext_lazy("关联账号")
    done = gettext_lazy("账号已关联。")
    user = forms.ModelChoiceField(
        label=gettext_lazy("账号"),
        queryset=None,
        empty_label=CHOOSE[1],
        help_text=gettext_lazy("列出有代表角色、还没有关联代表的账号；账号由管理员建立。"),
        error_messages={"required": gettext_lazy("请选择账号。")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        field.queryset = free_accounts(on=timezone.localdate())
        field.label_from_instance = lambda user: f"{user.name}（{user.username}）"


class UnlinkForm(ActForm):
    label = gettext_lazy("解除账号关联")
    follows = gettext_lazy("用这个账号登录后不再看到这位代表的事项。")
    done = gettext_lazy("账号关联已解除。")
    danger = True

    def facts(self):
        return {"user": None}


class ImportForm(forms.Form):
    """A sheet of deputies."""

    file = forms.FileField(
        label=gettext_lazy("名册文件"),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
        help_text=gettext_lazy("xlsx，不超过5 MB、5000行。"),
        error_messages={"required": gettext_lazy("请选择文件。"), "empty": gettext_lazy("文件是空的。")},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(".xlsx"):
            raise forms.ValidationError(_("只能导入xlsx文件；其他格式请先在表格软件中另存为xlsx。"))
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("文件超过5 MB，请分成几份导入。"))
        return file


def _forwards(form):
    starts_on, ends_on = form.cleaned_data.get("starts_on"), form.cleaned_data.get("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        form.add_error("ends_on", _("结束日期不能早于开始日期。"))
    return form.cleaned_data
