"""The page of the demonstration: its links, and the emails beside it."""

import signal
import subprocess
import sys
import urllib.request
from datetime import date
from pathlib import Path
from typing import Any

from alerter.demo.postbox import HOST, Postbox, free_port
from alerter.demo.shelf import Shelf
from alerter.demo.show import showing

ROOT = Path(__file__).parents[2]
AS_OF = date(2026, 11, 23)
WAYS = ["a manager's list", "all teams", "the emails"]


def answer(shelf: Shelf, path: str) -> tuple[str, str]:
    """Return the status and the page that a shelf answers with."""
    said: list[str] = []

    def start(status: str, _headers: object) -> Any:
        said.append(status)

    content = b"".join(shelf({"PATH_INFO": path, "SCRIPT_NAME": "/emails"}, start))
    return said[0], content.decode()


def test_emails_are_listed_and_opened(tmp_path: Path) -> None:
    """Each as it arrived, under its place in the list; there are no others."""
    with showing(tmp_path / "demo", AS_OF) as shown:
        shelf = Shelf(shown.postbox)
        status, page = answer(shelf, "/")
        assert status == "200 OK"
        assert page.count("<li>") == len(shown.arrived)
        assert '<a href="/emails/1">Assessments: ' in page
        first = shown.arrived[0].page.read_text(encoding="utf-8")
        assert answer(shelf, "/1") == ("200 OK", first)
        assert f'href="http://{HOST}:{shown.port}/r/' in first
    for wrong in ("/0", f"/{len(shown.arrived) + 1}", "/x", "/9999999999"):
        assert answer(shelf, wrong)[0] == "404 Not Found"


def test_an_empty_shelf_is_a_list_of_nothing(tmp_path: Path) -> None:
    """Before the first email there is none."""
    assert "<li>" not in answer(Shelf(Postbox(tmp_path)), "/")[1]


def test_a_wanted_port_is_taken_if_it_is_free() -> None:
    """Else any other."""
    port = free_port()
    assert free_port(port) == port


def test_demo_ends_with_links_and_serves_them(tmp_path: Path) -> None:
    """What it prints last opens a manager's list, all teams and the emails, until it is stopped."""
    command = [sys.executable, "-m", "alerter", "demo", "--serve", "--out", str(tmp_path / "demo")]
    process = subprocess.Popen(  # noqa: S603 - this Python, on arguments the tests wrote
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with_cookies = urllib.request.HTTPCookieProcessor()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), with_cookies)
    try:
        while "serving" not in (line := process.stderr.readline()):
            assert line, "it ended before it served"
        links: dict[str, str] = {}
        while len(links) < len(WAYS):
            name, _, link = process.stdout.readline().strip().partition(":  ")
            if link.strip().startswith("http"):
                links[name] = link.strip()
        pages = {name: opener.open(link, timeout=30).read().decode() for name, link in links.items()}
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert list(pages) == WAYS
    assert "need you" in pages["a manager's list"]
    assert "How the teams stand" in pages["all teams"]
    assert "Emails that arrived" in pages["the emails"]
    assert process.returncode == 0
