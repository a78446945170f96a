"""Users and their grants; the log of looks at protected data, to be read and never changed."""

from http import HTTPStatus

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext_lazy as _

from .editing import note_edit, note_given_password
from .forms import EditUserForm, GivenPasswordForm, NewUserForm
from .granting import note_change
from .models import AccountChange, Grant, User, ViewLog
from .views.signing_in import admin_sign_in

admin.site.site_header = admin.site.site_title = _("联络站系统管理")
admin.site.index_title = _("配置")
admin.site.login = admin_sign_in


class GrantInline(admin.TabularInline):
    """Rights are read here; they are given and ended on the desk, where it is checked who may, and logged."""

    model = Grant
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(User)
class PersonAdmin(UserAdmin):
    form = EditUserForm
    add_form = NewUserForm
    change_password_form = GivenPasswordForm
    inlines = [GrantInline]
    list_display = ["username", "name", "title", "email", "is_active", "is_superuser"]
    list_filter = ["is_active", "is_superuser", "grants__role"]
    search_fields = ["username", "name"]
    ordering = ["username"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password", "name", "title", "email", "phone", "wechat_openid"]}),
        (
            _("登录"),
            {"fields": ["is_active", "is_superuser", "sso_subject", "leaves_on", "last_login", "created_at"]},
        ),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "name", "title", "email", "usable_password", "password1", "password2"]})
    ]
    readonly_fields = ["leaves_on", "last_login", "created_at"]

    def save_model(self, request, obj, form, change):
        # Who makes the account chooses its first password.
        obj.must_change_password = obj.must_change_password or not change
        super().save_model(request, obj, form, change)
        if change:
            note_edit(actor=request.user, user=obj, changed=form.changed_data)
        else:
            note_change(obj, AccountChange.What.MADE, obj.username, by=request.user)

    def user_change_password(self, request, id, form_url=""):
        response = super().user_change_password(request, id, form_url)
        # Django leads on where it has set the password, and shows its page again where not.
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            user = User.objects.get(pk=id)
            note_given_password(actor=request.user, user=user, but=request.session.session_key)
        return response


@admin.register(ViewLog)
class ViewLogAdmin(admin.ModelAdmin):
    list_display = ["at", "user", "what", "number", "reason"]
    list_select_related = ["user"]
    search_fields = ["number", "user__name"]
    date_hierarchy = "at"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
