"""The topics are configuration; cases are not touched here, nor seen."""

from django.contrib import admin

from petitions.models import Category


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["path", "level"]
    list_filter = ["level"]
    search_fields = ["path"]
    autocomplete_fields = ["parent"]
