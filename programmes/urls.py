"""Addresses of programmes, items, activities and meetings; each matter has its own list."""

app_name = "programmes"

# Activities and documents.
activities = []

# Meetings with organ heads.
meetings = []

# Programmes and items.
programmes = []

urlpatterns = [*activities, *meetings, *programmes]
