"""What comes out of a printer: what is said, without what is pressed."""

import pytest

from tests.browser.playing import show
from tests.light_arena import rows

#: The width of A4 between its margins, upright and across, in pixels of CSS.
UPRIGHT, ACROSS = 688, 1047
PRESSED = "button, summary.quiet-button, nav, input, select, .quiet-button, .button, .site-header a"


@pytest.fixture
def printed(page):
    """The open page as it is laid out on paper so wide."""

    def lay_out(width):
        page.emulate_media(media="print")
        page.set_viewport_size({"width": width, "height": 1000})
        assert page.locator(PRESSED).filter(visible=True).all_inner_texts() == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        return page

    return lay_out


@pytest.mark.parametrize(("address", "width"), [("/leaderboard/", ACROSS), ("/models/entry-1/", UPRIGHT)])
def test_a_board_and_a_model_are_printed_with_all_columns_and_whole_rows(page, light_arena, printed, address, width):
    light_arena.do(rows.full_board, models=40)
    page.goto(address)
    page = printed(width)
    for cut in ("overflow-x", "overflow-y"):
        boxes = page.locator(".board__scroll")
        assert (
            boxes.evaluate_all(f"boxes => boxes.filter(box => getComputedStyle(box)['{cut}'] === 'auto').length") == 0
        )
    assert page.locator("tr").evaluate_all("rows => rows.every(row => getComputedStyle(row).breakInside === 'avoid')")


def test_a_battle_is_printed_with_both_answers_beside_each_other(page, light_arena, printed):
    cells = (("Model", "Parameters", "Context", "Licence", "Released"), ("---",) * 5, ("non-commercial",) * 5)
    wide = "\n".join(f"| {' | '.join(row)} |" for row in cells)
    show(page, light_arena.do(rows.battle, first="A first answer.", second=wide))
    page = printed(UPRIGHT)
    first, second = (card.bounding_box() for card in page.locator(".answer").all())
    assert page.locator(".answer table").evaluate("table => table.offsetWidth <= table.parentElement.clientWidth")
    assert first["y"] == second["y"]
    assert 0 <= first["x"] < first["x"] + first["width"] <= second["x"]
    assert second["x"] + second["width"] <= UPRIGHT
