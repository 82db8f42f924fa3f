"""Fetching from a server on this machine, which the policy of these tests allows."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from dateline import DatelineError
from dateline.capture.net.address import Address, refusal
from dateline.capture.net.connection import Clock
from dateline.capture.net.fetch import Fetched, fetch

MIB = 1 << 20
Answer = Callable[[BaseHTTPRequestHandler], None]
NAMES = ("press.example", "other.example")


class Server(ThreadingHTTPServer):
    """Answers a path with a given answer, and notes the requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def url(self, path: str = "/", host: str = NAMES[0], scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.server_port}{path}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # in several tests the client hangs up


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        self.server.asked.append((self.path, dict(self.headers)))
        self.server.answers[self.path](self)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> list[tuple[Any, ...]]:
        assert host.rstrip(".") in (*NAMES, "127.0.0.1")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    with Server() as found:
        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        threading.Thread(target=found.serve_forever, args=[0.01], daemon=True).start()
        yield found
        found.shutdown()


def here(address: Address) -> str | None:
    """The policy of these tests: only this machine is allowed."""
    return None if str(address) == "127.0.0.1" else "not this machine"


def get(url: str, max_bytes: int = MIB, **options: Any) -> Fetched:
    return fetch(url, max_bytes=max_bytes, policy=here, **options)


def assert_code(code: str, call: Callable[[], object]) -> None:
    with pytest.raises(DatelineError) as caught:
        call()
    assert caught.value.code == code, caught.value


def says(body: bytes, status: int = 200, **headers: str) -> Answer:
    """An answer with its length; a header's name is written with _."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        with suppress(OSError):
            handler.wfile.write(body)

    return answer


def leads(location: str, status: int = 302) -> Answer:
    return says(b"", status, Location=location)


def raw(*pieces: bytes, pause: float = 0) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        with suppress(OSError):
            for piece in pieces:
                handler.wfile.write(piece)
                handler.wfile.flush()
                time.sleep(pause)

    return answer


def test_a_document_comes_with_the_type_that_the_server_states(server: Server) -> None:
    server.answers["/a?b=c"] = says(b"caf\xe9", Content_Type="text/html; charset=ISO-8859-1")
    found = get(server.url("/a?b=c#part"))
    assert found == Fetched(server.url("/a?b=c"), b"caf\xe9", "text/html", "iso-8859-1")
    [(_, headers)] = server.asked
    assert headers["Host"] == f"press.example:{server.server_port}"
    assert headers["Accept-Encoding"] == "identity"
    assert not {"Cookie", "Authorization", "Referer"} & set(headers)


def test_a_server_may_state_no_type(server: Server) -> None:
    server.answers["/"] = says(b"x")
    assert get(server.url()) == Fetched(server.url(), b"x", None, None)


def test_the_usual_policy_refuses_this_machine(server: Server) -> None:
    server.answers["/"] = says(b"x")
    for host in ("press.example", "127.0.0.1"):
        assert_code(
            "address-refused", lambda host=host: fetch(server.url(host=host), max_bytes=MIB)
        )
    assert server.asked == []


def test_the_address_that_was_checked_is_the_one_connected_to(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/"] = says(b"x")
    asked = []

    def rebinding(host: str, port: int, *args: Any, **kwargs: Any) -> list[tuple[Any, ...]]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert get(server.url()).content == b"x"
    assert asked == ["press.example"]


def test_redirects_are_followed_and_each_is_checked(server: Server) -> None:
    server.answers["/"] = leads("/next")
    server.answers["/next"] = leads(server.url("/caf\xc3\xa9", host="other.example"), 308)
    server.answers["/caf%C3%A9"] = says(b"there")
    found = get(server.url())
    assert (found.url, found.content) == (server.url("/caf%C3%A9", "other.example"), b"there")

    seen: list[str] = []

    def second_time(address: Address) -> str | None:
        seen.append(str(address))
        return "inside" if len(seen) > 1 else None

    server.asked.clear()
    assert_code("address-refused", lambda: fetch(server.url(), max_bytes=MIB, policy=second_time))
    assert [path for path, _ in server.asked] == ["/"]


def test_a_redirect_to_an_internal_address_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/"] = leads("http://metadata.example/latest/")

    def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> list[tuple[Any, ...]]:
        address = {"press.example": "127.0.0.1", "metadata.example": "169.254.169.254"}[host]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    def real_but_here(address: Address) -> str | None:
        return None if str(address) == "127.0.0.1" else refusal(address)

    with pytest.raises(DatelineError, match=r"metadata\.example") as caught:
        fetch(server.url(), max_bytes=MIB, policy=real_but_here)
    assert caught.value.code == "address-refused"


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("/", "too-many-redirects"),
        ("file:///etc/passwd", "scheme-unsupported"),
        ("http://desk:secret@press.example/", "url-with-password"),
        ("http://press.example:22/", "redirect-port"),
        ("http://[", "not-a-url"),
        ("/a b", "url-characters"),
    ],
)
def test_an_invalid_redirect_is_an_error(server: Server, location: str, code: str) -> None:
    server.answers["/"] = leads(location)
    assert_code(code, lambda: get(server.url()))
    assert len(server.asked) == (6 if location == "/" else 1)


@pytest.mark.parametrize("status", [204, 206, 300, 304, 403, 404, 500])
def test_anything_but_a_document_is_an_error(server: Server, status: int) -> None:
    server.answers["/"] = says(b"", status)
    with pytest.raises(DatelineError, match=str(status)) as caught:
        get(server.url())
    assert caught.value.code == "http-status"


def test_a_large_document_is_refused_whatever_its_header_states(server: Server) -> None:
    server.answers["/fits"] = says(b"x" * MIB)
    assert len(get(server.url("/fits")).content) == MIB
    head = b"HTTP/1.1 200 OK\r\n"
    server.answers["/long"] = says(b"x" * (MIB + 1))
    server.answers["/open"] = raw(head + b"\r\n", *[b"x" * MIB] * 9)
    chunk = b"%x\r\n" % MIB + b"x" * MIB + b"\r\n"
    server.answers["/chunks"] = raw(head + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 9)
    for path in ("/long", "/open", "/chunks"):
        with pytest.raises(DatelineError) as caught:
            get(server.url(path))
        assert caught.value.code == "download-too-large"
        assert "--max-size" in (caught.value.hint or "")


def test_unrequested_gzip_is_decompressed_within_the_limit(server: Server) -> None:
    def packed(content: bytes, encoding: str = "gzip") -> Answer:
        return says(content, Content_Encoding=encoding)

    server.answers["/page"] = packed(gzip.compress(b"page" * 1000), "X-GZip")
    assert get(server.url("/page")).content == b"page" * 1000
    bomb = gzip.compress(bytes(64 * MIB))
    assert len(bomb) < MIB
    for name, answer, code in (
        ("/bomb", packed(bomb), "download-too-large"),
        ("/cut", packed(gzip.compress(b"page" * 1000)[:-9]), "encoding-broken"),
        ("/more", packed(gzip.compress(b"page") * 2), "encoding-broken"),
        ("/liar", packed(b"<html>"), "encoding-broken"),
        ("/br", packed(b"x", "br"), "encoding-unsupported"),
        ("/twice", packed(b"x", "gzip, gzip"), "encoding-unsupported"),
    ):
        server.answers[name] = answer
        assert_code(code, lambda name=name: get(server.url(name)))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"), "download-incomplete"),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nshort"), "fetch-failed"),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "fetch-failed"),
        (raw(b"\x16\x03\x01 no such protocol\r\n\r\n"), "fetch-failed"),
        (raw(b""), "fetch-failed"),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n"), "fetch-failed"),
        (raw(b"HTTP/1.1 200 OK\r\nA: " + b"b" * 99999 + b"\r\n\r\n"), "fetch-failed"),
    ],
)
def test_a_broken_answer_is_an_error(server: Server, answer: Answer, code: str) -> None:
    server.answers["/"] = answer
    assert_code(code, lambda: get(server.url()))


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *[b"x"] * 99],
        [b"HTTP/1.1 200 OK\r\n", *[b"A: b\r\n"] * 99],
        [b"HTTP/1.1 100 Continue\r\n\r\n"] * 99,
    ],
)
def test_a_slow_server_times_out(server: Server, pieces: list[bytes]) -> None:
    server.answers["/"] = raw(*pieces, pause=0.05)
    started = time.monotonic()
    assert_code("fetch-failed", lambda: get(server.url(), clock=Clock(step=1, total=0.3)))
    assert time.monotonic() - started < 3


def test_a_silent_server_times_out(server: Server) -> None:
    server.answers["/"] = raw(b"", pause=2)
    started = time.monotonic()
    assert_code("fetch-failed", lambda: get(server.url(), clock=Clock(step=0.2, total=60)))
    assert time.monotonic() - started < 1.5


def test_proxy_settings_are_not_read(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answers["/"] = says(b"x")
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert get(server.url()).content == b"x"


def test_a_refused_connection_is_an_error(server: Server) -> None:
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        assert_code("fetch-failed", lambda: get(f"http://press.example:{port}/"))


@pytest.fixture
def encrypted(server: Server) -> Server:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).parent / "press.example.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return server


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=Path(__file__).parent / "press.example.pem")


def test_a_certificate_must_be_that_of_the_name_asked_for(encrypted: Server) -> None:
    encrypted.answers["/"] = says(b"x")
    for host in ("press.example", "press.example."):
        assert get(encrypted.url(host=host, scheme="https"), context=trusting()).content == b"x"
    with pytest.raises(DatelineError, match=r"certificate .*other\.example") as caught:
        get(encrypted.url(host="other.example", scheme="https"), context=trusting())
    assert caught.value.code == "fetch-failed"
    with pytest.raises(DatelineError, match="certificate"):
        get(encrypted.url(scheme="https"))


def test_a_redirect_never_drops_encryption(encrypted: Server) -> None:
    encrypted.answers["/"] = leads(encrypted.url("/open"))
    assert_code(
        "redirect-not-encrypted", lambda: get(encrypted.url(scheme="https"), context=trusting())
    )
