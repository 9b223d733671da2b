"""The Atom feed of the board's changes."""

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.urls import reverse, reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from arena.leaderboard.board_changes import BoardChange, board_changes


class BoardFeed(Feed):
    """One entry for each day on which the order changed."""

    feed_type = Atom1Feed
    title = _("Agon: the leaderboard")
    subtitle = _("Each day on which the order of the models changed.")
    link = reverse_lazy("leaderboard")

    def items(self) -> list[BoardChange]:
        return board_changes()

    def item_title(self, item: BoardChange) -> str:
        # Readers take a title for text; Feed would escape it once more.
        return item.title

    def item_description(self, item: BoardChange) -> str:
        places = format_html_join(
            "",
            "<li>{}: {} ({}–{})</li>",
            ((place.name, *map(round, (place.rating, place.lower, place.upper))) for place in item.order),
        )
        return format_html("<ol>{}</ol>", places)

    def item_link(self, item: BoardChange) -> str:
        """One a day: readers know an entry by its address, and the day's later boards are the same entry."""
        return f"{reverse('leaderboard')}#{item.published:%Y-%m-%d}"

    def item_pubdate(self, item: BoardChange) -> datetime:
        return item.published

    def item_updateddate(self, item: BoardChange) -> datetime:
        return item.published
