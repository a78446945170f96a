from django.contrib import admin

from deputies.models import Deputy, Mandate, Membership, Reception


class MandateInline(admin.TabularInline):
    model = Mandate
    extra = 0


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["station"]


@admin.register(Deputy)
class DeputyAdmin(admin.ModelAdmin):
    list_display = ["name", "code"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["user"]
    inlines = [MandateInline, MembershipInline]


@admin.register(Reception)
class ReceptionAdmin(admin.ModelAdmin):
    list_display = ["date", "starts", "station", "place", "published_at"]
    list_filter = ["date"]
    list_select_related = ["station"]
    search_fields = ["station__name", "place"]
    autocomplete_fields = ["station", "deputies"]
    date_hierarchy = "date"
