"""JSON in one spelling: our fast way must write what an independent implementation of RFC 8785 writes."""

from typing import Any

import msgspec
import pytest
import rfc8785

from fedinote.activitypub.canonical import canonical
from fedinote.infra.errors import Malformed

DOCUMENTS: dict[str, Any] = {
    "an activity": {"type": "Create", "@context": ["a", {"b": "c"}], "object": {"z": None, "a": True, "id": "x"}},
    "texts": {"a": '\x00\x01\x1f\x7f\b\t\n\f\r"\\/é\u2028\U0001f600'},
    "keys that only UTF-16 puts in order": {"\ufb33": 1, "\U0001f600": 2, "é": 3, "a": 4},
    "such keys deep inside": {"a": [{"b": {"\ufb33": 1, "\U0001f600": 2}}]},
    "numbers": [0, -1, 2**53 - 1, 1.0, -0.0, 0.1, 1e21, 1e-7, 0.000001, 123456789012345680000.0, 5e-324, -71.184902],
    "a fraction in a tuple": {"focalPoint": (0.0, -0.5)},
    "nothing": {},
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_canonical_form_is_that_of_an_independent_implementation(name: str) -> None:
    document = msgspec.json.decode(msgspec.json.encode(DOCUMENTS[name]))
    assert canonical(DOCUMENTS[name]) == rfc8785.dumps(document)


def test_the_example_of_the_specification_comes_out_as_it_says() -> None:
    document = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f",
        "literals": [None, True, False],
    }
    assert (
        canonical(document)
        == (
            '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
            '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
        ).encode()
    )


@pytest.mark.parametrize("value", [2**53, -(2**53), float("inf"), float("nan")])
def test_numbers_that_servers_read_differently_have_no_canonical_form(value: float) -> None:
    with pytest.raises(Malformed):
        canonical({"a": [value]})
