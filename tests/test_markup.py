import pytest

from arena.markup import render_markdown


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "[click](data:text/html;base64,PHNjcmlwdD4=)",
        "<a href='javascript:alert(1)'>x</a>",
        "<svg onload=alert(1)>",
        "<style>body{display:none}</style>",
        "<form action=//evil.example><input name=x></form>",
        "![track](https://evil.example/pixel.png)",
        "![track][1]\n\n[1]: https://evil.example/pixel.png",
        '`<b onmouseover="alert(1)">`',
    ],
)
def test_what_a_model_writes_never_becomes_code_or_a_remote_request(text):
    html = render_markdown(text)
    for tag in ("<script", "<img", "<svg", "<style", "<form", "<input", "<iframe"):
        assert tag not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html


def test_markdown_is_rendered_and_headings_stay_below_those_of_the_page():
    html = render_markdown("# One\n\n**bold** `code`\n\n| a |\n|---|\n| 1 |\n")
    assert "<h3>One</h3>" in html
    assert "<strong>bold</strong>" in html
    assert "<td>1</td>" in html
    assert "<h1>" not in html


def test_an_image_is_shown_as_its_description():
    assert "a tide table" in render_markdown("![a tide table](https://evil.example/pixel.png)")


def test_links_open_without_telling_where_from():
    assert 'rel="noopener noreferrer nofollow ugc"' in render_markdown("[x](https://example.org)")
