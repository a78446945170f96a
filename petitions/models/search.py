"""What a case is found by: the characters and pairs of characters of its words, as an index reads them."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from petitions.models.petition import Petition


class SearchEntry(models.Model):
    """The grams of one case (see ``petitions.search``), in a table of its own.

    In the case's own row every step would enter some 350 grams into the index anew, and every list would read them.
    """

    petition = models.OneToOneField(Petition, models.CASCADE, primary_key=True, related_name="search_entry")
    grams = SearchVectorField()
    # The published words only, empty while nothing is published: what the public search reads.
    public_grams = SearchVectorField(null=True)

    class Meta:
        verbose_name = _("检索项")
        verbose_name_plural = _("检索项")
        indexes = [
            GinIndex(fields=["grams"], name="search_entry_grams"),
            GinIndex(
                fields=["public_grams"], name="search_entry_public_grams", condition=Q(public_grams__isnull=False)
            ),
        ]

    def __str__(self):
        return str(self.petition_id)
