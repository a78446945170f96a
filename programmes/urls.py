"""Addresses of programmes, items, activities and meetings; each matter has its own list."""

app_name = "programmes"
urlpatterns = []
