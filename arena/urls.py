"""Every address of the site."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import path
from django.utils.functional import lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView
from django.views.i18n import set_language

from arena.api.v1 import api
from arena.battles.views import battle as battles
from arena.battles.views import chat, shared, start
from arena.exports import views as export
from arena.history import views as history
from arena.leaderboard import benchmark_views as benchmarks
from arena.leaderboard import chart_views as pictures
from arena.leaderboard import feed
from arena.leaderboard import model_views as models
from arena.leaderboard import views as leaderboard
from arena.transparency import text_views as pages
from arena.transparency import views as transparency

urlpatterns = [
    path("", start.home, name="home"),
    path("chat/", chat.chat, name="chat"),
    path("recorded/", start.recorded, name="recorded"),
    path("battles/", start.start, name="start"),
    path("battles/<uuid:battle_id>/", battles.battle, name="battle"),
    path("battles/<uuid:battle_id>/queue/", battles.queue, name="queue"),
    path("battles/<uuid:battle_id>/turns/", battles.follow_up, name="follow_up"),
    path("battles/<uuid:battle_id>/again/", battles.again, name="again"),
    path("battles/<uuid:battle_id>/reasons/", battles.reasons, name="reasons"),
    path("battles/<uuid:battle_id>/vote/", battles.vote, name="vote"),
    path("battles/<uuid:battle_id>/retry/", battles.retry, name="retry"),
    path("battles/<uuid:battle_id>/stop/", battles.stop, name="stop"),
    path("battles/<uuid:battle_id>/leave/", battles.leave, name="leave"),
    path("battles/<uuid:battle_id>/share/", shared.share, name="share"),
    path("battles/<uuid:battle_id>/unshare/", shared.unshare, name="unshare"),
    path("s/<slug:token>/", shared.shared, name="shared"),
    path("history/", history.history, name="history"),
    path("history/board/", history.board, name="personal_board"),
    path("history/data.json", history.data, name="personal_data"),
    path("history/delete/", history.delete, name="delete"),
    path("models/<slug:slug>/", models.model, name="model"),
    path("models/<slug:slug>/vs/<slug:rival>/", models.head_to_head, name="head_to_head"),
    path("head-to-head/", models.choose_pair, name="choose_pair"),
    path("leaderboard/", leaderboard.leaderboard, name="leaderboard"),
    path("leaderboard/overview/", leaderboard.overview, name="overview"),
    path("leaderboard/picture.png", leaderboard.picture, name="board_preview"),
    path("leaderboard/pictures/", pictures.pictures, name="pictures"),
    path("leaderboard/pictures/<slug:name>.csv", pictures.figures, name="figures"),
    path("leaderboard/<int:pk>/", leaderboard.snapshot, name="snapshot"),
    path("benchmarks/", benchmarks.benchmarks, name="benchmarks"),
    path("feed.atom", feed.BoardFeed(), name="feed"),
    path("how-it-works/", pages.how_it_works, name="how_it_works"),
    path("transparency/", transparency.page, name="transparency"),
    path("transparency.json", transparency.as_json, name="transparency_json"),
    path("terms/", pages.terms, name="terms"),
    path("privacy/", pages.privacy, name="privacy"),
    # It changes nothing but the language of one's own pages, and a token would give every reader a cookie.
    path("language/", csrf_exempt(set_language), name="set_language"),
    path("export/", export.export, name="export"),
    # Asked for where no page names the icon, such as in the admin.
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("arena/mark.svg")), name="icon"),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
]
