"""The WebSocket addresses."""

from django.conf import settings
from django.urls import path

from arena.consumers import BattleConsumer, LeaderboardConsumer

# URLRouter takes no include().
_WS = f"{settings.BASE_PATH[1:]}ws/"
urlpatterns = [
    path(f"{_WS}battles/<uuid:battle_id>/", BattleConsumer.as_asgi(), name="battle_socket"),
    path(f"{_WS}leaderboard/", LeaderboardConsumer.as_asgi(), name="leaderboard_socket"),
]
