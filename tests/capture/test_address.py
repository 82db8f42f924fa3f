"""Which addresses are public, and how a URL is split."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

import pytest

from dateline import DatelineError
from dateline.capture.net.address import NOT_PUBLIC, refusal, resolve
from dateline.capture.net.target import target

INSIDE = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "100.127.255.255", "127.0.0.1",
    "127.255.255.254", "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255",
    "192.0.0.8", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::",
    "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "4000::1", "5f00::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
OUTSIDE = [
    "1.1.1.1", "8.8.8.8", "93.184.215.14", "100.63.255.255", "100.128.0.1", "172.15.0.1",
    "172.32.0.1", "192.0.1.1", "192.167.1.1", "223.255.255.1", "2001:200::1", "2606:4700::1111",
    "2a00:1450:4001::200e", "2600::1",
]  # fmt: skip
Found = list[tuple[Any, ...]]


def answering(*addresses: str) -> Any:
    """A replacement for the resolver."""

    def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> Found:
        return [(0, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return getaddrinfo


@pytest.mark.parametrize("address", INSIDE)
def test_an_internal_address_is_refused(address: str) -> None:
    assert refusal(ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_public_address_is_allowed(address: str) -> None:
    assert refusal(ip_address(address)) is None


@pytest.mark.parametrize("address", ["64:ff9b::7f00:1", "2002:7f00:1::", "192.0.0.8", "224.0.0.1"])
def test_addresses_that_python_may_call_global_are_in_the_table(address: str) -> None:
    assert refusal(ip_address(address)) not in (None, NOT_PUBLIC)


def test_one_internal_address_refuses_the_whole_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answering("1.1.1.1", "2606:4700::1111"))
    assert resolve("press.example", 443) == ["1.1.1.1", "2606:4700::1111"]
    for inside in ("10.0.0.1", "::1", "fe80::1%2"):
        monkeypatch.setattr(socket, "getaddrinfo", answering("1.1.1.1", inside))
        with pytest.raises(DatelineError) as caught:
            resolve("press.example", 443)
        assert caught.value.code == "address-refused"
        assert caught.value.hint


@pytest.mark.parametrize(
    "host",
    ["127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "127.0.0.1.", "0", "localhost",
     "localhost.", "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]", "１２７.0.0.1",
     "ⓛocalhost"],
)  # fmt: skip
def test_odd_spellings_of_this_machine_are_refused(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def numeric(name: str, *args: Any, **kwargs: Any) -> Found:
        if name.rstrip(".") == "localhost":
            return answering("127.0.0.1", "::1")(name, *args)  # type: ignore[no-any-return]
        kwargs["flags"] = socket.AI_NUMERICHOST  # never ask the network
        return real(name, *args, **kwargs)

    real: Any = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", numeric)
    with pytest.raises(DatelineError):
        there = target(f"http://{host}/")
        resolve(there.host, there.port)


def test_an_unknown_host_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: Any, **kwargs: Any) -> Found:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(DatelineError, match="Name or service not known") as caught:
        resolve("nowhere.example", 80)
    assert caught.value.code == "host-not-found"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://press.example/a", "scheme-unsupported"),
        ("file:///etc/passwd", "scheme-unsupported"),
        ("gopher://press.example/", "scheme-unsupported"),
        ("//press.example/", "scheme-unsupported"),
        ("http://desk:secret@press.example/", "url-with-password"),
        ("http://desk@press.example/", "url-with-password"),
        ("http://press.example\\@inside.example/", "url-with-password"),
        ("http://press.example\\a", "url-characters"),
        ("http://press.example/a b", "url-characters"),
        ("http://press.example/\r\nHost: inside", "url-characters"),
        ("http://press.example/\x00", "url-characters"),
        ("http://press.example:70000/", "not-a-url"),
        ("http://press.example:x/", "not-a-url"),
        ("http://press.example:0/", "not-a-url"),
        ("http://[::1/", "not-a-url"),
        ("http://[fe80::1%25eth0]/", "not-a-url"),
        ("http:///a", "not-a-url"),
        ("http://press%2eexample/", "not-a-url"),
        ("http://-press.example/", "not-a-url"),
        (f"http://{'a' * 300}.example/", "not-a-url"),
    ],
)
def test_a_url_that_is_not_plain_is_refused(url: str, code: str) -> None:
    with pytest.raises(DatelineError) as caught:
        target(url)
    assert caught.value.code == code
    assert "secret" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("HTTPS://Press.Example", "https://press.example/"),
        ("https://press.example:443/a?b=c#d", "https://press.example/a?b=c"),
        ("http://press.example:8080/a%20b?q=1&r=[x]", "http://press.example:8080/a%20b?q=1&r=%5Bx%5D"),
        ("http://пресса.example/файл", "http://xn--80aj3aega.example/%D1%84%D0%B0%D0%B9%D0%BB"),
        ("http://[2606:4700:0::1111]/", "http://[2606:4700::1111]/"),
    ],
)  # fmt: skip
def test_a_url_is_written_in_one_way(url: str, asked: str) -> None:
    assert target(url).url == asked
    assert target(asked).url == asked


def test_a_redirect_must_obey_the_rules() -> None:
    here = target("https://press.example:8443/a/b")
    assert here.onward("../c").url == "https://press.example:8443/c"
    assert here.onward("//other.example/").url == "https://other.example/"
    assert target("http://press.example/").onward("https://press.example/").port == 443
    for location in (
        "http://press.example/", "https://press.example:22/", "https://u:p@press.example/",
        "file:///etc/passwd", "javascript:alert(1)", "https://[", "https://press.example/\n",
    ):  # fmt: skip
        with pytest.raises(DatelineError):
            here.onward(location)
