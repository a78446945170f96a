"""The privacy notice, as it is and as it was."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.retention import KINDS
from vault.notice import CURRENT, VERSIONS
from vault.retention import rules_on


@require_safe
def privacy_notice(request, version=CURRENT):
    """One version; the terms of keeping are those in force today."""
    if version not in VERSIONS:
        raise Http404
    rules = rules_on(timezone.localdate())
    context = {
        "version": version,
        "since": VERSIONS[version],
        "notice": f"vault/notice_{version}.html",
        "terms": [(kind.label, kind.starts, rules[kind.code].months) for kind in KINDS if kind.code in rules],
        "contact": settings.PRIVACY_CONTACT,
        "earlier": [number for number in VERSIONS if number != version],
    }
    return render(request, "portal/public/privacy_notice.html", context)
