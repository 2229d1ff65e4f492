"""The formula of Explore: what raises a post, what does not, and that the page about it says the same."""

import re
from pathlib import Path

import pytest

from fedinote.timelines import explore_pool, explore_ranking
from fedinote.timelines.explore_ranking import Entry, Signals, Switches, points, ranked

PAGE = Path(__file__).parents[2] / "docs" / "ranking.md"
ALL = Switches()
HOUR = 3_600_000
NOW = 1_800_000_000_000


def entry(number: int, *, author: int = 0, hours: float = 0, worth: float = 1.0, tags: tuple[int, ...] = ()) -> Entry:
    return Entry(number, author or number, NOW - round(hours * HOUR), worth, frozenset(tags))


def order(*entries: Entry, followed: tuple[int, ...] = ()) -> list[int]:
    return [one.id for one in ranked(entries, frozenset(followed))]


@pytest.mark.parametrize(
    "better",
    [
        Signals(people=1),
        Signals(translated=1),
        Signals(answering=1, abroad=1),
        Signals(bilingual=True),
        Signals(described=True),
        Signals(topical=True),
    ],
)
def test_each_signal_raises_a_post(better):
    assert points(better, ALL) > points(Signals(), ALL) == explore_ranking.BASE


def test_answers_raise_nothing_however_many_there_are():
    assert points(Signals(people=3, answering=1000), ALL) == points(Signals(people=3), ALL)


def test_a_quarrel_across_languages_raises_nothing():
    most = explore_ranking.QUARREL * 2
    assert points(Signals(people=1, answering=most, abroad=4), ALL) > points(Signals(people=1), ALL)
    assert points(Signals(people=1, answering=most + 1, abroad=4), ALL) == points(Signals(people=1), ALL)


def test_what_the_operator_switched_off_does_not_count():
    popular, crossing = Signals(people=9), Signals(answering=1, abroad=1, translated=2, bilingual=True)
    assert points(popular, Switches(popular=False)) == explore_ranking.BASE
    assert points(crossing, Switches(crossing=False)) == explore_ranking.BASE


def test_twice_the_points_stand_for_one_half_life():
    old = explore_ranking.HALF_LIFE
    assert order(entry(1, worth=2.0, hours=old - 1), entry(2, worth=1.0)) == [1, 2]
    assert order(entry(1, worth=2.0, hours=old + 1), entry(2, worth=1.0)) == [2, 1]


def test_the_order_of_two_posts_stays_the_same_while_both_grow_older():
    pair = [entry(1, worth=3.0, hours=70), entry(2, worth=1.5, hours=20)]
    later = [Entry(one.id, one.author, one.created - 99 * HOUR, one.points) for one in pair]
    assert order(*pair) == order(*later)


def test_one_author_does_not_fill_the_page():
    crowd = [entry(number, author=9, worth=4.0) for number in range(10, 20)]
    found = order(*crowd, entry(1, worth=1.0, hours=1), entry(2, worth=1.0, hours=2))
    assert found[0] == 19
    assert {1, 2} <= set(found[:4])


def test_what_one_follows_is_higher_and_how_much_one_follows_of_it_is_no_matter():
    posts = [entry(1, worth=2.0), entry(2, worth=1.0, tags=(7, 8)), entry(3, worth=1.0, tags=(7,), hours=1)]
    assert order(*posts) == [1, 2, 3]
    assert order(*posts, followed=(7, 8)) == [2, 3, 1]


# -- the page ---------------------------------------------------------------------------------------------------------


def constants() -> dict[str, float]:
    """The numbers in upper case of the two modules: all of them are part of how posts are chosen and ranked."""
    found = {}
    for module in (explore_ranking, explore_pool):
        for name, value in vars(module).items():
            if name.isupper() and not name.startswith("_") and isinstance(value, int | float):
                found[name] = float(value)
    return found


def test_the_page_about_ranking_gives_every_constant_with_its_value():
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([0-9,.]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {name: float(value.replace(",", "")) for name, value in rows} == constants()


def test_the_page_about_ranking_is_one_page():
    assert len(PAGE.read_text(encoding="utf-8").split()) < 1100
