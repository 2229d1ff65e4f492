"""`translate="no"` survives the sanitiser on whichever element it stands, so that no engine sees what is in it."""

import pytest

from fedinote.text.html import sanitise
from fedinote.translation.segments import segment_html

NO = ' translate="no"'


@pytest.mark.parametrize(
    "tag", ["p", "span", "b", "i", "em", "strong", "u", "s", "del", "h1", "h6", "blockquote", "ruby"]
)
def test_the_mark_stays_on_every_element_that_is_kept(tag: str) -> None:
    assert sanitise(f'<{tag} translate="no">motto</{tag}>') == f"<{tag}{NO}>motto</{tag}>"


@pytest.mark.parametrize("tag", ["div", "section", "article", "header", "figure", "details", "center"])
def test_the_mark_of_an_element_that_is_dropped_passes_to_its_words(tag: str) -> None:
    cleaned = sanitise(f'<{tag} translate="no"><p>our <b>motto</b></p>and more</{tag}><p>free words</p>')
    assert segment_html(cleaned).runs == ("free words",)
    assert sanitise(cleaned) == cleaned


@pytest.mark.parametrize("said", ["no", "NO", " no "])
def test_the_mark_is_read_in_any_spelling(said: str) -> None:
    assert segment_html(sanitise(f'<p translate="{said}">motto</p>')).runs == ()


@pytest.mark.parametrize(
    "html",
    [
        '<ul><li translate="no">motto</li><li>free words</li></ul>',
        '<ol translate="no"><li>motto</li></ol><p>free words</p>',
        '<table><tr><td translate="no">motto</td><td>free words</td></tr></table>',
        '<dl><dt translate="no">motto</dt><dd>free words</dd></dl>',
        '<div><div translate="no">motto<hr>motto</div><div>free words</div></div>',
        '<a href="https://x.example/" translate="no">motto</a><br>free words',
        '<div translate="no"><a href="https://x.example/">motto</a></div>free words',
        '<blockquote translate="no"><p>motto</p><ul><li>motto</li></ul></blockquote>free words',
    ],
)
def test_within_lists_tables_links_and_quotes_too(html: str) -> None:
    cleaned = sanitise(html)
    assert "motto" in cleaned
    assert segment_html(cleaned).runs == ("free words",)


def test_other_values_are_dropped_and_open_nothing() -> None:
    assert sanitise('<p translate="yes">a</p><div translate="">b</div>') == "<p>a</p>b"
