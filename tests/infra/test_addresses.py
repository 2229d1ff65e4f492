from ipaddress import ip_network

import pytest

from fedinote.infra.addresses import AddressRules, SystemLookup, service_target
from fedinote.infra.errors import Refused

PUBLIC = AddressRules()
TESTING = AddressRules(allow_http=True, allow_networks=[ip_network("127.0.0.0/8"), ip_network("::1/128")])

FORBIDDEN_ADDRESSES = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.0.0.170 192.0.2.1 192.88.99.1
192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808
64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1 2001:db8::1
2002:7f00:1:: 2002:808:808::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%lo fe80::1%25lo fec0::1 ff02::1
ff0e::1 2a00:1450::5efe:7f00:1 2a00:1450::200:5efe:a00:1 localhost 127.1 2130706433
""".split()  # noqa: SIM905 - a table reads better

PUBLIC_ADDRESSES = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 169.253.1.1 172.15.1.1
172.32.0.1 192.0.1.1 192.167.1.1 192.169.1.1 198.17.1.1 198.20.0.1 223.255.255.255 2606:4700::1111 2a00:1450::1
2001:200::1 2001:4860:4860::8888 2003::1 3ffe::1 2620:fe::fe
""".split()  # noqa: SIM905 - a table reads better


@pytest.mark.parametrize("address", FORBIDDEN_ADDRESSES)
def test_a_special_address_may_not_be_dialled(address: str) -> None:
    assert not PUBLIC.permits(address)


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES)
def test_a_public_unicast_address_may_be_dialled(address: str) -> None:
    assert PUBLIC.permits(address)


def test_an_allowed_network_opens_only_itself() -> None:
    assert TESTING.permits("127.0.0.1")
    assert TESTING.permits("::1")
    assert not TESTING.permits("::ffff:127.0.0.1")
    assert not TESTING.permits("10.0.0.1")
    assert not TESTING.permits("::2")


ODD_HOSTS = """
127.0.0.1 127.1 127.0.1 0 0.0.0.0 2130706433 0x7f000001 0x7f.1 0X7F.0.0.1 0177.0.0.1 017700000001 00000177.0.0.1
127.0.0.1. ①②⑦.⓪.⓪.① １２７.0.0.1 127。0。0。1 10.0.0.1 172.16.0.1 192.168.0.1 169.254.169.254 100.64.0.1
8.8.8.8 255.255.255.255 256.256.256.256 1.2.3.4.5 [::] [::1] [::127.0.0.1] [::ffff:127.0.0.1] [::ffff:7f00:1]
[::ffff:0:127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::] [2606:4700::1111] [fe80::1%25lo] [fe80::1%lo] [fc00::1] [::1
[evil.example localhost LOCALHOST localhost. x.localhost printer.local x.internal intranet router.home.arpa hidden.onion
example.com. .example.com a..example.com -a.example.com a-.example.com example.com%00 example%2ecom
exa_mple.1 example.123 example.0x7f evil.example\\@good.example faß。de ⓔvil.example ｅvil.example xn--
""".split()  # noqa: SIM905 - a table reads better


@pytest.mark.parametrize("host", ODD_HOSTS)
def test_a_host_that_is_no_clean_public_name_is_refused(host: str) -> None:
    with pytest.raises(Refused):
        PUBLIC.target(f"https://{host}/inbox")


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "127.0.0.1.", "①②⑦.⓪.⓪.①", "0"])
def test_an_odd_notation_is_refused_even_where_the_address_would_be_allowed(host: str) -> None:
    with pytest.raises(Refused):
        TESTING.target(f"http://{host}:8080/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "//example.com/x",
        "https:///x",
        "https:example.com",
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "javascript:alert(1)",
        "data:text/plain,x",
        "https://user@example.com/",
        "https://user:pass@example.com/",
        "https://@example.com/",
        "https://example.com:22/",
        "https://example.com:6379x/",
        "https://example.com:0/",
        "https://example.com:1023/",
        "https://example.com:65536/",
        "https://example.com:-1/",
        "https://example.com/a b",
        "https://example.com/a\tb",
        "https://example.com/\r\nX-Evil: 1",
        "https://example.com/%0d%0aX-Evil:%201",
        "https://example.com/%0A",
        "https://example.com/%00",
        "https://example.com/\x00",
        " https://example.com/",
        "https://example.com\\@evil.example/",
        "https://example.com/\ud800",
        "https://example.com/" + "a" * 5000,
        "https://" + "a" * 64 + ".com/",
        "https://" + "a." * 130 + "com/",
    ],
)
def test_a_url_that_breaks_a_rule_is_refused(url: str) -> None:
    with pytest.raises(Refused) as caught:
        PUBLIC.target(url)
    assert caught.value.message == "The remote address cannot be fetched"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://Example.COM:443/Path?q=1#part", "https://example.com/Path?q=1"),
        ("https://example.com:8443/x", "https://example.com:8443/x"),
        ("https://example.com:80/x", "https://example.com:80/x"),
        ("https://bücher.example/ä?ö=ü", "https://xn--bcher-kva.example/%C3%A4?%C3%B6=%C3%BC"),
        ("https://xn--i-7iq.example/", "https://xn--i-7iq.example/"),
        ("https://my_host.example/%7Euser/%C3%A4", "https://my_host.example/%7Euser/%C3%A4"),
        ("https://例え.テスト/@人", "https://xn--r8jz45g.xn--zckzah/@%E4%BA%BA"),
        ("https://example.com/a?b[]=c&d=e+f;g|h", "https://example.com/a?b[]=c&d=e+f;g|h"),
        ("https://1and1.example/", "https://1and1.example/"),
    ],
)
def test_a_url_gets_one_canonical_form_that_is_stable(url: str, canonical: str) -> None:
    target = PUBLIC.target(url)
    assert target.url == canonical
    assert PUBLIC.target(canonical) == target


def test_literals_and_local_names_are_taken_inside_allowed_networks_only() -> None:
    assert TESTING.target("http://127.0.0.1:8080/").host == "127.0.0.1"
    assert TESTING.target("http://[0:0:0:0:0:0:0:1]:8080/").url == "http://[::1]:8080/"
    assert TESTING.target("http://localhost:8080/").host == "localhost"
    for url in ("http://10.0.0.1:8080/", "http://[::2]:8080/", "http://8.8.8.8/"):
        with pytest.raises(Refused):
            TESTING.target(url)


@pytest.mark.parametrize(
    "location",
    [
        "http://example.com/",
        "//127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "https://user:pass@example.com/",
        "/x\r\nSet-Cookie: a=b",
        "/x%0d%0aSet-Cookie:a=b",
        "https://[broken/",
        "",
    ],
)
def test_a_redirect_to_a_forbidden_place_is_refused(location: str) -> None:
    with pytest.raises(Refused):
        PUBLIC.next_hop(PUBLIC.target("https://example.com/a"), location)


def test_a_step_from_https_to_http_is_refused_even_where_http_is_allowed() -> None:
    with pytest.raises(Refused):
        TESTING.next_hop(TESTING.target("https://example.com/a"), "http://example.com/a")
    assert TESTING.next_hop(TESTING.target("http://example.com/a"), "https://example.com/a").scheme == "https"


def test_a_relative_redirect_is_read_against_the_present_place() -> None:
    here = PUBLIC.target("https://example.com/a/b")
    assert PUBLIC.next_hop(here, "c?d#e").url == "https://example.com/a/c?d"
    assert PUBLIC.next_hop(here, "//other.example/x").url == "https://other.example/x"


def test_a_configured_service_may_be_anywhere_but_its_url_must_be_clean() -> None:
    assert service_target("http://127.0.0.1:5000/translate").url == "http://127.0.0.1:5000/translate"
    assert service_target("http://libretranslate:81").url == "http://libretranslate:81/"
    assert service_target("http://[::1]:5000/").url == "http://[::1]:5000/"
    for url in ("ftp://libretranslate/", "http://user@libretranslate/", "http://a b/", "unix:/run/x", "http:///x"):
        with pytest.raises(Refused):
            service_target(url)


async def test_the_system_lookup_gives_each_address_once() -> None:
    lookup = SystemLookup()
    try:
        found = await lookup.resolve("localhost", 80)
        assert found
        assert set(found) <= {"127.0.0.1", "::1"}
        assert len(set(found)) == len(found)
    finally:
        lookup.close()
