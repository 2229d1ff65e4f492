from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedinote.activitypub import shapes
from fedinote.infra.errors import Malformed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"text"',
        b"null",
        b"12",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b"{",
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b'{"a":' * 70 + b"1" + b"}" * 70,
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"[" * 1_000_000,
    ],
)
def test_what_is_not_one_json_object_of_sane_depth_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        shapes.decode(body)


def test_the_last_of_two_equal_keys_wins() -> None:
    assert shapes.decode(b'{"id":1,"id":2}') == {"id": 2}


def test_a_document_of_64_levels_is_read_and_one_more_is_not() -> None:
    def nested(levels: int) -> bytes:
        return b'{"a":' * (levels - 1) + b"{}" + b"}" * (levels - 1)

    assert shapes.decode(nested(64))
    with pytest.raises(Malformed):
        shapes.decode(nested(65))


def test_a_wide_document_is_not_taken_for_a_deep_one() -> None:
    assert len(shapes.decode(b'{"a":[' + b",".join([b"{}"] * 500) + b"]}")["a"]) == 500


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://a.example/1", "https://a.example/1"),
        ({"id": "https://a.example/1", "type": "Note"}, "https://a.example/1"),
        ({"href": "https://a.example/1"}, "https://a.example/1"),
        ([{"id": "https://a.example/1"}, "https://b.example/2"], "https://a.example/1"),
        ("as:Public", "as:Public"),
        ("ap://did:key:z6Mk/objects/1", "ap://did:key:z6Mk/objects/1"),
        ("", None),
        ("https://a.example/ 1", None),
        ("https://a.example/\x00", None),
        ("x" * 3000, None),
        (7, None),
        (None, None),
        ([], None),
        ([[]], None),
        ({"id": {"id": "https://a.example"}}, None),
    ],
)
def test_an_id_is_found_in_every_shape(value: Any, expected: str | None) -> None:
    assert shapes.reference(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "ftp://a.example",
        "https://",
        "https://u@a.example/",
        "https:///path",
        "java\nscript:x",
        'https://a.example/"onclick="x',
        "https://a.example\\@b.example/",
    ],
)
def test_only_http_uris_with_a_plain_host_are_web_uris(value: str) -> None:
    assert shapes.web_uri(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-03-01T10:00:00Z", datetime(2024, 3, 1, 10, tzinfo=UTC)),
        ("2024-03-01t10:00:00z", datetime(2024, 3, 1, 10, tzinfo=UTC)),
        ("2024-03-01T10:00:00+02:00", datetime(2024, 3, 1, 8, tzinfo=UTC)),
        ("2024-03-01T10:00:00+0000", datetime(2024, 3, 1, 10, tzinfo=UTC)),
        ("2024-03-01T10:00:00.123456789Z", datetime(2024, 3, 1, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2024-03-01 10:00:00", datetime(2024, 3, 1, 10, tzinfo=UTC)),
        ("1969-01-01T00:00:00Z", datetime(1969, 1, 1, tzinfo=UTC)),
        (["2024-03-01T10:00:00Z"], datetime(2024, 3, 1, 10, tzinfo=UTC)),
        ("0001-01-01T00:00:00+23:59", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("yesterday", None),
        ("", None),
        (1709287200, None),
        (None, None),
        ("2" * 100, None),
    ],
)
def test_dates_become_aware_utc_or_nothing(value: Any, expected: datetime | None) -> None:
    assert shapes.when(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("PT1M30S", 90.0), ("PT0.5S", 0.5), ("P1DT1H", 90_000.0), ("P", None), ("PT", None), (3, None)],
)
def test_durations_become_seconds(value: Any, expected: float | None) -> None:
    assert shapes.duration(value) == expected


def test_nul_never_reaches_the_database() -> None:
    assert shapes.text("a\x00b", 10) == "ab"


def test_control_characters_and_direction_overrides_leave_names() -> None:
    assert shapes.line("a\u202eb\nc\x07", 50) == "a b c"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), ("true", True), ("True", True), (False, False), ("False", False), (1, False), (None, False)],
)
def test_a_boolean_may_be_written_as_a_string(value: Any, expected: bool) -> None:
    assert shapes.boolean(value) is expected


@pytest.mark.parametrize("value", [-1, True, "3", None, float("inf"), 2**70, {}])
def test_what_is_no_number_of_things_is_none(value: Any) -> None:
    assert shapes.count(value) is None


def test_an_ordinary_document_is_not_copied() -> None:
    ordinary = {"@context": {"toot": "x", "a:b": "c"}, "id": "https://a.example", "tag": [{"type": "Mention"}]}
    assert shapes.plain(ordinary) is ordinary


def test_the_short_key_wins_over_its_prefixed_double() -> None:
    assert shapes.plain({"as:content": "long", "content": "short"}) == {"content": "short"}


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "@id", "@value", "@list", "as:x", "k"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON)
def test_no_shape_makes_a_reader_raise(value: Any) -> None:
    for reader in (
        shapes.reference,
        shapes.references,
        shapes.web_uri,
        shapes.when,
        shapes.duration,
        shapes.boolean,
        shapes.count,
    ):
        reader(value)
    shapes.text(value, 10)
    shapes.language_map(value, 10)
    if isinstance(value, dict):
        shapes.plain(value)
        shapes.types(value)
