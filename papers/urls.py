from django.urls import path

from .views import desk, verify, wording

app_name = "papers"
urlpatterns = [
    path("papers/verify/", verify.verify, name="verify"),
    path("papers/verify/<str:code>/", verify.verified, name="verified"),
    path("desk/papers/", desk.papers, name="papers"),
    path("desk/papers/wording/", wording.wordings, name="wording"),
    path("desk/papers/wording/<slug:kind>/", wording.edit, name="edit_wording"),
    path("desk/papers/<int:pk>/", desk.paper, name="paper"),
    path("desk/papers/<int:pk>/pdf/", desk.pdf, name="pdf"),
    path("desk/papers/<int:pk>/docx/", desk.docx, name="docx"),
]
