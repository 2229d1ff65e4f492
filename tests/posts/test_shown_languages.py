"""What is noted of a post's language when it is stored, from either door."""

import pytest

from fedinote.posts.drafts import NewPost
from fedinote.posts.shown_languages import noted


@pytest.mark.parametrize(
    ("content", "stated", "language", "shown"),
    [
        ("<p>今天天气很好</p>", "en", "en", "zh-Hans"),
        ("<p>今天天气很好</p>", "zh-CN", "zh-CN", None),
        ("<p>今天天气很好</p>", None, "zh-Hans", None),
        ("<p>今天 meeting 太 long 了，累死</p>", None, "zh", "mul"),
        ("<p>今天 meeting 太 long 了，累死</p>", "en", "en", "mul"),
        ("<p>👍</p>", None, None, None),
        ("<p>👍</p>", "de", "de", None),
        ('<p><a href="https://a.example/茶">a.example/茶</a></p>', "en", "en", None),
    ],
)
def test_what_is_stored_and_what_readers_are_told(app, content, stated, language, shown):
    new = noted(NewPost(author_id=1, visibility="public", content=content, created_at=app.now(), language=stated))
    assert (new.language, new.shown_language) == (language, shown)
