"""Mathematics as its TeX, readable as it is; a script of the page may show it as a formula."""

from html import escape


def mathematics(tex: str, *, is_block: bool) -> str:
    kind = "block" if is_block else "inline"
    code = f'<code class="maths" data-maths="{kind}">{escape(tex.strip())}</code>'
    return f"<p>{code}</p>\n" if is_block else code
