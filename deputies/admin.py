from django.contrib import admin

from deputies.models import Absence, Deputy, Mandate, Membership


class MandateInline(admin.TabularInline):
    model = Mandate
    extra = 0


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["station"]


class AbsenceInline(admin.TabularInline):
    model = Absence
    extra = 0
    fields = ["starts_on", "ends_on", "why"]


@admin.register(Deputy)
class DeputyAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "region"]
    list_select_related = ["region"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["user", "region"]
    # Portraits are encoded anew before they are kept, which the record on the desk does.
    exclude = ["portrait"]
    inlines = [MandateInline, MembershipInline, AbsenceInline]
