import pytest

from fedinote.api.params import Params, from_json, nested
from fedinote.infra.errors import BadRequest, Invalid


def test_rails_brackets_become_lists_and_mappings():
    assert nested([("a[]", "1"), ("a[]", "2"), ("b[c]", "3"), ("b[d][]", "4")]) == {
        "a": ["1", "2"],
        "b": {"c": "3", "d": ["4"]},
    }


def test_numbered_records_come_in_order():
    pairs = [("f[1][name]", "b"), ("f[0][name]", "a"), ("f[0][value]", "x"), ("f[10][name]", "c")]
    records = Params(nested(pairs)).records("f")
    assert [one.text("name") for one in records] == ["a", "b", "c"]
    assert records[0].text("value") == "x"


def test_unnumbered_records_begin_where_a_key_comes_again():
    pairs = [("f[][name]", "a"), ("f[][value]", "x"), ("f[][name]", "b"), ("f[][value]", "y")]
    records = Params(nested(pairs)).records("f")
    assert [(one.text("name"), one.text("value")) for one in records] == [("a", "x"), ("b", "y")]


def test_empty_brackets_twice_are_one_list():
    assert Params(nested([("id[][]", "1"), ("id[][]", "2")])).ids("id") == [1, 2]


def test_json_keys_may_end_in_brackets():
    assert Params(from_json(b'{"media_ids[]": ["1", 2]}')).list("media_ids") == ["1", "2"]


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"1", b"\xff", b"[" * 100_000, b'{"a":' * 100_000])
def test_what_is_no_json_object_is_a_bad_request(body):
    with pytest.raises(BadRequest):
        from_json(body)


def test_deep_brackets_are_a_bad_request():
    with pytest.raises(BadRequest):
        nested([("a" + "[b]" * 50, "x")])


@pytest.mark.parametrize("value", [True, "true", "True", "1", 1, "on"])
def test_true_comes_in_many_forms(value):
    assert Params({"a": value}).flag("a") is True


@pytest.mark.parametrize("value", [False, "false", "False", "0", 0, "off", ""])
def test_false_comes_in_many_forms(value):
    assert Params({"a": value}).flag("a", True) is False


def test_null_is_absent():
    params = Params({"a": None})
    assert "a" not in params
    assert params.text("a", "x") == "x"
    assert params.flag("a", None) is None
    assert params.number("a", 7) == 7
    assert params.list("a") == []


def test_numbers_may_be_text_and_are_cut_to_63_bits():
    params = Params({"a": "12", "b": 1e400, "c": "9" * 50, "d": "x", "e": "-3"})
    assert params.number("a") == 12
    assert params.number("c") == (1 << 63) - 1
    assert params.number("e") == -3
    for name in ("b", "d"):
        with pytest.raises(Invalid):
            params.number(name)


def test_ids_that_cannot_be_ours_are_left_out():
    params = Params({"id": ["1", "x", "٣", str(1 << 64), "1", 2]})
    assert params.ids("id") == [1, 2]


def test_one_value_serves_where_a_list_is_wanted_and_the_last_where_one_is():
    assert Params({"id": "5"}).list("id") == ["5"]
    assert Params(nested([("id", "1"), ("id", "2")])).list("id") == ["1", "2"]
    assert Params(nested([("id", "1"), ("id", "2")])).text("id") == "2"


def test_a_structure_where_a_text_belongs_is_invalid():
    with pytest.raises(Invalid):
        Params({"a": {"b": 1}}).text("a")
    with pytest.raises(Invalid):
        Params({"a": "x"}).mapping("a")


def test_a_text_that_is_too_long_is_invalid():
    with pytest.raises(Invalid):
        Params({"a": "x" * 6}).text("a", max=5)


def test_zero_bytes_are_taken_out_of_texts():
    assert Params({"a": "x\x00y"}).text("a") == "xy"


def test_values_do_not_show_in_a_repr():
    assert "secret" not in repr(Params({"password": "secret"}))
