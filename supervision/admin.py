from django.contrib import admin

from .models import Heartbeat, Rung, Term

admin.site.register(Term)
admin.site.register(Rung)
admin.site.register(Heartbeat)
