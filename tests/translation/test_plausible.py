"""What an answer is held against. Whole posts and models are in `engines/test_openai.py`."""

import pytest

from fedinote.infra.errors import Doubtful, Unavailable
from fedinote.translation import plausible

ENGLISH = "The weather is lovely and we drink tea in the park"


def fine(text: str, answer: str, source: str | None, target: str) -> bool:
    try:
        plausible.check([text], [answer], source=source, target=target)
    except Doubtful:
        return False
    return True


@pytest.mark.parametrize("count", [0, 1, 3])
def test_another_number_of_answers_is_a_fault_of_the_engine(count: int) -> None:
    with pytest.raises(Unavailable) as caught:
        plausible.check(["a", "b"], ["a"] * count, source="en", target="de")
    assert not isinstance(caught.value, Doubtful)


@pytest.mark.parametrize(
    ("text", "answer", "source", "target"),
    [
        (ENGLISH, "El tiempo es estupendo y tomamos té en el parque", "en", "es"),
        (ENGLISH, "O tempo está ótimo e bebemos chá no parque", "en", "es"),  # alike, and no proof of anything
        (ENGLISH, "天氣很好，我們在公園裡喝茶", "en", "zh-Hans"),  # the other script can be read
        (ENGLISH, "Il fait beau et nous buvons du thé dans le parc", "en", "de"),  # the same letters: no certainty
        ("GitHub", "GitHub", "en", "ja"),
        ("ありがとうございます、田中さん", "谢谢你，田中先生", "ja", "zh-Hans"),
        ("好", "A very good thing that one likes to have", "zh", "en"),
    ],
)
def test_what_may_be_right_is_believed(text: str, answer: str, source: str | None, target: str) -> None:
    assert fine(text, answer, source, target)


@pytest.mark.parametrize(
    ("text", "answer", "source", "target"),
    [
        (ENGLISH, ENGLISH, "en", "zh"),
        (ENGLISH, ENGLISH, "en", "es"),
        (ENGLISH, "Погода прекрасная, и мы пьём чай в парке", "en", "es"),
        (ENGLISH, "날씨가 좋아서 공원에서 차를 마셔요", "en", "ja"),
        (ENGLISH, "Il fait beau et nous buvons du thé dans le parc", "en", "ja"),
        ("天气很好，我们在公园里喝茶", "天气很好，我们在公园里喝茶", "zh-Hans", "en"),
        ("天气很好，我们在公园里喝茶", "天气很好，我们在公园里喝茶", None, "en"),
        ("tea", "tea " * 200, "en", "de"),
        (ENGLISH, "", "en", "de"),
        ("今天天气很好", " \n", "zh", "en"),
    ],
)
def test_what_cannot_be_right_is_not(text: str, answer: str, source: str | None, target: str) -> None:
    assert not fine(text, answer, source, target)


def test_a_model_may_use_what_the_glossary_gave_it() -> None:
    text, answer = "看yyds", "Look at yyds.example/app"
    with pytest.raises(Doubtful, match="link, name or sign"):
        plausible.check_model([text], [answer], target="en")
    plausible.check_model([text], [answer], target="en", terms=["yyds.example/app"])


def test_the_reason_never_quotes_what_was_said() -> None:
    with pytest.raises(Doubtful) as caught:
        plausible.check_model(["secret words here please"], ["geheim http://evil.example/x"], target="de")
    assert "evil" not in caught.value.reason
    assert "geheim" not in caught.value.message


def test_long_texts_cost_little_time() -> None:
    for text in ("a" * 20_000, "1," * 10_000, "<" * 20_000, "我" * 20_000, "@" * 20_000, "I'm " * 5_000, "1 " * 10_000):
        with pytest.raises(Doubtful):
            plausible.check_model([text], [text + " http://x.example/"], target="de")
