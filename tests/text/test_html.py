"""The sanitiser: nothing active remains, nothing that means something is lost."""

import json
import random
import warnings
from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import bleach
import html5lib
import pytest

from fedinote.text.html import ALLOWED_ATTRIBUTES, ALLOWED_TAGS, MAX_BYTES, escape, sanitise, to_text
from tests.support.requirements import SHARED
from tests.text.xss_corpus import BAD_TARGETS, CORPUS

CLASSES = {"h-card", "u-url", "mention", "hashtag", "ellipsis", "invisible", "quote-inline"}
LINK = ' rel="nofollow noopener noreferrer" target="_blank"'
POST = (
    '<p><span class="h-card" translate="no"><a href="https://a.test/@bob" class="u-url mention">@<span>bob</span></a>'
    '</span> see <a href="https://b.test/long/path?x=1&amp;y=2" translate="no"><span class="invisible">https://</span>'
    '<span class="ellipsis">b.test/long/</span><span class="invisible">path?x=1&amp;y=2</span></a></p>'
    '<p>1 &lt; 2<br><a href="https://a.test/tags/cats" class="mention hashtag" rel="tag">#<span>cats</span></a></p>'
)


def elements(html: str) -> Iterator[Element]:
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return (element for element in tree.iter() if isinstance(element.tag, str) and element.tag != "DOCUMENT_FRAGMENT")


def shape(html: str) -> list[tuple[str, dict[str, str], str, str]]:
    return [(element.tag, dict(element.attrib), element.text or "", element.tail or "") for element in elements(html)]


def assert_harmless(html: str) -> None:
    """Check with another parser, and rules of its own, that a browser would find nothing active."""
    for element in elements(html):
        assert element.tag in ALLOWED_TAGS, (element.tag, html)
        assert set(element.attrib) <= ALLOWED_ATTRIBUTES.get(element.tag, set()), (element.attrib, html)
        assert set(element.attrib.get("class", "").split()) <= CLASSES, html
        if element.tag == "a":
            assert element.attrib["rel"] == "nofollow noopener noreferrer"
            assert element.attrib["target"] == "_blank"
            assert_good_target(element.attrib["href"])


def assert_good_target(target: str) -> None:
    assert target.startswith(("http://", "https://", "mailto:")), target
    assert not any(ord(character) < 33 or ord(character) == 127 for character in target), target
    assert not set(target) & set('\\<>"\u200b\ufeff\xad\u202e'), target
    parts = urlsplit(target)
    assert parts.scheme == "mailto" or (parts.hostname and "@" not in parts.netloc), target


def assert_bleach_agrees(html: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cleaned = bleach.clean(
            html,
            tags=ALLOWED_TAGS,
            attributes={name: list(allowed) for name, allowed in ALLOWED_ATTRIBUTES.items()},
            protocols={"http", "https", "mailto"},
            strip=True,
        )
    assert shape(cleaned) == shape(html)


def test_the_corpus_is_large() -> None:
    assert len(set(CORPUS)) >= 120


@pytest.mark.parametrize("source", CORPUS, ids=range(len(CORPUS)))
def test_nothing_active_remains_of_an_attack(source: str) -> None:
    cleaned = sanitise(source)
    assert_harmless(cleaned)
    assert_bleach_agrees(cleaned)
    assert_harmless(sanitise(cleaned))


@pytest.mark.parametrize("source", CORPUS, ids=range(len(CORPUS)))
def test_nothing_active_remains_where_an_attack_stands_within_other_elements(source: str) -> None:
    for before, after in (("<p>a ", " b</p>"), ("<table><tr><td>", "</table>"), ("<a href='https://a.test'>", "</a>")):
        assert_harmless(sanitise(before + source + after))
    assert_harmless(sanitise("<b title='" + source + "'>x</b>"))


def test_nothing_active_remains_of_random_pieces() -> None:
    pieces = [
        *("<p>", "</p>", "<b>", "</b>", "<a href='https://a.test'>", "</a>", "<table>", "<td>", "</table>", "<svg>"),
        *("</svg>", "<math>", "<mi>", "<style>", "</style>", "<!--", "-->", "<template>", "</template>", "<select>"),
        *("<noscript>", "</noscript>", "<title>", "<textarea>", "<![CDATA[", "]]>", "<img src=x onerror=alert(1)>"),
        *("<h1>", "<li>", "<ul>", "<pre>", "<ruby><rt>", "'", '"', "<", ">", "&lt;img onerror=x&gt;", "text", "\n"),
    ]
    for seed in range(1500):
        chosen = random.Random(seed).choices(pieces, k=12)
        cleaned = sanitise("".join(chosen))
        assert_harmless(cleaned)
        assert_harmless(sanitise(cleaned))


@pytest.mark.parametrize("target", BAD_TARGETS)
def test_a_link_with_a_bad_target_leaves_its_text(target: str) -> None:
    assert sanitise(f'<p>a <a href="{escape(target)}"><b>text</b></a> b</p>') == "<p>a <b>text</b> b</p>"


@pytest.mark.parametrize(
    "target", ["https://a.test/x?y=1#z", "http://a.test:8080/", "https://例え.jp/", "mailto:a@b.test"]
)
def test_a_link_with_a_good_target_stays(target: str) -> None:
    assert sanitise(f'<a href="{target}">text</a>') == f'<a href="{target}"{LINK}>text</a>'


def test_a_post_from_mastodon_keeps_its_mentions_tags_and_shortened_links() -> None:
    cleaned = sanitise(POST)
    assert [(e.tag, e.attrib.get("class")) for e in elements(cleaned)] == [
        (e.tag, e.attrib.get("class")) for e in elements(POST)
    ]
    assert to_text(cleaned) == to_text(POST)
    assert sanitise(cleaned) == cleaned
    assert_bleach_agrees(cleaned)


def test_lists_headings_quotes_code_and_ruby_stay() -> None:
    source = (
        '<h2>A</h2><ol start="3" reversed=""><li value="5">x</li></ol><blockquote><pre><code>a\n  b</code></pre>'
        "</blockquote><p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby> <del>s</del><u>u</u></p>"
    )
    assert sanitise(source) == source


def test_other_classes_styles_and_ids_go() -> None:
    source = '<p class="quote-inline modal" id="a" style="color:red"><span class="btn">x</span></p>'
    assert sanitise(source) == '<p class="quote-inline"><span>x</span></p>'


def test_numbers_of_lists_are_numbers() -> None:
    assert sanitise('<ol start="x1"><li value="1e9">a</li></ol>') == "<ol><li>a</li></ol>"


def test_text_can_be_hidden_only_inside_a_link() -> None:
    assert sanitise('<span class="invisible">a</span>') == "<span>a</span>"
    assert sanitise('<a href="/x"><span class="invisible">a</span></a>') == "<span>a</span>"


@pytest.mark.parametrize(
    "text",
    [
        "https://bank.test/login",
        "bank.test",
        "www.bank.test/x",
        "http://BANK.test",
        "bank.te\u200bst",
        "<b>bank</b>.test",
        '<span class="invisible">https://evil.test/</span>bank.test',
        "bank.test evil.test",
    ],
)
def test_a_link_that_pretends_another_host_shows_its_own(text: str) -> None:
    cleaned = sanitise(f'<a href="https://evil.test/x">{text}</a>')
    assert to_text(cleaned).endswith("[evil.test]")
    assert sanitise(cleaned) == cleaned


@pytest.mark.parametrize(
    "text", ["evil.test/x…", "https://www.evil.test", "here", "test", "node.js", "@a@bank.test", "1.5"]
)
def test_a_link_that_pretends_nothing_is_left_alone(text: str) -> None:
    assert to_text(sanitise(f'<a href="https://evil.test/x">{text}</a>')) == text


def test_an_image_becomes_a_link_to_it() -> None:
    image = '<img src="https://a.test/cat.png" alt="A &lt;cat&gt;">'
    assert sanitise(image) == f'<a href="https://a.test/cat.png"{LINK}>A &lt;cat&gt;</a>'
    assert to_text(sanitise('<img src="https://a.test/cat.png">')) == "[a.test]"
    assert sanitise('<img src="javascript:x" alt="A cat">') == "A cat"
    assert sanitise('<img src="https://a.test/e.png" alt=":blob:">') == ":blob:"
    assert to_text(sanitise('<img src="https://evil.test/e.png" alt="bank.test">')) == "bank.test [evil.test]"
    linked = sanitise(f'<a href="https://b.test/">{image}</a>')
    assert linked == f'<a href="https://b.test/"{LINK}>A &lt;cat&gt;</a>'


def test_a_table_becomes_lines() -> None:
    table = "<p>a</p><table><thead><tr><th>x<th>y</thead><tr><td>1</td><td>2</td></tr></table><p>b</p>"
    assert to_text(sanitise(table)) == "a\n\nx y\n1 2\n\nb"


def test_blocks_that_go_leave_a_break() -> None:
    assert sanitise("<div>a</div><div>b</div><section><p>c</p></section>") == "a<br>b<p>c</p>"


def test_text_is_not_changed() -> None:
    assert sanitise("1 &lt; 2 &amp; 3 > 2") == "1 &lt; 2 &amp; 3 &gt; 2"
    assert sanitise("") == ""
    assert sanitise("\ud800<b>x</b>") == "?<b>x</b>"


@pytest.mark.parametrize(
    "opening", ["<b>", "<div>", "<blockquote>", "<ul><li>", "<span class='x'>", "<x>", "<table><td>"]
)
def test_deep_nesting_gives_plain_text(opening: str) -> None:
    assert sanitise(opening * 5000 + "deep &amp; low<br>x") == "<p>deep &amp; low<br>x</p>"


def test_deep_nesting_that_hides_from_counting_gives_plain_text() -> None:
    cleaned = sanitise("<b><!--</b>-->" * 3000 + "deep")
    assert cleaned == "<p>deep</p>"


def test_a_hundred_levels_and_long_flat_posts_are_kept() -> None:
    assert sanitise("<b>" * 99 + "x" + "</b>" * 99).count("<b>") == 99
    assert sanitise("<p>x</p>" * 2000) == "<p>x</p>" * 2000
    assert sanitise("<ul>" + "<li>x" * 500 + "</ul>").count("<li>") == 500


@pytest.mark.parametrize("filling", ["x ", "<b>x</b> ", "漢字 ", "&amp; "])
def test_a_source_over_the_limit_is_cut_to_plain_text(filling: str) -> None:
    cleaned = sanitise("<p><b>start</b> " + filling * 120_000)
    assert cleaned.startswith("<p>start ")
    assert "<b>" not in cleaned
    assert len(to_text(cleaned).encode()) <= MAX_BYTES
    assert_harmless(cleaned)


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "<",
            "<!--",
            "&",
            "&#x",
            "&#9",
            "<b>",
            "</b>",
            "<a ",
            "<a href=",
            "<script>",
            "<style>",
            "<p><b>",
            "a.",
            "\u200b",
        ),
        *(
            "<a><div>",
            "<b></p>",
            "<img src=https://a.test/>",
            "<table>",
            "<svg>",
            "<x a='",
            '"',
            "<br>",
            "\n",
            "<pre>\n",
        ),
        *("<a href=https://a.test>b.test</a>", "<span class=invisible>", "<select><b>"),
    ],
)
def test_hundred_kilobytes_of_anything_are_harmless(piece: str) -> None:
    source = (piece * MAX_BYTES)[:MAX_BYTES]
    assert_no_active_markup(sanitise(source))
    assert isinstance(to_text(source), str)


def assert_no_active_markup(html: str) -> None:
    """The check for large results: html5lib would take seconds."""
    assert "<script" not in html
    assert "<img" not in html
    assert " on" not in html


def test_a_reference_of_many_digits_is_no_error() -> None:
    assert "\ufffd" in to_text("&#" + "9" * 6000 + ";x<br>")
    assert to_text(sanitise("&#" + "9" * 6000 + ";")) == "\ufffd"
    assert sanitise(f'<a href="https://a.test/&#{"9" * 6000};">x</a>') == "x"


def test_text_keeps_paragraphs_and_breaks() -> None:
    assert to_text("<p>a<br>b</p><p>c &lt;d&gt;</p><ul><li>e</li><li>f</li></ul>") == "a\nb\n\nc <d>\n\ne\nf"
    assert to_text("<p>one\ntwo</p>") == "one two"
    assert to_text("plain &amp; simple") == "plain & simple"
    assert to_text("a<script>b</script>c<!-- d -->e<style>f") == "ace"


def test_escaping_covers_attributes() -> None:
    assert escape("<a href=\"x\" title='y'>&") == "&lt;a href=&quot;x&quot; title=&#x27;y&#x27;&gt;&amp;"


def test_posts_of_other_servers_lose_no_words() -> None:
    sources = list(contents_of_shared_documents())
    if not sources:
        pytest.skip("no recorded documents here")
    for source in sources:
        cleaned = sanitise(source)
        assert_bleach_agrees(cleaned)
        assert len(to_text(cleaned).split()) >= 0.9 * len(to_text(source).split()), source


def contents_of_shared_documents() -> Iterator[str]:
    for path in sorted((SHARED / "federation" / "corpus").glob("*/*.json")):
        document = json.loads(path.read_text())
        if isinstance(document, dict):
            yield from contents_of(document)


def contents_of(document: dict) -> Iterator[str]:
    for key in ("content", "summary"):
        if isinstance(document.get(key), str):
            yield document[key]
    if isinstance(document.get("object"), dict):
        yield from contents_of(document["object"])
