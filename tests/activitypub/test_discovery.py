from typing import Any
from xml.etree import ElementTree as ET

import pytest

from fedinote.activitypub import discovery
from fedinote.activitypub.discovery import Handle
from fedinote.infra.errors import Malformed


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("Harbour.Example", "harbour.example"),
        ("harbour.example.", "harbour.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("localhost:3000", "localhost:3000"),
        ("127.0.0.1:80", "127.0.0.1:80"),
        ("[::1]:3000", "[::1]:3000"),
    ],
)
def test_a_host_has_one_spelling(host: str, expected: str) -> None:
    assert discovery.normalise_host(host) == expected


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        "a..b",
        "-a.example",
        "a b.example",
        "a/b",
        "a@b",
        "a.example:",
        "a.example:0",
        "a.example:99999",
        "a.example:x",
        "x" * 64 + ".example",
        "a." * 200 + "example",
        "ü" * 100000,
        "a_b?.example",
        "\u202ea.example",
    ],
)
def test_what_is_no_host_is_malformed(host: str) -> None:
    with pytest.raises(Malformed):
        discovery.normalise_host(host)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("acct:Mira@Harbour.example", Handle("Mira", "harbour.example")),
        ("ACCT:mira@harbour.example", Handle("mira", "harbour.example")),
        ("mira@harbour.example", Handle("mira", "harbour.example")),
        ("acct:@mira@harbour.example", Handle("mira", "harbour.example")),
        ("https://harbour.example/@mira", "https://harbour.example/@mira"),
    ],
)
def test_webfinger_may_be_asked_for_an_account_or_a_url(resource: str, expected: Any) -> None:
    assert discovery.parse_resource(resource) == expected


@pytest.mark.parametrize(
    "resource", ["", "acct:", "mira", "acct:mira", "acct:a@b@c", "https://", "mailto:", "acct:a b@c.example"]
)
def test_a_resource_that_names_nobody_is_malformed(resource: str) -> None:
    with pytest.raises(Malformed):
        discovery.parse_resource(resource)


ACCOUNT = discovery.JrdOut(
    username="Mira",
    host="harbour.example",
    actor="https://harbour.example/users/1",
    profile="https://harbour.example/@Mira",
    avatar="https://harbour.example/a.png",
    avatar_type="image/png",
    subscribe="https://harbour.example/authorize_interaction?uri={uri}",
)


def test_our_answer_reads_back() -> None:
    document = discovery.jrd(ACCOUNT)
    assert discovery.parse_jrd(document) == (Handle("Mira", "harbour.example"), "https://harbour.example/users/1")
    assert discovery.confirms(document, "https://harbour.example/users/1")
    assert not discovery.confirms(document, "https://harbour.example/users/2")
    assert discovery.subscribe_template(document) == ACCOUNT.subscribe


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([{"rel": "self", "type": "text/html", "href": "https://a.example/h"}], None),
        ([{"rel": "self", "type": "application/activity+json", "href": "javascript:x"}], None),
        (
            [
                {
                    "rel": "self",
                    "type": 'application/ld+json;profile="https://www.w3.org/ns/activitystreams"',
                    "href": "https://a.example/u",
                }
            ],
            "https://a.example/u",
        ),
        (
            [
                None,
                7,
                {"rel": ["self"]},
                {"rel": "self", "type": "application/activity+json; charset=utf-8", "href": "https://a.example/u"},
            ],
            "https://a.example/u",
        ),
        (None, None),
        ("x", None),
    ],
)
def test_the_self_link_must_be_an_activitypub_one(links: Any, expected: str | None) -> None:
    assert discovery.parse_jrd({"links": links}) == (None, expected)


def test_host_meta_is_xml_with_a_template() -> None:
    root = ET.fromstring(discovery.host_meta_xml("https://harbour.example/?a&b"))
    link = root.find("{http://docs.oasis-open.org/ns/xri/xrd-1.0}Link")
    assert link is not None
    assert link.attrib["template"] == "https://harbour.example/?a&b/.well-known/webfinger?resource={uri}"


def test_nodeinfo_is_found_and_read() -> None:
    index = discovery.nodeinfo_links("https://harbour.example", "https://harbour.example/actor")
    assert discovery.parse_nodeinfo_links(index) == "https://harbour.example/nodeinfo/2.1"
    server = discovery.NodeInfoOut("1.0", True, 3, 2, 3, 40, "https://code.example", "https://home.example")
    for version in ("2.0", "2.1"):
        found = discovery.nodeinfo(server, version)
        assert discovery.parse_nodeinfo(found) == ("fedinote", "1.0")
        assert ("repository" in found["software"]) is (version == "2.1")
        assert found["usage"]["users"] == {"total": 3, "activeMonth": 2, "activeHalfyear": 3}


@pytest.mark.parametrize(
    "document", [{}, {"links": None}, {"links": [{"rel": []}, 3]}, {"software": []}, {"software": {"name": 3}}]
)
def test_a_strange_nodeinfo_is_no_error(document: dict[str, Any]) -> None:
    assert discovery.parse_nodeinfo_links(document) is None
    assert discovery.parse_nodeinfo(document)[1] == ""
