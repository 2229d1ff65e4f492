"""Texts of 100 kB that are made to cost quadratic time: all readers of foreign text are through within a few seconds.

What is not linear here takes minutes or hours, so a limit of the kernel on the processor time of a child process tells.
"""

import resource
import subprocess
import sys

import pytest

SECONDS = 30
SIZE = 100_000

READERS = {
    "html": "html.sanitise(t); html.to_text(t)",
    "compose": "compose.compose(t, mentions={}, tag_url=str); compose.length(t)",
    "mentions": "compose.find_mentions(t); compose.find_hashtags(t); compose.find_emoji(t); compose.find_urls(t)",
    "handles": "quiet(discovery.parse_handle, t); quiet(discovery.parse_resource, t);"
    " quiet(discovery.normalise_host, t)",
    "urls": "urls.safe_url(t); urls.safe_link(t); urls.host_of(t)",
    "dates": "quiet(clock.from_iso, t); answers.retry_after({'Retry-After': t})",
    "languages": "language.canonical(t); language.detect(t)",
    "links": "links.said_to_be_me(t)",
    "search": "search.parse(t); list(words.tokens(words.pieces(t)))",
    "post": "quiet(vocab.parse_activity, dict(id='https://far.example/1', type='Create', actor='https://far.example/a',"
    " object=dict(id='https://far.example/2', type='Note', attributedTo='https://far.example/a', content=t, summary=t,"
    " name=t, published=t, tag=[dict(type='Mention', href=t, name=t), dict(type='Hashtag', name=t)])))",
}

PROGRAM = """
import sys
from fedinote.accounts import links
from fedinote.activitypub import discovery, vocab
from fedinote.infra import answers, clock
from fedinote.infra.errors import FediNoteError
from fedinote.search import query as search, words
from fedinote.text import compose, html, language, urls

def quiet(function, text):
    try:
        function(text)
    except FediNoteError:
        pass

def bodies(size):
    for unit in (
        "<b>", "<a href=", "</p>", "<!--", "&amp", "&#x", "@a", "@a@b.", "#", "#a", ":a", "::", "http://", "http://a.",
        "a.", "(", ")", "[", "xn--", "\\u0301", "\\u202e", " ", "\\n", "茶", "<p><b>", "%", "2020-01-01T", "-",
        '"', "rel=me ",
    ):
        yield unit * (size // len(unit))
    yield "<a " + "x=" * (size // 2)
    yield "@" + "a" * size + "@" + "b" * size
    yield "https://" + "a" * size

for t in bodies(int(sys.argv[1])):
    CALLS
"""


@pytest.mark.parametrize("reader", READERS)
def test_no_text_costs_more_than_its_length(reader: str) -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("CALLS", READERS[reader]), str(SIZE)],
        capture_output=True, text=True, check=False, preexec_fn=limited, timeout=10 * SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
