"""Addresses of programmes, items, activities and meetings; each matter has its own list."""

from django.urls import path

from programmes.views import documents, items
from programmes.views import programmes as programme_views

app_name = "programmes"

# Activities and documents.
activities = [
    path("documents/<int:pk>/", documents.document, name="document"),
]

# Meetings with organ heads.
meetings = []

# Programmes and items.
programmes = [
    path("desk/programmes/", programme_views.programmes, name="programmes"),
    path("desk/programmes/new/", programme_views.programme_new, name="programme_new"),
    path("desk/programmes/templates/", programme_views.templates, name="templates"),
    path("desk/programmes/templates/new/", programme_views.template, name="template_new"),
    path("desk/programmes/templates/<int:pk>/", programme_views.template, name="template"),
    path("desk/programmes/<int:pk>/", programme_views.programme, name="programme"),
    path("desk/programmes/<int:pk>/items/", programme_views.programme_items, name="programme_items"),
    path("desk/programmes/<int:pk>/circular/", programme_views.programme_circular, name="programme_circular"),
    path("desk/programmes/<int:pk>/close/", programme_views.programme_close, name="programme_close"),
    path("desk/programmes/<int:pk>/report/", programme_views.programme_report, name="programme_report"),
    path("desk/items/", items.items, name="items"),
    path("desk/items/items.xlsx", items.items_export, name="items_export"),
    path("desk/items/<int:pk>/", items.item, name="item"),
    path("desk/items/<int:pk>/<slug:action>/", items.act_on_item, name="act_on_item"),
]

urlpatterns = [*activities, *meetings, *programmes]
