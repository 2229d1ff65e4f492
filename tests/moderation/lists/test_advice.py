"""Reading lists: Mastodon's CSV and those that circulate, and the changes of a FIRES data set in both spellings."""

import contextlib
import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedinote.infra.errors import Invalid, Malformed
from fedinote.moderation.lists import advice
from fedinote.moderation.lists.advice import Advice
from fedinote.policy.models import DomainBlock

MASTODON = """#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
Bad.Example,suspend,false,false,"harassment, spam",false
loud.example,silence,true,true,,true
http://nonsense,suspend,,,,
"""


def test_a_file_of_mastodon_is_read_and_its_bad_row_counted() -> None:
    found = advice.read_csv(MASTODON.encode())
    assert found.advice == (
        Advice("bad.example", "suspend", reason="harassment, spam"),
        Advice("loud.example", "silence", reject_media=True, reject_reports=True, obfuscate=True),
    )
    assert found.skipped == 1
    assert "nonsense" in found.problems[0]


def test_a_bare_list_of_names_means_to_suspend_and_other_words_are_understood() -> None:
    assert advice.read_csv(b"one.example\ntwo.example\n").advice == (
        Advice("one.example", "suspend"),
        Advice("two.example", "suspend"),
    )
    other = advice.read_csv(b"domain,severity,comment\nx.example,limit,why\ny.example,none,\n").advice
    assert [(one.severity, one.reason) for one in other] == [("silence", "why"), ("noop", "")]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b'"open'])
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        advice.read_csv(data)


def test_what_is_written_is_read_again() -> None:
    block = DomainBlock(
        id=1, domain="bad.example", severity="silence", reject_media=True, public_comment='"quoted", and more',
        obfuscate=True,
    )  # fmt: skip
    text = advice.write_csv([block])
    assert text.startswith("#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n")
    (found,) = advice.read_csv(text.encode()).advice
    assert (found.domain, found.severity, found.reject_media) == ("bad.example", "silence", True)
    assert found.reason == '"quoted", and more'
    assert "quoted" not in advice.write_csv([block], comments=False)


@pytest.mark.parametrize("comment", ['=HYPERLINK("https://evil.example","Details")', "@SUM(1)", "+1", "-1", "\t=1"])
def test_no_spreadsheet_calculates_what_somebody_else_wrote_about_a_server(comment: str) -> None:
    text = advice.write_csv([DomainBlock(id=1, domain="bad.example", severity="silence", public_comment=comment)])
    (row,) = list(csv.reader(text.splitlines()))[1:]
    assert row[4] == f"'{comment}"
    (found,) = advice.read_csv(text.encode()).advice
    assert found.reason == comment


NEW = {
    "id": "https://fires.example/c/1",
    "type": "Recommendation",
    "entityKind": "domain",
    "entityKey": "Bad.Example",
    "labels": ["https://fires.example/labels/hate-speech"],
    "recommendedPolicy": "drop",
    "recommendedFilters": [],
}
OLD = {
    "id": "https://fires.example/c/2",
    "type": "Recommendation",
    "entity": {"type": "Domain", "value": "loud.example"},
    "recommended_policy": "filter",
    "recommended_filters": ["reject-media"],
}


def test_recommendations_are_read_in_both_spellings() -> None:
    found = advice.read_changes([NEW, OLD, {**OLD, "id": "x", "recommended_filters": []}]).advice
    assert [(one.domain, one.severity, one.reject_media, one.labels) for one in found] == [
        ("bad.example", "suspend", False, ("hate-speech",)),
        ("loud.example", "noop", True, ()),
        ("loud.example", "silence", False, ()),
    ]


def test_an_advisory_asks_for_nothing_and_retractions_take_back() -> None:
    retraction = {**NEW, "type": "Retraction", "comment": "They moderate now"}
    tombstone = {"id": "https://fires.example/c/1", "type": "Tombstone"}
    found = advice.read_changes([{**NEW, "type": "Advisory"}, retraction, tombstone]).advice
    assert (found[0].advisory, found[0].severity) == (True, "noop")
    assert (found[1].retracted, found[1].domain, found[1].reason) == (True, "bad.example", "They moderate now")
    assert (found[2].retracted, found[2].domain, found[2].key) == (True, "", tombstone["id"])


def test_actors_and_unknown_types_are_passed_over_and_nonsense_is_counted() -> None:
    found = advice.read_changes(
        [{**NEW, "entityKind": "actor"}, {"type": "Poem"}, 5, {**NEW, "entityKey": "no domain"}]
    )
    assert found.advice == ()
    assert found.skipped == 2


_KEYS = st.sampled_from([*NEW, *OLD, "value"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=6),
    max_leaves=12,
)


@given(_JSON)
def test_no_document_breaks_the_reader(document: object) -> None:
    try:
        advice.read_changes(document)
    except Malformed:
        assert not isinstance(document, list)


@given(st.binary(max_size=200))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    with contextlib.suppress(Invalid):
        advice.read_csv(data)
