"""People and their rights: found, invited, given a right, seen off; each page only within the reader's own scope."""

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import editing, granting, inviting, leaving, second_factor, sign_ins
from accounts.models import Role
from accounts.paging import leaf_addresses
from accounts.permissions import requires_role
from accounts.services import AccountError, has_role
from portal import people as gathered
from portal.forms.people import EndForm, InviteForm, LeaveOfficeForm, PeopleFilter, ReasonForm, RightForm

LEAF = 50
CHANGES = 30  # of an account, shown on its page
NOT_UNDERSTOOD, MOVED_ON = 422, 409


@require_safe
@requires_role(*granting.GIVERS)
def people_list(request):
    """The people within one's own scope, by user name, fifty a leaf. 422 for filters that cannot be read."""
    form = PeopleFilter(request.GET)
    found = form.narrow(gathered.people_seen_by(request.user)).distinct()
    after = request.GET.get("after", "")
    leaf = found.filter(username__gt=after) if after else found
    rows = list(gathered.with_grants(leaf.order_by("username"))[: LEAF + 1])
    further = rows[LEAF - 1].username if len(rows) > LEAF else ""
    context = {"form": form, "rows": rows[:LEAF], "total": found.count()}
    context |= leaf_addresses(request, further)
    return render(request, "portal/desk/people.html", context, status=form.http_status)


@require_safe
@requires_role(*granting.GIVERS)
def person(request, pk):
    """A person's rights, invitation and what became of the account."""
    return _person_page(request, _person(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*granting.GIVERS)
def invite(request):
    """Invite a new person: the role first, then who and where; the link is shown once."""
    role = _role(request)
    if role is None:
        return render(request, "portal/desk/role.html", {"roles": granting.roles_to_give(request.user)})
    form = InviteForm(request.POST or None, actor=request.user, role=role)
    status = 200
    if request.method == "POST":
        status = NOT_UNDERSTOOD
        if form.is_valid():
            try:
                user, token = gathered.invite(actor=request.user, person=form.person(), **form.right())
            except AccountError as refusal:
                form.add_error(refusal.field, str(refusal))
            else:
                return _person_page(request, user, token=token)
    return render(request, "portal/desk/invite.html", {"form": form, "role": role}, status=status)


@require_http_methods(["POST"])
@requires_role(*granting.GIVERS)
def invitation(request, pk):
    """Send and show a new link, or take the invitation back."""
    user = _person(request, pk)
    try:
        if request.POST.get("do") == "again":
            return _person_page(request, user, token=gathered.invite_again(actor=request.user, user=user))
        gathered.take_back(actor=request.user, user=user)
    except AccountError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("邀请已收回，授权已撤销。"))
    return redirect("portal:person", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*granting.GIVERS)
def give_right(request, pk):
    """Give a person a right: the role first, then where and from when to when."""
    user, role = _person(request, pk), _role(request)
    if not user.is_active:
        return _closed(request, user)
    if role is None:
        roles = granting.roles_to_give(request.user)
        return render(request, "portal/desk/role.html", {"roles": roles, "person": user})

    def give(form):
        granting.give(actor=request.user, user=user, **form.right())
        return _("已授权。")

    form = RightForm(request.POST or None, actor=request.user, role=role)
    return _act(request, user, form, give, heading=_("授权：%(role)s") % {"role": role.label}, button=_("授权"))


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*granting.GIVERS)
def end_right(request, pk, grant_pk):
    """End one right of a person, at once or with a day."""
    user = _person(request, pk)
    grant = get_object_or_404(user.grants.select_related("region", "station", "organ"), pk=grant_pk)

    def end(form):
        leaving.end_right(actor=request.user, grant=grant, **form.cleaned_data)
        return _("已结束授权。")

    heading = _("结束授权：%(grant)s") % {"grant": grant}
    return _act(request, user, EndForm(request.POST or None), end, heading=heading, button=_("结束授权"), danger=True)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*granting.GIVERS)
def leave_office(request, pk):
    """What a leaver holds, the last day, and who goes on."""
    user = _person(request, pk)
    if not user.is_active:
        return _closed(request, user)
    others = gathered.people_seen_by(request.user).filter(is_active=True).exclude(pk__in=[user.pk, request.user.pk])

    def leave(form):
        gathered.leave_office(actor=request.user, user=user, **form.cleaned_data)
        return _("已办理离任交接。")

    form = LeaveOfficeForm(
        request.POST or None, successors=others.order_by("name", "username"), initial={"last_day": timezone.localdate()}
    )
    context = {"holdings": gathered.holdings_of(user), "own": gathered.own_matters_of(user)}
    return _act(request, user, form, leave, heading=_("离任交接"), button=_("办理离任"), danger=True, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.ADMIN)
def remove_second_factor(request, pk):
    """Take a person's lost second factor away, with a reason."""
    user = _person(request, pk)

    def remove(form):
        gathered.remove_second_factor(actor=request.user, user=user, **form.cleaned_data)
        return _("两步验证已取消，所有登录已退出。")

    heading = button = _("取消两步验证")
    lead = _("本人手机丢了、恢复码也不在时才取消。取消后，此人的验证器和恢复码作废，所有登录随即退出，本人会收到通知。")
    form = ReasonForm(request.POST or None)
    return _act(request, user, form, remove, heading=heading, button=button, lead=lead, danger=True)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.ADMIN)
def give_password(request, pk):
    """Give somebody who lost theirs a new password, with a reason; it is shown once."""
    user = _person(request, pk)

    def give(form):
        password = editing.give_password(actor=request.user, user=user, **form.cleaned_data)
        return _person_page(request, user, password=password)

    heading = button = _("重设密码")
    lead = _(
        "新密码由系统给出，只显示一次，请当面或打电话告诉本人。本人用它登录后须马上改掉；现在的登录和接口令牌随即作废，本人会收到通知。"
    )
    form = ReasonForm(request.POST or None)
    return _act(request, user, form, give, heading=heading, button=button, lead=lead, danger=True)


@require_http_methods(["POST"])
@requires_role(Role.ADMIN)
def revoke_token(request, pk, token_pk):
    """Revoke a person's token."""
    try:
        gathered.revoke_token(actor=request.user, user=_person(request, pk), pk=token_pk)
    except AccountError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("令牌已停用，本人会收到消息。"))
    return redirect("portal:person", pk)


@require_http_methods(["POST"])
@requires_role(Role.ADMIN)
def end_sign_ins(request, pk):
    """End every session of a person."""
    try:
        gathered.end_sign_ins(actor=request.user, user=_person(request, pk))
    except AccountError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("此人的所有登录已结束。"))
    return redirect("portal:person", pk)


def _person(request, pk):
    return get_object_or_404(gathered.people_seen_by(request.user), pk=pk)


def _closed(request, user):
    """Back to the page of somebody whose account is closed: nothing is given to them and nothing handed over."""
    messages.error(request, _("这个账号已停用，不能授权，也不能办理离任交接。要重新使用，请先由系统管理员启用。"))
    return redirect("portal:person", user.pk)


def _role(request):
    """The role that the address names, or the only one there is; None where it is still to be chosen."""
    roles = granting.roles_to_give(request.user)
    asked = request.GET.get("role", roles[0] if len(roles) == 1 else "")
    if asked and asked not in roles:
        raise Http404
    return Role(asked) if asked else None


def _act(request, user, form, act, **context):
    """One act on a person's account, a page of its own; what cannot be done comes back with its sentence.

    ``act`` does it and returns what is said of it, or the page that shows what came of it.
    """
    status = 200
    if request.method == "POST":
        status = NOT_UNDERSTOOD
        if form.is_valid():
            try:
                said = act(form)
                if isinstance(said, HttpResponse):
                    return said
                messages.success(request, said)
                return redirect("portal:person", user.pk)
            except AccountError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
                status = MOVED_ON
    return render(request, "portal/desk/person_act.html", {"person": user, "form": form, **context}, status=status)


def _person_page(request, user, *, token="", password=""):
    address = f"{settings.SITE_URL}{inviting.path_of(token)}" if token else ""
    changes = list(user.account_changes.select_related("actor")[: CHANGES + 1])
    context = {
        "person": user,
        "rights": gathered.grants_shown(user, request.user),
        "changes": changes[:CHANGES],
        "more_changes": len(changes) > CHANGES,
        "is_waiting": inviting.is_waiting(user),
        "invitation": user.invitations.good(timezone.now()).first(),
        "may_manage": leaving.may_manage(request.user, user),
        "may_give_password": editing.may_give_password(request.user, user),
        "password": password,
        "may_remove_factor": second_factor.may_remove(request.user, user),
        "tokens": gathered.tokens_shown(user, request.user),
        "sign_ins": sign_ins.open_sign_ins(user) if has_role(request.user, Role.ADMIN) else [],
        "is_self": user == request.user,
        "address": address,
        "qr": segno.make(address, error="m").svg_data_uri(scale=4, border=2) if address else "",
    }
    response = render(request, "portal/desk/person.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
