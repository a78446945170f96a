"""Programmes on the desk: the list, one with its board, setting items, the circular, the report, the templates."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.filters import tab_of
from accounts.models import Role
from accounts.paging import leaf_addresses
from accounts.permissions import requires_role
from papers.models import Paper
from papers.permissions import papers_visible_to
from programmes import services
from programmes.board import STATES, board_of
from programmes.errors import ProgrammeError
from programmes.forms.programmes import (
    AddItemsForm,
    CircularForm,
    CloseForm,
    EditForm,
    ProgrammeForm,
    TemplateForm,
    TemplateItemFormSet,
    tasks_text,
)
from programmes.models import Activity, Item, Programme, Template
from programmes.permissions import OFFICE, may_run
from programmes.services.programmes import drafted_items

LEAF = 30
NOT_UNDERSTOOD, MOVED_ON = 422, 409
WITH_PLACES = ("region", "parent__region")
ACTIONS = {
    "begin": gettext_lazy("建立"),
    "edit": gettext_lazy("修改"),
    "add_items": gettext_lazy("下达事项"),
    "circular": gettext_lazy("通报"),
    "close": gettext_lazy("结束工作"),
}


@require_safe
@requires_role()
def programmes(request):
    """The programmes that one may see, of the kind chosen, newest first."""
    seen = Programme.objects.visible_to(request.user).select_related("region")
    kind = tab_of(request.GET, "kind", Programme.Kind)
    if kind:
        seen = seen.filter(kind=kind)
    after = _number(request.GET.get("after"))
    if after is not None:
        seen = seen.filter(pk__lt=after)
    rows = list(seen.order_by("-pk")[: LEAF + 1])
    shown = rows[:LEAF]
    _count(shown, request.user)
    context = {
        "programmes": shown,
        "kind": kind,
        "kinds": Programme.Kind.choices,
        "may_begin": _holds_office(request.user),
    }
    further = str(shown[-1].pk) if len(rows) > LEAF else ""
    return render(request, "programmes/programmes.html", context | leaf_addresses(request, further))


def _count(programmes, user):
    """Give each programme how many of its items the user may see, are struck off, and are overdue; one query."""
    today = timezone.localdate()
    of = Coalesce("programme", "activity__programme")
    counted = (
        Item.objects.visible_to(user)
        .annotate(of=of)
        .filter(of__in=[one.pk for one in programmes])
        .order_by()
        .values("of")
    )
    late = Q(status__in=[Item.Status.OPEN, Item.Status.OBJECTED], due_on__lt=today)
    counted = counted.annotate(
        total=Count("pk"), verified=Count("pk", filter=Q(status=Item.Status.VERIFIED)), overdue=Count("pk", filter=late)
    )
    by_programme = {row["of"]: row for row in counted}
    for programme in programmes:
        programme.counts = by_programme.get(programme.pk, {"total": 0, "verified": 0, "overdue": 0})


@require_http_methods(["GET", "POST"])
@requires_role(*OFFICE)
def programme_new(request):
    """Begin a programme, from a template where one was chosen, or to fulfil an item of the level above."""
    above = _item_above(request)
    template = Template.objects.filter(active=True, pk=_number(request.GET.get("template"))).first()
    form = ProgrammeForm(request.POST or None, user=request.user, initial=_initial(template, above))
    status = 200
    if request.method == "POST":
        status = NOT_UNDERSTOOD
        if form.is_valid():
            try:
                programme = services.begin_programme(actor=request.user, **form.cleaned_data)
            except ProgrammeError as refusal:
                form.add_error(None, str(refusal))
                status = MOVED_ON
            else:
                messages.success(request, _("已建立。下一步：把事项下达给各单位。"))
                chosen = f"?template={template.pk}" if template else ""
                return redirect(f"{programme.get_absolute_url()}items/{chosen}")
    templates = Template.objects.filter(active=True)
    context = {"form": form, "templates": templates, "template": template, "above": above}
    return render(request, "programmes/programme_new.html", context, status=status)


def _initial(template, above):
    today = timezone.localdate()
    facts = {"starts_on": today, "ends_on": today.replace(month=12, day=31), "year": today.year}
    if template is not None:
        facts |= {"kind": template.kind, "title": template.name, "body": template.intro, "source": template.source}
    if above is not None:
        facts |= {"parent": above.programme_id, "title": above.title, "body": above.demand, "ends_on": above.due_on}
        facts |= {"kind": above.programme.kind, "region": above.owner_region_id}
    return facts


def _item_above(request):
    """The item of the level above that is to be fulfilled, where the address names one that the user's office owns."""
    item = Item.objects.visible_to(request.user).filter(pk=_number(request.GET.get("item"))).exclude(programme=None)
    item = item.exclude(owner_region=None).select_related("programme", "owner_region").first()
    return item if item is not None and may_run(request.user, item.owner_region) else None


def _number(text):
    """A key from the address; none for what is no key."""
    return int(text) if text and text.isdecimal() and len(text) < 12 else None


@require_safe
@requires_role()
def programme(request, pk):
    """A programme with its board."""
    return _page(request, _seen(request, pk))


@require_http_methods(["GET", "POST"])
@requires_role(*OFFICE)
def programme_edit(request, pk):
    """Change what a programme says, until it is closed."""
    programme = _run(request, pk)
    # The form writes into its instance; the service reads the row again.
    form = EditForm(request.POST or None, instance=_run(request, pk))
    status = NOT_UNDERSTOOD if form.is_bound else 200
    if form.is_valid():
        try:
            services.edit_programme(programme=programme, actor=request.user, **form.cleaned_data)
        except ProgrammeError as refusal:
            form.add_error(None, str(refusal))
            status = MOVED_ON
        else:
            messages.success(request, _("已保存。"))
            return redirect(programme)
    return render(request, "programmes/programme_edit.html", {"form": form, "programme": programme}, status=status)


def _run(request, pk):
    """A programme whose office the user holds; page 403 for others who may see it."""
    programme = _seen(request, pk)
    if not may_run(request.user, programme.region):
        raise PermissionDenied(_("您没有权限管理%(office)s的工作。") % {"office": programme.office})
    return programme


@require_safe
@requires_role()
def programme_report(request, pk):
    """The figures and what is not done, to be printed."""
    programme = _seen(request, pk)
    today = timezone.localdate()
    unsettled = Item.objects.visible_to(request.user).of_programme(programme).open()
    unsettled = unsettled.select_related("owner_organ", "owner_station", "owner_region", "programme").order_by("due_on")
    context = {
        "programme": programme,
        "board": board_of(programme, request.user, today),
        "unsettled": unsettled,
        "states": STATES,
        "today": today,
    }
    return render(request, "programmes/programme_report.html", context)


@require_http_methods(["GET", "POST"])
@requires_role(*OFFICE)
def programme_items(request, pk):
    """Set items to many units at once: filled in, shown one by one, then set."""
    programme = _run(request, pk)
    if request.method == "GET":
        template = Template.objects.filter(pk=_number(request.GET.get("template"))).first()
        initial = {"tasks": tasks_text(template) if template else "", "due_on": programme.ends_on}
        form = AddItemsForm(programme=programme, initial=initial)
        return _items_page(request, programme, form, template=template)
    form = AddItemsForm(request.POST, programme=programme)
    if not form.is_valid():
        return _items_page(request, programme, form, status=NOT_UNDERSTOOD)
    if "save" not in request.POST:
        drafted = [Item(**spec) for spec in drafted_items(programme, **form.drafted())]
        return _items_page(request, programme, form, drafted=drafted, is_previewed=True)
    try:
        items = services.add_items(programme=programme, actor=request.user, **form.drafted())
    except ProgrammeError as refusal:
        form.add_error(None, str(refusal))
        return _items_page(request, programme, form, status=MOVED_ON)
    messages.success(request, _("已下达%(n)d项，各单位会收到通知。") % {"n": len(items)})
    return redirect(programme)


def _items_page(request, programme, form, *, status=200, **facts):
    context = {"programme": programme, "form": form, **facts}
    return render(request, "programmes/programme_items.html", context, status=status)


@require_POST
@requires_role(*OFFICE)
def programme_circular(request, pk):
    """Issue a circular of what is overdue today."""
    return _act(request, pk, CircularForm, "circular", services.issue_circular, _("已出具通报，并通知各单位。"))


@require_POST
@requires_role(*OFFICE)
def programme_close(request, pk):
    """Close a programme with its report."""
    return _act(request, pk, CloseForm, "close", services.close_programme, _("已结束这项工作。"))


def _act(request, pk, form_class, prefix, service, said):
    programme = _seen(request, pk)
    form = form_class(request.POST, auto_id=f"{prefix}-%s")
    if not form.is_valid():
        return _page(request, programme, **{f"{prefix}_form": form}, status=NOT_UNDERSTOOD)
    try:
        service(programme=programme, actor=request.user, **form.cleaned_data)
    except ProgrammeError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, programme, **{f"{prefix}_form": form}, status=MOVED_ON)
    messages.success(request, said)
    return redirect(programme)


def _page(request, programme, *, status=200, **forms):
    """The programme; ``forms`` is the refused one, if any, by its name in the template."""
    board = board_of(programme, request.user, timezone.localdate())
    may_change = programme.closed_at is None and may_run(request.user, programme.region)
    circulars = Paper.objects.filter(papers_visible_to(request.user), key__startswith=f"{programme.topic}:circular:")
    context = {
        "programme": programme,
        "board": board,
        "states": STATES,
        "may_change": may_change,
        "parts": Programme.objects.visible_to(request.user).filter(parent=programme).select_related("region"),
        "activities": Activity.objects.visible_to(request.user).filter(programme=programme).order_by("starts_at", "pk"),
        "events": _events(programme),
        "circulars": circulars.order_by("-pk"),
        "circular_form": CircularForm(auto_id="circular-%s"),
        "close_form": CloseForm(auto_id="close-%s"),
        "form": next(iter(forms.values()), None),
        **forms,
    }
    return render(request, "programmes/programme.html", context, status=status)


def _events(programme):
    events = list(programme.events.order_by("-at", "-pk"))
    for event in events:
        event.label, event.public = ACTIONS.get(event.action, event.action), True
    return events


def _seen(request, pk):
    seen = Programme.objects.visible_to(request.user).select_related(*WITH_PLACES)
    return get_object_or_404(seen, pk=pk)


def _holds_office(user):
    return any(grant.role in OFFICE for grant in user.grants_in_force())


@require_safe
@requires_role(*OFFICE)
def templates(request):
    """What programmes begin from; the committee changes it."""
    found = Template.objects.prefetch_related("items").order_by("-active", "pk")
    may_change = any(grant.role == Role.COMMITTEE for grant in request.user.grants_in_force())
    return render(request, "programmes/programme_templates.html", {"templates": found, "may_change": may_change})


@require_http_methods(["GET", "POST"])
@requires_role(Role.COMMITTEE)
def template(request, pk=None):
    """Change a template and its items, or make a new one."""
    template = Template.objects.filter(pk=pk).first() if pk else Template(source=_("本单位"))
    if template is None:
        raise Http404
    form = TemplateForm(request.POST or None, instance=template)
    standing = list(template.items.values("title", "demand")) if pk else []
    items = TemplateItemFormSet(request.POST or None, initial=standing, prefix="items")
    if request.method == "POST" and form.is_valid() and items.is_valid():
        services.save_template(template=form.instance, items=items.items())
        messages.success(request, _("已保存。此后按新模板建立的工作使用新内容，已建立的不变。"))
        return redirect("programmes:templates")
    status = NOT_UNDERSTOOD if request.method == "POST" else 200
    context = {"form": form, "items": items, "template": template}
    return render(request, "programmes/programme_template.html", context, status=status)
