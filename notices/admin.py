from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from . import services
from .forms import WebhookForm
from .models import Message, Webhook


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """Looking after the post: what failed and why, and a way to try it again.

    Not what it says: an administrator sees no content of cases.
    """

    exclude = ["body"]
    list_display = ["title", "recipient", "status", "attempts", "next_try_at", "answer"]
    list_filter = ["status"]
    list_select_related = ["recipient"]
    actions = ["try_again"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description=_("重新发送所选的失败消息"))
    def try_again(self, request, queryset):
        services.try_again(queryset)


@admin.register(Webhook)
class WebhookAdmin(admin.ModelAdmin):
    """Where other systems are told what happens, by whose rights, and the secret of the signatures."""

    form = WebhookForm
    list_display = ["url", "owner", "active", "made_at"]
    list_select_related = ["owner"]
    autocomplete_fields = ["owner"]
    readonly_fields = ["shown_secret"]
    fields = ["owner", "url", "happenings", "active", "shown_secret"]

    @admin.display(description=_("签名密钥"))
    def shown_secret(self, hook):
        return hook.secret if hook.pk else _("保存后显示")
