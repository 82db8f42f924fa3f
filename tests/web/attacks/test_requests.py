"""What hostile requests get: one clear refusal, and nothing of the file system."""

from __future__ import annotations

import pytest
from tests.web.attacks.wire import HOST, Reply, connected, receive, request, send
from tests.web.running import Running

STORY = b"/stories/ferry"
#: Addresses of nothing, or of nothing that may be read.
PATHS = [
    b"//", b"/..", b"/../../etc/passwd", b"/%2e%2e/%2e%2e/etc/passwd", b"/static/../../etc/passwd",
    b"/static/x/..%2f..%2fapp.py", b"/static/x/%2e%2e%2fapp.py", b"/static//etc/passwd", STORY + b"%00",
    STORY + b"/../ferry", b"/stories/..%2fferry", b"/stories\\ferry", b"/stories/%5c..", STORY + b"/",
    b"/STORIES", STORY + b".JSON", STORY + b".json/", STORY + b"/facts/%ff", STORY + b"/facts/f99999999999999999999",
    STORY + b"/sources/..%2f..%2fa.db", STORY + b"/views/events", STORY + b"/views/..%2f..", STORY + b"/export/..%2fhtml",
    b"/views/sqlite_master", b"/%", b"/%zz", b"/stories/%ED%A0%80", b"/stories/%E2%80%AEevil", b"/stories/" + b"%00" * 300,
    b"/stories/%0d%0aSet-Cookie:%20x=1", b"/entities/%3Cscript%3Ealert(1)%3C/script%3E", b"http://evil.example/", b"*",
    b"/.env", b"/a.db", b"/a.db.keys", b"/stories/ferry%3Fas_of=2024", b"/stories/ferry;x=1",
]  # fmt: skip
#: Queries that nobody can answer.
QUERIES = [
    b"x=1", b"as_of=x", b"as_of=%00", b"as_of=9999-99-99", b"as_of=" + b"9" * 4000, b"as_of=2024&as_of=2025",
    b"as_of=%0d%0aX:1", b"as_of=../..", b"as_of=2024-05-06'--", b"as_of=%ED%A0%80", b"page=0", b"page=-1",
    b"page=1e9", b"page=" + b"9" * 300, b"page=%D9%A1", b"&".join(b"a%d=1" % n for n in range(500)),
]  # fmt: skip
HOSTS = {
    "other": (b"Host: evil.example\r\n", 421), "in user": (b"Host: evil@127.0.0.1\r\n", 421),
    "two words": (b"Host: 127.0.0.1 evil.example\r\n", 421), "markup": (b"Host: <script>\r\n", 421),
    "empty": (b"Host:\r\n", 421), "path": (b"Host: 127.0.0.1/evil\r\n", 421), "number": (b"Host: 2130706433\r\n", 421),
    "zone": (b"Host: [fe80::1%evil.example]\r\n", 421), "no port": (b"Host: 127.0.0.1:\r\n", 421),
    "end of ours": (b"Host: localhost.evil.example\r\n", 421), "none": (b"", 400), "two": (HOST + HOST, 400),
    "two of which one is ours": (HOST + b"Host: evil.example\r\n", 400),
    "port": (b"Host: 127.0.0.1:99\r\n", 200), "upper case": (b"Host: LOCALHOST:1\r\n", 200),
    "IPv6": (b"Host: [::1]:8010\r\n", 200),
}  # fmt: skip
METHODS = [
    b"POST",
    b"PUT",
    b"DELETE",
    b"PATCH",
    b"OPTIONS",
    b"TRACE",
    b"CONNECT",
    b"PROPFIND",
    b"get",
    b"G" * 300,
]
#: Header lines with what follows them, and the status they get.
BODIES = {
    "body": ([b"Content-Length: 5"], b"hello", 413),
    "body that never comes": ([b"Content-Length: 500"], b"", 413),
    "chunked": ([b"Transfer-Encoding: chunked"], b"5\r\nhello\r\n0\r\n\r\n", 413),
    "both": ([b"Transfer-Encoding: chunked", b"Content-Length: 4"], b"5\r\nhello\r\n0\r\n\r\n", 413),
    "packed": ([b"Content-Encoding: gzip", b"Content-Length: 3"], b"\x1f\x8b\x08", 413),
    "expected": ([b"Expect: 100-continue", b"Content-Length: 3"], b"", 413),
    "two lengths": ([b"Content-Length: 5", b"Content-Length: 6"], b"hello", 400),
    "less than nothing": ([b"Content-Length: -1"], b"", 400),
    "strange coding": ([b"Transfer-Encoding: gzip"], b"", 400),
    "nothing": ([b"Content-Length: 0"], b"", 200),
}  # fmt: skip
#: Headers that change nothing about the answer.
IGNORED = [
    [b"Range: bytes=0-3"], [b"Range: bytes=" + b",".join(b"0-%d" % n for n in range(1000))], [b"If-Range: x"],
    [b"If-None-Match: *"], [b'If-None-Match: W/"\xff\xfe, ,,"'], [b"If-None-Match: " + b'"a",' * 2500],
    [b"If-Modified-Since: never"], [b"If-Match: x"], [b"Accept-Encoding: gzip;q=x, *;q=,,"], [b"Accept: image/png"],
    [b"X-Forwarded-Host: evil.example", b"Forwarded: host=evil.example", b"X-Forwarded-Proto: https"],
    [b"X-HTTP-Method-Override: DELETE"], [b"X-Original-URL: /etc/passwd", b"X-Rewrite-URL: /etc/passwd"],
    [b"Cookie: a=" + b"b" * 3000], [b"X%d: a" % n for n in range(500)], [b"Origin: https://evil.example"],
    [b"Upgrade: h2c", b"HTTP2-Settings: AAAA"], [b"X: a", b" folded"],
]  # fmt: skip


def harmless(reply: Reply) -> None:
    """Nothing of the server, and only headers that were meant."""
    for word in (b"/tmp", b'a.db"', b"Traceback", b"site-packages", b"root:"):
        assert word not in reply.data
    for name in (b"set-cookie", b"\nlocation:", b"\nserver:", b"access-control", b"evil.example"):
        assert name not in reply.head
    if reply.status not in (400, None) or b"problem+json" in reply.head:
        assert b"content-security-policy: default-src 'none'" in reply.head


def test_no_path_leads_out(server: Running) -> None:
    for path in PATHS:
        reply = send(server, request(path))
        assert (reply.status, reply.ended) == (404, True), path
        harmless(reply)
        assert b"<script>alert" not in reply.body


def test_an_address_that_is_too_long_is_refused(server: Running) -> None:
    for target in (b"/" + b"a" * 2000, STORY + b"?as_of=" + b"9" * 5000, b"/" + b"a" * 12_000):
        assert send(server, request(target)).status == 414
    assert send(server, request(b"/" + b"a" * 200_000)).status in (400, None)
    assert send(server, request(b"/\xff\xfe")).status == 400


def test_a_query_that_nobody_can_answer_is_refused(server: Running) -> None:
    for query in QUERIES:
        for ending in (b"", b".json"):
            if ending and query.startswith(b"page"):
                continue
            reply = send(server, request(STORY + ending + b"?" + query))
            assert reply.status == 400, query
            harmless(reply)
            assert reply.head.count(b"\r\nx:") == 0


@pytest.mark.parametrize("name", HOSTS)
def test_only_our_hosts_are_answered_for(server: Running, name: str) -> None:
    host, status = HOSTS[name]
    reply = send(server, request(STORY + b"/feed.atom", host=host))
    assert reply.status == status
    harmless(reply)


def test_no_other_host_is_taken_from_other_headers(server: Running) -> None:
    plain = send(server, request(STORY + b"/feed.atom"))
    forwarded = (b"X-Forwarded-Host: evil.example", b"Forwarded: host=evil.example;proto=https")
    assert send(server, request(STORY + b"/feed.atom", *forwarded)).body == plain.body
    assert b"http://127.0.0.1/stories/ferry" in plain.body


def test_only_reading_is_possible(server: Running) -> None:
    for method in METHODS:
        reply = send(server, request(method=method, close=False))
        assert (reply.status, reply.ended) == (405, True), method
        assert b"allow: get, head" in reply.head
    assert send(server, request(method=b"HEAD")).body == b""
    assert send(server, request(method=b"G\x00T")).status == 400


@pytest.mark.parametrize("name", BODIES)
def test_no_body_is_taken(server: Running, name: str) -> None:
    lines, body, status = BODIES[name]
    reply = send(server, request(b"/robots.txt", *lines, close=status == 200) + body)
    assert (reply.statuses, reply.ended) == ([status], True)


def test_what_follows_a_refused_body_is_not_another_request(server: Running) -> None:
    hidden = request(b"/robots.txt")
    reply = send(
        server, request(b"/robots.txt", b"Content-Length: %d" % len(hidden), close=False) + hidden
    )
    assert reply.statuses == [413]


def test_an_upload_that_never_ends_is_ended(server: Running) -> None:
    with connected(server) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n")
        assert receive(connection).statuses == [405]


def test_headers_that_mean_nothing_here_change_nothing(server: Running) -> None:
    plain = send(server, request())
    assert plain.status == 200
    for lines in IGNORED:
        reply = send(server, request(b"/stories.json", *lines))
        assert (reply.status, reply.body) == (200, plain.body), lines
        harmless(reply)


def test_an_answer_is_packed_only_for_those_who_take_it(server: Running) -> None:
    def packed(given: bytes) -> bool:
        reply = send(server, request(b"/openapi.json", b"Accept-Encoding: " + given))
        assert reply.status == 200
        return reply.body.startswith(b"\x1f\x8b")

    assert packed(b"gzip") and packed(b"br, GZIP;q=0.5") and packed(b"*") and packed(b"gzip, *;q=0")
    refused = (b"", b"br", b"identity", b"gzip;q=0", b"gzip; q=0.000", b"gzip;q=0, *", b"gzipped")
    assert not any(map(packed, refused))


def test_other_protocols_are_refused(server: Running) -> None:
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 500
    for data in (
        b"GET /\r\n\r\n",
        hello,
        b"\x00\x01\r\n\r\n",
        request(b"/", b"nonsense"),
        request(b"/", b"X: a\x00b"),
    ):
        reply = send(server, data)
        assert (reply.status, reply.ended) == (400, True), data
    assert send(server, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").ended
    websocket = (
        b"Upgrade: websocket",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    )
    assert send(server, request(b"/stories.json", *websocket, b"Connection: Upgrade")).status == 200
    assert send(server, request(version=b"HTTP/1.0", close=False)).status == 200


def test_pipelined_requests_are_answered_in_order(server: Running) -> None:
    targets = [b"/robots.txt", b"/nothing", b"/stories.json"] * 30
    data = b"".join(request(one, close=False) for one in targets[:-1]) + request(targets[-1])
    assert send(server, data).statuses == [200, 404, 200] * 30
