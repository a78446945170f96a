"""Addresses of programmes, items, activities and meetings; each matter has its own list."""

from django.urls import path

from programmes.views import documents, items

app_name = "programmes"

# Activities and documents.
activities = [
    path("documents/<int:pk>/", documents.document, name="document"),
]

# Meetings with organ heads.
meetings = []

# Programmes and items.
programmes = [
    path("desk/items/<int:pk>/", items.item, name="item"),
]

urlpatterns = [*activities, *meetings, *programmes]
