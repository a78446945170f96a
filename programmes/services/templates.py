"""Templates that programmes begin from: their text and their items are the office's to change."""

from collections.abc import Iterable

from django.db import transaction

from programmes.models import Template, TemplateItem


@transaction.atomic
def save_template(*, template: Template, items: Iterable[dict]) -> Template:
    """Save a template with its items (``title``, ``demand``) in their order; programmes begun from it stay as they are."""
    template.save()
    template.items.all().delete()
    TemplateItem.objects.bulk_create(
        TemplateItem(template=template, position=position, **item) for position, item in enumerate(items, start=1)
    )
    return template
