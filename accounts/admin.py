"""Users and their grants; the log of looks at protected data, to be read and never changed."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext_lazy as _

from .forms import EditUserForm, NewUserForm
from .models import Grant, User, ViewLog
from .tokens import revoke_tokens
from .views import admin_sign_in

admin.site.site_header = admin.site.site_title = _("联络站系统管理")
admin.site.index_title = _("配置")
admin.site.login = admin_sign_in


class GrantInline(admin.TabularInline):
    model = Grant
    extra = 0
    autocomplete_fields = ["region", "station", "organ"]


@admin.register(User)
class PersonAdmin(UserAdmin):
    form = EditUserForm
    add_form = NewUserForm
    inlines = [GrantInline]
    list_display = ["username", "name", "title", "email", "is_active", "is_superuser"]
    list_filter = ["is_active", "is_superuser", "grants__role"]
    search_fields = ["username", "name"]
    ordering = ["username"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password", "name", "title", "email", "phone", "wechat_openid"]}),
        (_("登录"), {"fields": ["is_active", "is_superuser", "last_login", "created_at"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "name", "title", "email", "usable_password", "password1", "password2"]})
    ]
    readonly_fields = ["last_login", "created_at"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            revoke_tokens(user=obj)


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
