"""Regions, organs and stations, set up once and seldom changed."""

from django.contrib import admin

from .models import Checklist, ChecklistItem, Organ, Region, Station


@admin.register(Region)
class RegionAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "level", "parent"]
    list_filter = ["level"]
    list_select_related = ["parent"]
    search_fields = ["^code", "name"]
    autocomplete_fields = ["parent"]
    # Counting 665,000 rows for a figure nobody needs would slow every search.
    show_full_result_count = False


@admin.register(Organ)
class OrganAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "kind", "region", "active"]
    list_filter = ["active", "kind"]
    list_select_related = ["region"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["region"]


@admin.register(Station)
class StationAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "tier", "region", "active"]
    list_filter = ["active", "tier"]
    list_select_related = ["region"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["region"]


class ChecklistItemInline(admin.TabularInline):
    model = ChecklistItem
    extra = 1


@admin.register(Checklist)
class ChecklistAdmin(admin.ModelAdmin):
    list_display = ["name", "tier", "source", "active"]
    list_filter = ["active", "tier"]
    inlines = [ChecklistItemInline]
