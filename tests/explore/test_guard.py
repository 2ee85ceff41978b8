"""Who may ask the page's server what, as a browser asks and as none does."""

import http.client
import re
import socket
import threading

import pytest

pytest.importorskip("dash")

from werkzeug.serving import make_server

from market.explore.background_runs import Runs
from market.explore.guard import LARGEST_BODY, QuietHandler
from market.explore.server import app
from market.explore.settings import WhatIf

PATIENCE = 60
UPDATE = "/_dash-update-component"


@pytest.fixture(scope="module")
def port():
    def make(scenario, tell, *, base):
        raise AssertionError("no request of these tests asks for a run")

    runs = Runs(make=make)
    server = make_server(
        "127.0.0.1",
        0,
        app(WhatIf("synthetic"), runs).server,
        threaded=True,
        request_handler=QuietHandler,
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()
    runs.close()


def asked(port, method, path, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read()
    connection.close()
    return found


def raw(port, sent):
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while part := line.recv(65536):
            answer += part
    return answer


@pytest.mark.parametrize(
    ("site", "mode", "place", "path", "status"),
    [
        ("same-origin", "cors", "empty", "/_dash-layout", 200),
        ("none", "navigate", "document", "/", 200),
        ("cross-site", "navigate", "document", "/", 200),  # a link to the page
        ("cross-site", "navigate", "iframe", "/", 403),
        ("cross-site", "no-cors", "script", "/_dash-layout", 403),
        ("same-site", "cors", "empty", "/_dash-layout", 403),  # another port of this machine
    ],
)
def test_only_the_page_itself_reads_what_the_server_knows(port, site, mode, place, path, status):
    sent = {"Sec_Fetch_Site": site, "Sec_Fetch_Mode": mode, "Sec_Fetch_Dest": place}
    assert asked(port, "GET", path, **sent)[0] == status


@pytest.mark.parametrize(
    "origin", ["null", "http://[", "http://elsewhere.org", "https://127.0.0.1:{port}", "http://"]
)
def test_what_another_origin_sends_is_refused(port, origin):
    found = asked(port, "POST", UPDATE, "{}", Origin=origin.format(port=port))
    assert found[0] == 403


def test_every_answer_says_what_a_browser_may_do_with_it(port):
    for path in ("/", "/_dash-layout", "/no-such-page"):
        _, headers, _ = asked(port, "GET", path)
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        scripts = re.search(r"script-src ([^;]*)", policy)[1]
        assert "unsafe" not in scripts
        assert re.fullmatch(r"'self'( 'sha256-[\w+/=]+')+", scripts)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "[]",
        "5",
        "{}",
        '{"output": 5}',
        '{"output": "x.y", "inputs": 3}',
        '{"output": "verdict.children", "outputs": [], "inputs": [], "changedPropIds": []}',
        '{"output": "\\u001b]0;x\\u0007"}',
        "[" * 100_000,
    ],
)
def test_a_malformed_request_gets_400_and_no_traceback(port, capfd, body):
    status, _, answer = asked(port, "POST", UPDATE, body, Content_Type="application/json")
    assert 400 <= status < 500
    told = capfd.readouterr().err
    assert "Traceback" not in told
    assert "Traceback" not in answer.decode()
    assert told.count("\n") <= 1
    assert "\x1b" not in told


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \x1b]0;x\x07\r\n\r\n",
        b"POST /_dash-update-component HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST /_dash-update-component HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{",
        b"POST /_dash-update-component HTTP/1.1\r\nHost: localhost\r\n"
        b"Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nzz\r\n",
        b"GET /_dash-component-suites/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /_dash-component-suites/nobody/x.js HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_what_no_browser_sends_is_refused_in_silence(port, capfd, sent):
    answer = raw(port, sent)
    status = re.match(rb"HTTP/\d\.\d (\d+)", answer)
    assert status is None or 400 <= int(status[1]) < 600, answer[:200]
    assert b"root:" not in answer
    told = capfd.readouterr().err
    assert "Traceback" not in told, told
    assert "\x1b" not in told


def test_a_body_beyond_bounds_is_refused_unread(port):
    head = f"POST {UPDATE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    answer = raw(port, f"{head}Content-Length: {100 * LARGEST_BODY}\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 413")


def test_after_all_that_the_page_is_still_there(port):
    assert asked(port, "GET", "/")[0] == 200
