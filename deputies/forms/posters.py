"""Which place's posters, on what paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

from deputies.models import PosterJob


class PostersForm(forms.Form):
    """All posters of one of the user's places."""

    region = forms.TypedChoiceField(
        label=_("哪个地方的"),
        help_text=_("包括这个地方所有在用的联络站，和编入这些联络站的在任代表，一站一张，一人一张。"),
        error_messages={"required": _("请选择一个地方。"), "invalid_choice": _("请从列出的地方中选择。")},
    )
    size = forms.ChoiceField(
        choices=[
            (PosterJob.Size.A4, _("A4，普通打印机可以直接打印")),
            (PosterJob.Size.A3, _("A3，送打印店，贴在门口和公告栏")),
        ],
        label=_("纸张"),
        widget=forms.RadioSelect,
        initial=PosterJob.Size.A4,
        error_messages={"required": _("请选择纸张。"), "invalid_choice": _("请选择A4或A3。")},
    )

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, **kwargs)
        self.places = {place.pk: place for place in places}
        self.fields["region"].choices = [(place.pk, place.full_name) for place in self.places.values()]
        self.fields["region"].coerce = self.places.get
