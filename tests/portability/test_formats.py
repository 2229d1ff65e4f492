"""The files themselves: what Mastodon writes, and what else people upload."""

import pytest

from fedinote.infra.errors import Invalid
from fedinote.portability import formats

MASTODON = """Account address,Show boosts,Notify on new posts,Languages
bao@two.example,true,false,
cho@three.example,false,true,"ko, en"
"""


def test_a_file_of_mastodons_is_read_and_written_alike() -> None:
    rows = formats.read("follows", MASTODON.encode())
    assert rows == [["bao@two.example", "true", "false", ""], ["cho@three.example", "false", "true", "ko, en"]]
    assert formats.write("follows", rows) == MASTODON


def test_the_line_of_headers_may_be_missing_or_in_another_order() -> None:
    assert formats.read("follows", b"bao@two.example\n@cho@three.example\n") == [
        ["bao@two.example", "", "", ""],
        ["@cho@three.example", "", "", ""],
    ]
    assert formats.read("mutes", b"Hide notifications,Account address\nfalse,bao@two.example\n") == [
        ["bao@two.example", "false"]
    ]
    assert formats.read("domain_blocks", b"#domain\nbad.example\n") == [["bad.example"]]
    assert formats.read("blocks", b"\xef\xbb\xbfAccount address\r\nbao@two.example\r\n") == [["bao@two.example"]]


def test_repeated_rows_count_once_and_rows_without_an_address_not_at_all() -> None:
    data = b"Friends,bao@two.example\nFriends,BAO@two.example\nWork,bao@two.example\nEmpty,\n,bao@two.example\n\n"
    assert formats.read("lists", data) == [["Friends", "bao@two.example"], ["Work", "bao@two.example"]]


def test_titles_with_commas_quotes_and_line_breaks_survive() -> None:
    rows = [['A, "B"\nC', "bao@two.example"]]
    assert formats.read("lists", formats.write("lists", rows).encode()) == rows


@pytest.mark.parametrize("data", [b"", b"\n\n", b"Account address\n", b"\xff\xfe\x00", b'"open', b"x" * 200_000])
def test_what_is_no_file_of_that_kind_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        formats.read("blocks", data)


def test_a_file_is_refused_beyond_twenty_thousand_rows_and_an_unknown_kind_always() -> None:
    names = [f"p{number}@two.example\n" for number in range(formats.MAX_ROWS + 1)]
    assert len(formats.read("blocks", "".join(names[:-1]).encode())) == formats.MAX_ROWS
    with pytest.raises(Invalid):
        formats.read("blocks", "".join(names).encode())
    with pytest.raises(Invalid):
        formats.read("passwords", b"x")
