"""Custom emoji as pictures in texts and safe HTML."""

from fedinote.web.client import emojis

FOUND = {"tea": "/media/tea.png"}


def test_a_text_is_escaped_and_its_emoji_are_pictures() -> None:
    made = emojis.in_text("<b> :tea: :none:", FOUND)
    assert made.startswith("&lt;b&gt; <img ")
    assert 'src="/media/tea.png" alt=":tea:"' in made
    assert made.endswith(":none:")


def test_tags_and_attributes_are_left_alone() -> None:
    html = '<a href="https://x.example/:tea:" title="a > :tea:">:tea:</a>'
    made = emojis.in_html(html, FOUND)
    assert made.startswith('<a href="https://x.example/:tea:" title="a > :tea:"><img ')
    assert made.count("<img") == 1


def test_long_and_broken_html_is_left_as_it_is() -> None:
    for text in ("<" * 100_000, ":" * 100_000, ":no" * 25_000, '<a "' * 1_000):
        assert emojis.in_html(f"{text}:none:", FOUND) == f"{text}:none:"
