"""What pictures look like, in 256 bits: as others count them, near for what was changed, far for what is different."""

from functools import cache

import pytest
from PIL import Image

from fedinote.media.outcomes import Prints
from fedinote.media.pdq import fingerprint
from tests.media.drawings import CHANGES, scene

BITS = 256
TOLERATED = 16
"""In how many bits the filter of others may differ from ours; 31 is what counts as the same picture."""

# Made from the same drawings with the reference implementation (pdqhash 0.2.8, which wraps Meta's C++).
REFERENCE = [
    (1, (512, 512), "906f635d369a7b1920ca6bdd7799429025d9f71e6205c938eeb7e606091bf432", 100),
    (2, (300, 200), "aa0aaed1557e5ea9bd544b5b955069575de1d487a8605ff604a9e254575a1714", 100),
    (3, (640, 480), "877929c5ab51a39b4a6c21ba10ad5272f1ad8c6cf3119b2f5a73538ccf4b5153", 100),
    (4, (1200, 800), "ad49adabe688547634eb564a54b3ea4b62b528947b1cbb133e4c71043f48de4b", 100),
    (5, (64, 64), "040cd4a72b53bf2d16a64d4b7764de95696bfc86fa937768d998c213914c023b", 100),
    (6, (100, 400), "d16225d91a24f8b305ff9e41ecb40b4a36bd61b9f781d25fa17e15b47a485298", 100),
]
# The largest distance to the original of eight drawings, mirrored and turned ways included.
TABLE = {
    "half the size": 24,
    "a thumbnail": 28,
    "twice the size": 6,
    "JPEG of quality 75": 6,
    "JPEG of quality 10": 18,
    "WebP of quality 40": 10,
    "grey": 6,
    "brighter": 31,
    "blurred": 14,
    "a watermark": 20,
    "1 % cut off": 31,
    "mirrored": 6,
    "upside down": 6,
    "turned by 90°": 6,
    "turned by 180°": 6,
    "mirrored, turned and saved again": 14,
}
NOT_KNOWN_AGAIN = ("2 % cut off", "5 % cut off")


def ways(found: Prints) -> list[int]:
    return [int(one, 16) for one in (found.look, *found.turned)]


@cache
def original(number: int) -> Prints:
    return fingerprint(scene(number))


def apart(one: str, other: Prints) -> int:
    """In how many bits a picture differs from another, in the way in which they are nearest."""
    return min((int(one, 16) ^ way).bit_count() for way in ways(other))


@pytest.mark.parametrize(("number", "size", "expected", "quality"), REFERENCE)
def test_hashes_are_those_of_the_reference_within_a_few_bits(
    number: int, size: tuple[int, int], expected: str, quality: int
) -> None:
    found = fingerprint(scene(number, size))
    assert (int(found.look, 16) ^ int(expected, 16)).bit_count() <= TOLERATED
    assert found.quality == quality


@pytest.mark.parametrize("change", list(TABLE))
def test_a_changed_picture_is_near(change: str) -> None:
    most = max(apart(original(n).look, fingerprint(CHANGES[change](scene(n)))) for n in range(8))
    assert most <= TABLE[change]


@pytest.mark.parametrize("change", NOT_KNOWN_AGAIN)
def test_a_picture_of_which_more_is_cut_off_is_another_one(change: str) -> None:
    """Not a promise but a limit, which the documentation names."""
    found = sorted(apart(original(n).look, fingerprint(CHANGES[change](scene(n)))) for n in range(8))
    assert found[4] > 31


def test_different_pictures_are_far_apart() -> None:
    prints = [(int(one.look, 16), ways(one)) for one in (fingerprint(scene(n, (200, 150))) for n in range(150))]
    pairs = [(look, other) for at, (look, _) in enumerate(prints) for _, other in prints[:at]]
    assert len(pairs) == 11_175
    assert min((look ^ way).bit_count() for look, other in pairs for way in other) > 60


def test_a_mirrored_picture_has_the_hashes_of_the_original_in_another_order() -> None:
    original, mirrored = fingerprint(scene(7)), fingerprint(CHANGES["mirrored"](scene(7)))
    assert original.look != mirrored.look
    assert original.look in mirrored.turned
    assert mirrored.look in original.turned
    assert len({original.look, *original.turned}) == 8


def test_a_plain_area_says_nothing() -> None:
    assert fingerprint(Image.new("RGB", (300, 300), "white")).quality == 0
    assert fingerprint(Image.linear_gradient("L")).quality < 50


@pytest.mark.parametrize("size", [(1, 1), (4, 4), (4, 4000)])
def test_what_is_too_small_has_no_hash(size: tuple[int, int]) -> None:
    assert fingerprint(Image.new("RGB", size)) == Prints()


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK"])
def test_every_kind_of_picture_has_one(mode: str) -> None:
    found = fingerprint(scene(3).convert("RGB").convert(mode) if mode != "LA" else scene(3).convert("L").convert("LA"))
    assert len(found.look) == 64
    assert {len(one) for one in found.turned} == {64}


def test_what_lies_behind_a_transparent_part_makes_no_difference() -> None:
    clear = Image.new("L", (640, 480), 255)
    clear.paste(0, (0, 0, 640, 240))
    one, other = scene(1).convert("RGBA"), Image.composite(scene(1), scene(2), clear).convert("RGBA")
    one.putalpha(clear)
    other.putalpha(clear)
    assert fingerprint(one).look == fingerprint(other).look
