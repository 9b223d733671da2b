"""Addresses of battles: blind ones, conversations with chosen models, and shared ones."""

from django.urls import path

from arena.battles.views import battle, chat, go_on, shared, start

urlpatterns = [
    path("", start.home, name="home"),
    path("chat/", chat.chat, name="chat"),
    path("side-by-side/", chat.side_by_side, name="side_by_side"),
    path("recorded/", start.recorded, name="recorded"),
    path("battles/", start.start, name="start"),
    path("battles/<uuid:battle_id>/", battle.battle, name="battle"),
    path("battles/<uuid:battle_id>/queue/", battle.queue, name="queue"),
    path("battles/<uuid:battle_id>/answers/<int:turn>/<slug:slot>/", battle.markdown, name="markdown"),
    path("battles/<uuid:battle_id>/turns/", battle.follow_up, name="follow_up"),
    path("battles/<uuid:battle_id>/again/", battle.again, name="again"),
    path("battles/<uuid:battle_id>/reasons/", battle.reasons, name="reasons"),
    path("battles/<uuid:battle_id>/go-on/", go_on.go_on, name="go_on"),
    path("battles/<uuid:battle_id>/vote/", battle.vote, name="vote"),
    path("battles/<uuid:battle_id>/retry/", battle.retry, name="retry"),
    path("battles/<uuid:battle_id>/stop/", battle.stop, name="stop"),
    path("battles/<uuid:battle_id>/leave/", battle.leave, name="leave"),
    path("battles/<uuid:battle_id>/share/", shared.share, name="share"),
    path("battles/<uuid:battle_id>/unshare/", shared.unshare, name="unshare"),
    path("s/<slug:token>/", shared.shared, name="shared"),
    path("s/<slug:token>/picture.png", shared.picture, name="shared_picture"),
]
