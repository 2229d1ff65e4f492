"""The divider line: what is one, what is not, and that no letter of a text is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedinote.posts.dividers import divided, whole
from fedinote.posts.drafts import Draft
from fedinote.posts.languages import VersionDraft

TEA = "Tea at five.\n---zh---\n五点喝茶。"


def parts(text: str, tag: str | None = "en") -> tuple[str, str | None, dict[str, str]]:
    found = divided(Draft(text, language=tag))
    return found.text, found.language, {name: one.text for name, one in found.translations.items()}


def test_a_line_with_a_language_between_hyphens_begins_the_text_in_that_language() -> None:
    assert parts(TEA) == ("Tea at five.", "en", {"zh": "五点喝茶。"})


def test_a_post_may_have_several_languages_and_space_around_its_dividers() -> None:
    text = "Tea\r\n\r\n---zh-Hant---  \r\n喝茶\n\n\n  ---de---\n\nTee\n"
    assert parts(text) == ("Tea", "en", {"zh-Hant": "喝茶", "de": "Tee\n"})


def test_hyphens_that_a_phone_joined_into_dashes_count() -> None:
    assert parts("Tea\n—-zh—-\n茶") == ("Tea", "en", {"zh": "茶"})


def test_a_divider_at_the_top_names_the_language_of_the_post_itself() -> None:
    assert parts("---en---\nTea\n---zh---\n茶", "zh-CN") == ("Tea", "en", {"zh": "茶"})


def test_the_language_is_found_from_the_text_where_the_apps_setting_is_that_of_another_part() -> None:
    assert parts("五点喝茶。\n---en---\nTea at five.", "en") == ("五点喝茶。", "zh-Hans", {"en": "Tea at five."})


@pytest.mark.parametrize(
    "text",
    [
        "Tea",
        "Tea\n---\nCoffee",
        "Tea\n---or---\nCoffee",  # Odia is not written in Latin letters
        "Tea\n---end---\nCoffee",  # a language of Indonesia, and more often a word
        "Tea\n---xx---\nCoffee",
        "Tea\n--- zh ---\n茶",
        "Tea\n--zh--\n茶",
        "Tea ---zh--- 茶",
        "Tea\n---zh---",
        "Tea\n---zh---\n \n",
        "Tea\n---zh---\n茶\n---zh---\n喝",
        "Tea\n---zh---\nCoffee",
        "---zh---\n茶",
        "---en---\n---zh---\n茶",
        "Tea\n---en-GB---\nTea",
        "a\n" + "\n".join(f"---{tag}---\nx" for tag in "af br bs ca cs da de es et eu fi".split()),  # noqa: SIM905
    ],
)
def test_what_is_no_divider_or_does_not_fit_stays_ordinary_text(text: str) -> None:
    assert parts(text) == (text, "en", {})


def test_an_unknown_tag_stays_in_the_part_in_which_it_stands() -> None:
    assert parts("Tea\n---q9---\nmore\n---de---\nTee") == ("Tea\n---q9---\nmore", "en", {"de": "Tee"})


def test_what_the_client_said_of_a_language_besides_its_text_stays() -> None:
    said = {"zh": VersionDraft(spoiler_text="饮料"), "de": VersionDraft(text="Tee")}
    found = divided(Draft(TEA, language="en", translations=said)).translations
    assert (found["zh"].text, found["zh"].spoiler_text, found["de"].text) == ("五点喝茶。", "饮料", "Tee")


LINES = st.sampled_from(
    ["---zh---", "---en---", "---de---", "---fr---", "—-ja—-", "---or---", "", " ", "Tea", "茶", "お茶", "\t", "--- x"]
)
ENDS = st.sampled_from(["\n", "\r\n", "\n\n", " \n"])


@given(st.lists(st.tuples(LINES, ENDS), max_size=12), st.sampled_from([None, "en", "zh", "ja"]))
def test_whatever_was_typed_can_be_put_together_again_letter_by_letter(
    lines: list[tuple[str, str]], tag: str | None
) -> None:
    text = "".join(line + end for line, end in lines)
    found = divided(Draft(text, language=tag))
    assert whole(found.text, found.translations) == text
    again = divided(Draft(whole(found.text, found.translations), language=found.language))
    if found.translations:
        assert (again.text, again.language, dict(again.translations)) == (
            found.text, found.language, dict(found.translations),
        )  # fmt: skip
