from django.urls import path

from petitions.api import PetitionViewSet
from petitions.views import by_link, public, public_suggestions, tracking
from petitions.views.desk import cases, clusters, entry, ladders, lists, rules, suggestions

app_name = "petitions"
urlpatterns = [
    path("petitions/new/", public.new, name="new"),
    path("petitions/track/", tracking.track, name="track"),
    path("petitions/track/leave/", tracking.leave, name="leave"),
    path("petitions/track/<str:number>/", tracking.tracked, name="tracked"),
    path("petitions/track/<str:number>/letters/<int:pk>/", tracking.tracked_letter, name="tracked_letter"),
    path("petitions/track/<str:number>/<slug:action>/", tracking.tracked_action, name="tracked_action"),
    path("petitions/photos/<int:pk>/", public.photo, name="photo"),
    path("petitions/<str:number>/receipt/", public.receipt, name="receipt"),
    path("petitions/<str:number>/join/", public.join, name="join"),
    path("o/<str:token>/", by_link.duty, name="by_link"),
    path("o/<str:token>/photos/<int:pk>/", by_link.photo, name="photo_by_link"),
    path("desk/petitions/", lists.case_list, name="list"),
    path("desk/petitions/enter/", entry.enter, name="enter"),
    path("desk/notes/<int:pk>/petition/", entry.from_note, name="from_note"),
    path("desk/petitions/<str:number>/", cases.case, name="case"),
    path("desk/petitions/<str:number>/entered/", entry.entered, name="entered"),
    path("desk/petitions/<str:number>/similar/", clusters.similar, name="similar"),
    path("desk/petitions/<str:number>/identity/", cases.reveal, name="reveal"),
    path("desk/petitions/<str:number>/<slug:action>/", cases.act, name="act"),
    path("suggestions/", public_suggestions.public_suggestions, name="public_suggestions"),
    path("desk/suggestions/", suggestions.suggestion_list, name="suggestions"),
    path("desk/suggestions/new/", suggestions.raise_suggestion, name="raise_suggestion"),
    path("desk/suggestions/<str:number>/", suggestions.suggestion, name="suggestion"),
    path("desk/suggestions/<str:number>/<slug:action>/", suggestions.act, name="act_on_suggestion"),
    path("desk/clusters/", clusters.clusters, name="clusters"),
    path("desk/clusters/new/", clusters.new_cluster, name="new_cluster"),
    path("desk/clusters/<int:pk>/", clusters.cluster, name="cluster"),
    path("desk/clusters/<int:pk>/<slug:action>/", clusters.act_on_cluster, name="act_on_cluster"),
    path("desk/categories/", rules.categories, name="categories"),
    path("desk/categories/new/", rules.new_category, name="new_category"),
    path("desk/categories/<int:pk>/", rules.categories, name="categories_below"),
    path("desk/categories/<int:pk>/new/", rules.new_category, name="new_category_below"),
    path("desk/categories/<int:pk>/rename/", rules.rename_category, name="rename_category"),
    path("desk/categories/<int:pk>/use/", rules.use_category, name="use_category"),
    path("desk/refusal-reasons/", rules.reasons, name="reasons"),
    path("desk/refusal-reasons/new/", rules.new_reason, name="new_reason"),
    path("desk/refusal-reasons/<slug:code>/", rules.reason, name="reason"),
    path("desk/ladders/<int:pk>/copy/", ladders.copy_ladder, name="copy_ladder"),
    path("api/v1/petitions/", PetitionViewSet.as_view({"get": "list", "post": "create"}), name="api"),
    path("api/v1/petitions/<str:number>/", PetitionViewSet.as_view({"get": "retrieve"}), name="api_case"),
]
