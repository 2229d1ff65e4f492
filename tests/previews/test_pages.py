"""What is read out of a page: whatever the page is."""

import pytest

from fedinote.previews import links, oembed, pages
from fedinote.previews.charsets import decoded
from fedinote.previews.fetching import joined

URL = "https://news.example/2026/tea?id=7"
OWN = frozenset({"localhost:8000", "localhost"})


def test_open_graph_is_read_with_its_picture_and_language():
    page = pages.read(
        """<!doctype html><html lang="zh-Hant"><head><title>Not this</title>
        <meta property="og:title" content="Tea &amp; you"><meta content="All of it" property="og:description">
        <meta property="og:image" content="/tea.jpg"><meta property="og:image:width" content="1200">
        <meta property="og:image:height" content="630"><meta property="og:image:alt" content="a cup">
        <meta property="og:site_name" content="News"><meta name="author" content="Mei">
        <meta property="article:published_time" content="2026-01-02T03:04:05Z"></head>""",
        URL,
    )
    assert (page.title, page.description, page.language) == ("Tea & you", "All of it", "zh-Hant")
    assert (page.image, page.width, page.height) == ("https://news.example/tea.jpg", 1200, 630)
    assert (page.image_description, page.provider_name, page.author_name) == ("a cup", "News", "Mei")
    assert page.published_at is not None
    assert page.published_at.isoformat() == "2026-01-02T03:04:05+00:00"


def test_without_open_graph_twitter_and_the_title_say_what_it_is():
    assert pages.read('<meta name="twitter:title" content="By bird"><title>T</title>', URL).title == "By bird"
    assert pages.read("<TITLE>\n  Plain &lt;b&gt;tea&lt;/b&gt; </TITLE>", URL).title == "Plain tea"
    assert pages.read("<meta name=description content=short><title>x</title>", URL).description == "short"


def test_the_headline_and_author_of_json_ld_come_first():
    page = pages.read(
        """<title>T</title><script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "x"},
        {"@type": ["NewsArticle"], "headline": "The headline",
        "author": [{"name": "Ann", "url": "/ann"}, {"name": "B"}],
        "datePublished": "2026-02-03", "publisher": {"name": "The Paper"}, "inLanguage": "de"}]}</script>""",
        URL,
    )
    assert (page.title, page.author_name, page.author_url) == ("The headline", "Ann, B", "https://news.example/ann")
    assert (page.provider_name, page.language) == ("The Paper", "de")


def test_what_is_in_comments_scripts_and_styles_is_not_read():
    page = pages.read(
        '<!-- <meta property="og:title" content="no"> --><script>"<title>no</title>"</script>'
        "<style><title>no</title></style><title>Yes</title>",
        URL,
    )
    assert page.title == "Yes"


def test_a_page_can_say_of_itself_only_that_it_is_elsewhere_on_its_own_host():
    there = pages.read('<link rel="canonical" href="/tea#top"><title>T</title>', URL)
    assert there.url == "https://news.example/tea"
    away = pages.read(
        '<link rel=canonical href="https://bank.example/"><meta property="og:url" content="//b.example/">', URL
    )
    assert away.url == URL


@pytest.mark.parametrize(
    "said", ["javascript:alert(1)", "data:image/png;base64,xx", "//", "java\tscript:1", "https://a@b/"]
)
def test_addresses_that_are_not_of_the_web_are_left_out(said):
    page = pages.read(
        f'<title>T</title><meta property="og:image" content="{said}"><meta name="twitter:player" content="{said}">', URL
    )
    assert page.image is None or page.image.startswith("https://news.example/")
    assert page.player is None or page.player.startswith("https://news.example/")


def test_markup_in_texts_is_taken_out_however_often_it_is_escaped():
    page = pages.read('<meta property="og:title" content="&amp;lt;img src=x onerror=1&amp;gt;Tea\u202e\u200b">', URL)
    assert page.title == "Tea"


def test_long_texts_are_cut():
    page = pages.read(f'<meta property="og:title" content="{"x" * 3000}">', URL)
    assert len(page.title) == pages.MAX_TITLE
    assert page.title.endswith("…")


@pytest.mark.parametrize(
    "piece",
    ["<meta ", '<meta a="', "<meta a='<", "<title>", "<!--", "<script type=application/ld+json>{", "<" * 3,
     '<meta content="&amp;', "<html lang=", "<link href=x rel=y>", "<meta \t\n", "<meta a=b a=b a=b "],
)  # fmt: skip
def test_a_hostile_page_of_a_megabyte_is_read_to_an_end(piece):
    text = piece * (1_000_000 // len(piece))
    assert len(pages.scan(text).links) <= 2000
    assert pages.read(text, URL).url == URL


def test_deep_json_ld_is_not_followed():
    deep = '{"@graph": [' * 5000
    assert pages.read(f'<title>T</title><script type="application/ld+json">{deep}</script>', URL).title == "T"
    nested = '{"@graph": [' * 20 + '{"@type": "Article", "headline": "far down"}' + "]}" * 20
    assert pages.read(f'<title>T</title><script type="application/ld+json">{nested}</script>', URL).title == "T"


@pytest.mark.parametrize(
    ("body", "header"),
    [
        ("<title>茶</title>".encode("gbk"), "text/html; charset=GB2312"),
        ('<meta charset="big5"><title>茶</title>'.encode("big5"), "text/html"),
        ("<title>茶</title>".encode("shift_jis"), 'text/html;charset="Shift_JIS"'),
        ("<title>茶</title>".encode(), "text/html"),
        ("\ufeff<title>茶</title>".encode(), "text/html; charset=iso-8859-1"),
        ("\ufeff<title>茶</title>".encode("utf-16-le"), "text/html"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=euc-kr"><title>茶</title>'.encode("euc-kr"), ""),
    ],
)
def test_pages_are_read_in_the_encoding_that_they_are_in(body, header):
    assert pages.read(decoded(body, header), URL).title == "茶"


@pytest.mark.parametrize("label", ["zlib", "punycode", "unicode_escape", "utf-7", "rot13", "idna", "x" * 40])
def test_labels_that_the_web_does_not_know_are_not_looked_up(label):
    body = f'<meta charset="{label}"><title>Tea é</title>'.encode()
    assert pages.read(decoded(body, f"text/html; charset={label}"), URL).title == "Tea é"
    assert pages.read(decoded(b"<title>caf\xe9</title>", "text/html"), URL).title == "café"


def test_the_creator_is_a_handle_or_nothing():
    def creator(text):
        return pages.read(f'<meta name="fediverse:creator" content="{text}">', URL).creator

    assert creator("@mei@Far.example") == "mei@far.example"
    assert creator("https://far.example/@mei") == creator("@mei") == ""


# -- oEmbed -----------------------------------------------------------------------------------------------------------


def test_of_a_video_only_the_address_of_its_frame_is_taken():
    found = oembed.read(
        {
            "version": "1.0",
            "type": "video",
            "title": "Film",
            "width": 640,
            "height": "360",
            "thumbnail_url": "//i.example/t.jpg",
            "html": '<script src="https://x.example/"></script>'
            '<iframe onload=alert(1) src="https://v.example/e?a=1&amp;b=2" srcdoc="<b>">',
        },
        "https://v.example/oembed",
        OWN,
    )
    assert found is not None
    assert (found.width, found.height, found.image) == (640, 360, "https://i.example/t.jpg")
    assert found.html == (
        '<iframe src="https://v.example/e?a=1&amp;b=2" width="640" height="360" frameborder="0" scrolling="no"'
        ' allowfullscreen="true" sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox'
        ' allow-forms"></iframe>'
    )


@pytest.mark.parametrize("source", ["http://v.example/e", "javascript:alert(1)", "https://localhost/e", "/e\\", ""])
def test_a_frame_of_no_https_address_or_of_our_own_host_is_none(source):
    document = {"version": "1.0", "type": "video", "html": f'<iframe src="{source}">'}
    assert oembed.read(document, "http://v.example/", OWN) is None


@pytest.mark.parametrize(
    "document",
    [None, [], "x", {}, {"type": "rich", "html": "<b>"}, {"type": "photo"}, {"type": "video"}, {"version": 9}],
)
def test_documents_of_other_types_or_without_content_do_not_count(document):
    assert oembed.read(document, URL, OWN) is None


def test_the_oembed_document_is_the_more_exact_of_the_two():
    page = pages.read(
        '<title>Page</title><meta name="description" content="words"><meta property="og:image" content="/p.png">', URL
    )
    photo = oembed.read({"type": "photo", "url": "/full.jpg", "title": "Photo", "width": 3, "height": 2}, URL, OWN)
    found = joined(page, photo, URL, OWN)
    assert found is not None
    assert (found.kind, found.title, found.description) == ("photo", "Photo", "words")
    assert found.embed_url == found.image == "https://news.example/full.jpg"
    assert joined(pages.read("", URL), None, URL, OWN) is None


def test_a_twitter_player_makes_a_video():
    page = pages.read('<title>T</title><meta name="twitter:player" content="https://v.example/p">', URL)
    found = joined(page, None, URL, OWN)
    assert found is not None
    assert found.kind == "video"
    assert 'src="https://v.example/p"' in found.html


# -- which link -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ('<p><a href="https://a.example/x#part">x</a> <a href="https://b.example/">b</a></p>', "https://a.example/x"),
        ('<p><a href="https://b.example/@bo" class="u-url mention">@bo</a></p>', None),
        ('<p><a href="https://b.example/tags/tea" class="mention hashtag" rel="tag">#tea</a></p>', None),
        ('<p><a href="https://b.example/tags/tea" rel="tag">tea</a></p>', None),
        ('<p><a href="https://b.example/@bo">@<span>bo</span></a> <a href="https://c.example/">c</a></p>', "https://c.example/"),
        ('<p class="quote-inline">RE: <a href="https://q.example/1">q</a></p><p>so</p>', None),
        ('<p><a href="https://known.example/1">k</a></p>', None),
        ('<p><a href="http://localhost:8000/@alice/1">ours</a></p>', None),
        ('<p><a href="https://a.example/?a=1&amp;b=2">x</a></p>', "https://a.example/?a=1&b=2"),
        ('<p><a href="mailto:a@b.example">mail</a></p>', None),
        (f'<p><a href="https://a.example/{"x" * 2100}">x</a></p>', None),
    ],
)  # fmt: skip
def test_the_first_link_that_is_no_mention_hashtag_or_quote_gets_the_card(content, found):
    assert links.first(content, OWN, {"https://known.example/1"}) == found
