"""How loud a sound is from beginning to end, as one letter for each of its parts: what a player draws.

Pure functions; `hearing` makes the figures from a file.
"""

from collections.abc import Sequence

BARS = 96
MAX_BARS = 400
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_LEVELS = {letter: level for level, letter in enumerate(_LETTERS)}
LOUDEST = len(_LETTERS) - 1


def encoded(peaks: Sequence[int]) -> str:
    """Return peaks of any number and scale as `BARS` letters, the loudest part as `_`; "" for silence and nothing.

    The letters are those of base64url (RFC 4648, section 5), each for its value from 0 to 63.
    """
    most = max(peaks, default=0)
    if most <= 0:
        return ""
    bars = [_mean(peaks, number) for number in range(BARS)]
    loudest = max(bars)
    return "".join(_LETTERS[round(bar * LOUDEST / loudest)] for bar in bars)


def _mean(peaks: Sequence[int], number: int) -> float:
    """Return the mean of one bar's share of the peaks: modern recordings reach full scale everywhere."""
    begin = number * len(peaks) // BARS
    end = max(begin + 1, (number + 1) * len(peaks) // BARS)
    share = peaks[begin:end]
    return sum(share) / len(share)


def levels(text: str) -> list[int]:
    """Return the bars of a waveform, 0 to `LOUDEST`; letters that are none count as silence."""
    return [_LEVELS.get(letter, 0) for letter in text[:MAX_BARS]]
