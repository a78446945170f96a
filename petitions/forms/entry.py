"""What an officer or a deputy fills in for a resident who cannot (代录)."""

from django.utils.translation import gettext_lazy

from petitions.forms.public import PetitionForm
from petitions.models import Petition


class EntryForm(PetitionForm):
    """The resident's own form in the words of whoever writes for them; the same rules."""

    SECRECY = [
        (Petition.Secrecy.STATION, gettext_lazy("只向联络站实名。承办单位看不到反映人是谁（默认）")),
        (Petition.Secrecy.NAMED, gettext_lazy("也向代表和承办单位实名，便于直接联系")),
        (Petition.Secrecy.ANONYMOUS, gettext_lazy("匿名。只用查询码看进展")),
    ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext_lazy("反映人姓名")
        self.fields["secrecy"].label = gettext_lazy("反映人愿意让谁知道身份")
        self.fields["secrecy"].choices = self.SECRECY
        self.fields["body"].help_text = gettext_lazy("按反映人的原话记：什么时候、什么地方、怎么回事、希望怎么办。")
        self.fields["consent_publish"].label = gettext_lazy(
            "反映人同意：办完以后另写一份摘要公开，不出现姓名、电话和住址"
        )
        self.fields["deputy"].label = gettext_lazy("反映给哪位代表")
