"""Every address of the site; each room with pages has its own in its `urls.py`."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.utils.functional import lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView
from django.views.i18n import set_language

from arena.api.v1 import api
from arena.conf.branding import icon_address
from arena.people import rooms

# Its own form would let passwords be guessed without end.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

pages: list[URLPattern | URLResolver] = [
    path("", include("arena.battles.urls")),
    path("", include("arena.reports.urls")),
    path("", include("arena.leaderboard.urls")),
    path("", include("arena.history.urls")),
    path("", include("arena.people.urls")),
    path("", include("arena.transparency.urls")),
    path("", include("arena.exports.urls")),
    path("room/", rooms.enter_code, name="enter_code"),
    path("room/<slug:code>/", rooms.room, name="room"),
    path("", include("arena.face.urls")),
    path("account/", include("arena.people.account_urls")),
    path("manage/", include("arena.console.urls")),
    # It changes nothing but the language of one's own pages, and a token would give every reader a cookie.
    path("language/", csrf_exempt(set_language), name="set_language"),
    # Asked for where no page names the icon, such as in the admin.
    path("favicon.ico", RedirectView.as_view(url=lazy(icon_address, str)()), name="icon"),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
]
urlpatterns = [path(settings.BASE_PATH[1:], include(pages))]
handler400 = "arena.conf.pages.bad_request"
handler500 = "arena.conf.pages.server_error"
