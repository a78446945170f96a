"""What residents entrust: who they are. Nothing else in the house holds a name, a phone or an address of theirs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Secrecy(models.TextChoices):
    """To whom a resident wishes to be known."""

    NAMED = "named", _("告诉代表和承办单位")
    STATION = "station", _("只告诉联络站")
    ANONYMOUS = "anonymous", _("匿名")


class Identity(models.Model):
    """Name, phone, address and e-mail of one resident as one sealed text.

    Whoever brought a case, booked a visit or sat at the desk is linked to theirs from there; it is opened by a reveal
    that asks a reason and is logged, and by delivery, for an e-mail address, while it sends.
    """

    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("身份信息")
        verbose_name_plural = _("身份信息")

    def __str__(self):
        return str(self.pk)

    @property
    def outside_key(self):
        """How the outbox names this resident; the address is looked up only while sending."""
        return f"identity:{self.pk}"
