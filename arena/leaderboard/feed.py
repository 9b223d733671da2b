"""The Atom feed of the board's changes."""

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.urls import reverse, reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from arena.conf.branding import arena_name
from arena.leaderboard.board_changes import BoardChange, board_changes


class BoardFeed(Feed):
    """A feed with one entry for each day on which the order changed."""

    feed_type = Atom1Feed
    subtitle = _("Each day on which the order of the models changed.")
    link = reverse_lazy("leaderboard")

    def title(self) -> str:
        return gettext("%(name)s: the leaderboard") % {"name": arena_name()}

    def items(self) -> list[BoardChange]:
        return board_changes()

    def item_title(self, item: BoardChange) -> str:
        # Readers take a title for text; Feed would escape it once more.
        return item.title

    def item_description(self, item: BoardChange) -> str:
        entries = format_html_join(
            "",
            "<li>{}: {} ({}–{})</li>",
            ((entry.name, *map(round, (entry.rating, entry.lower, entry.upper))) for entry in item.order),
        )
        return format_html("<ol>{}</ol>", entries)

    def item_link(self, item: BoardChange) -> str:
        """Return one address a day: readers know an entry by it, and the day's later boards are the same entry."""
        return f"{reverse('leaderboard')}#{item.published:%Y-%m-%d}"

    def item_pubdate(self, item: BoardChange) -> datetime:
        return item.published

    def item_updateddate(self, item: BoardChange) -> datetime:
        return item.published
