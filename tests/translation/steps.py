"""What can happen in a random history: the steps, and how they are drawn."""

from hypothesis import strategies as st

from fedinote.translation.engine import Location
from fedinote.translation.preferences import Mode

VISIBILITIES = ("public", "unlisted", "private", "direct", "local")
WISHES = ("any", "no_third_party", "none")
SHAPES = ("plain", "warning", "poll", "closed", "partly closed", "chinese")
TARGETS = ("es", "zh-Hans", "zh-Hant", "en")

Step = tuple[str, int, int, str]
"""What is done, whose or which (counted round), who does it, and a value that suits it."""


def _steps() -> st.SearchStrategy[Step]:
    number = st.integers(0, 5)
    values = {
        "publish": st.tuples(*map(st.sampled_from, (VISIBILITIES, ("any", "any", *WISHES), SHAPES))).map("/".join),
        "translate": st.sampled_from(TARGETS),
        "attach": st.sampled_from(TARGETS),
        "edit": st.sampled_from(SHAPES),
        "see": st.sampled_from(VISIBILITIES),
        "wish": st.sampled_from(WISHES),
        "wish of author": st.sampled_from(WISHES),
        "lock": st.sampled_from(("locked", "open")),
        "bio": st.just(""),
        "prefer": st.sampled_from(list(Mode)).map(str),
        "profile": st.sampled_from(TARGETS),
        "look": st.just(""),
        "search": st.just(""),
        "work": st.just(""),
        "fail": st.sampled_from(list(Location)).map(str),
    }  # fmt: skip
    often = (*["publish"] * 3, *["translate"] * 4, "work", "look", "prefer")
    kinds = st.sampled_from((*often, *values))
    return kinds.flatmap(lambda kind: st.tuples(st.just(kind), number, number, values[kind]))


_THIRD, _NETWORK, _LOCAL = Location.THIRD_PARTY, Location.NETWORK, Location.LOCAL
_ORDERS = (
    (_THIRD, _NETWORK, _LOCAL),
    (_THIRD, _LOCAL),
    (_THIRD,),
    (_NETWORK, _THIRD, _LOCAL),
    (_LOCAL, _THIRD, _NETWORK),
)
HISTORIES = st.tuples(st.sampled_from(_ORDERS), st.lists(_steps(), min_size=16, max_size=40))
"""The engines in their order (most often the one that may have least comes first), and the steps."""
