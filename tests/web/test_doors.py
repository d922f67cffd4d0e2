"""The page's doors: nobody is led elsewhere, and who takes for ever over a request is hung up on."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from random import Random
from select import select
from threading import Event, Thread
from time import monotonic

import pytest

from alerter.app.logs import open_journal
from alerter.web.server import THREADS, listening
from tests.web.house import BASE, OKAFOR, House, new_house
from tests.world.mail_server import HOST, free_port
from tests.world.office import Office
from tests.world.size import size

ELSEWHERE = "elsewhere.example"
HOSTS = (HOST, ELSEWHERE, f"{ELSEWHERE}:443", "", "a b", f"{ELSEWHERE}/", "[::1", f"{HOST}@{ELSEWHERE}")
PARTS = (
    "", "", "", "r", "list", "link", "service", "static", "page.css", "audits", "1", "x", ELSEWHERE, "..",
    ".", "%2f", "%5c", "\\", "http:", "%0d%0aLocation:%20http:", "%00", "%e9",
)  # fmt: skip
NAMED = (
    "", "/", "//", "r//x", "/r//x", "//list", "list/", "list//", f"/{ELSEWHERE}", f"/{ELSEWHERE}/..",
    "static//page.css", "audits/1/",
)  # fmt: skip
DRAWN = size(120, 3000)
SECONDS = 1.0
PATIENCE_SECONDS = 30
DRIPS = (
    b"GET /link HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    b"POST /link HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n",
    b"POST /link HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
)
"""Requests that go on for ever: in the head, in the body, and in a chunk."""


@contextmanager
def served(house: House, request_seconds: float = 60) -> Iterator[int]:
    """Serve the page of *house* on a port, which is given."""
    port, over = free_port(), Event()
    journal = open_journal(house.log, "text", "alerter.doors")
    with listening(house.installation, journal, HOST, port, request_seconds=request_seconds) as server:

        def serve() -> None:
            while not over.is_set():
                server.asyncore.loop(timeout=0.05, map=server._map, count=1)  # noqa: SLF001 - as its own run does

        thread = Thread(target=serve)
        thread.start()
        try:
            yield port
        finally:
            over.set()
            thread.join()
            server.task_dispatcher.shutdown()
            for channel in list(server.active_channels.values()):
                channel.handle_close()


def asked(port: int, target: str, host: str, cookie: str = "") -> str:
    """Send one request as it stands, and return the head of the answer."""
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    with socket.create_connection((HOST, port), PATIENCE_SECONDS) as client:
        client.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = b""
        while b"\r\n\r\n" not in answer and (part := client.recv(65536)):
            answer += part
    return answer.partition(b"\r\n\r\n")[0].decode("latin-1")


@pytest.mark.parametrize("path", ["", "/alerts"])
def test_no_answer_leads_to_an_address_that_was_sent_along(office: Office, path: str) -> None:
    """Whatever path and Host a request has, with slashes anywhere, it leads to a path of ours or nowhere."""
    rng = Random(47)  # noqa: S311 - the same seed must give the same paths
    targets = [path or "/", *(f"{path}/{each}" for each in NAMED)]
    targets += [f"{path}/{'/'.join(rng.choices(PARTS, k=rng.randint(1, 5)))}" for _ in range(DRAWN)]
    targets += [f"{before}{ELSEWHERE}{path}/list/" for before in ("http://", "//", f"{path}/list?next=//")]
    with new_house(office, web__base_url=f"{BASE}{path}") as house, served(house) as port:
        entering = asked(port, f"{path}{house.path(OKAFOR).removeprefix(path)}", HOST)
        cookie = entering.partition("Set-Cookie: ")[2].partition(";")[0]
        assert cookie
        for target in targets:
            for host in rng.sample(HOSTS, 2):
                head = asked(port, target, host, rng.choice(("", cookie)))
                assert head.startswith("HTTP/1."), (target, host)
                assert ELSEWHERE not in head, (target, host)
                _, is_led, rest = head.partition("Location: ")
                assert not is_led or rest.startswith(f"{path}/li"), (target, host, head)
                house.hands.at += timedelta(seconds=1)  # for the limit of requests a minute


def test_slow_requests_keep_nobody_waiting(office: Office) -> None:
    """Many clients that send a byte now and then hold no thread, and each is hung up on in the end."""
    with new_house(office) as house, ExitStack() as stack:
        port = stack.enter_context(served(house, SECONDS))
        clients = [socket.create_connection((HOST, port)) for _ in range(3 * THREADS)]
        for number, client in enumerate(clients):
            stack.enter_context(client)
            client.sendall(DRIPS[number % len(DRIPS)])
        assert asked(port, "/link", HOST).startswith("HTTP/1.1 200")
        dripping, until = set(clients), monotonic() + PATIENCE_SECONDS
        while dripping and monotonic() < until:
            ended, _, _ = select(list(dripping), [], [], 0.05)
            dripping -= set(ended)
            for client in dripping:
                with suppress(OSError):  # it ends between two looks
                    client.send(b"a")
        assert not dripping
        assert asked(port, "/link", HOST).startswith("HTTP/1.1 200")


def test_a_request_that_takes_its_time_is_answered(house: House) -> None:
    """In pieces, but within the time, it is a request like any other."""
    with served(house) as port, socket.create_connection((HOST, port), PATIENCE_SECONDS) as client:
        for letter in b"GET /link HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n":
            client.send(bytes([letter]))
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
