"""The page as a program: it starts, answers, and ends when it is told to."""

import signal
import subprocess
import sys
import urllib.request
from email.message import Message
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.web.house import KEY, OKAFOR
from tests.world.mail_server import HOST, free_port
from tests.world.office import AS_OF, Office, row
from tests.world.web import Answer, WebServer

ROOT = Path(__file__).parents[2]
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def start(office: Office, *arguments: str) -> subprocess.Popen[str]:
    """Start the command, and return when it says that it serves."""
    process = subprocess.Popen(  # noqa: S603 - this Python, on arguments the tests wrote
        [sys.executable, "-m", "alerter", "--config", str(office.config), "web", *arguments],
        cwd=ROOT, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    while "serving" not in (line := process.stderr.readline()):
        assert line, "it ended before it served"
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_page_is_served_until_a_signal(office: Office, number: int) -> None:
    """On the port in its address if none is named; and it ends with 0."""
    base = f"http://{HOST}:{free_port()}/alerts"
    office.configure(web__base_url=base, web__secret_key=KEY)
    process = start(office)
    try:
        with DIRECT.open(f"{base}/link", timeout=30) as answer:
            assert "Ask for a new link" in answer.read().decode()
            assert "Server" not in answer.headers
    finally:
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert said.rstrip().endswith("INFO stopped")


def test_page_and_weekly_job_share_one_database(office: Office) -> None:
    """A run while the page is served is on the page at once."""
    base = f"http://{HOST}:{free_port()}"
    office.configure(web__base_url=base, web__secret_key=KEY)
    process = start(office)
    try:
        office.extract(row("A-1"))
        weekly = office.weekly(web__base_url=base, web__secret_key=KEY)
        assert weekly.run(AS_OF).state == "done"
        with DIRECT.open(f"{base}/link", timeout=30) as answer:
            assert answer.status == 200
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_the_page_needs_its_settings(office: Office) -> None:
    """Without `[web]` the command says what is missing."""
    done = subprocess.run(  # noqa: S603 - this Python, on arguments the tests wrote
        [sys.executable, "-m", "alerter", "--config", str(office.config), "web"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "alerter: web: is missing; config.example.toml shows how to write it.\n"


def test_without_its_packages_the_command_that_brings_them_is_named(office: Office) -> None:
    """The page, and every command that writes links to it, say what to install."""
    office.configure(web__base_url="https://alerts.council.example", web__secret_key=KEY)
    hidden = "import sys; sys.modules.update(dict.fromkeys(['flask', 'itsdangerous', 'waitress']))"
    for command in ("web", "run"):
        arguments = ["--config", str(office.config), command]
        program = f"{hidden}; from alerter.cli.main import main; main({arguments!r})"
        done = subprocess.run(  # noqa: S603 - this Python, on words the tests wrote
            [sys.executable, "-c", program],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert 'pip install "alerter[web]"' in done.stderr


class SignOn(WebServer):
    """
    A proxy that has signed *person* on: *header* is set as by oauth2-proxy.

    https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview has `pass_user_headers` and
    `set_xauthrequest`.
    """

    def __init__(self, page: str, header: str, person: str) -> None:
        super().__init__()
        self._page, self._header, self._person = page, header, person

    def reply(self, path: str, headers: Message, posted: bytes | None) -> Answer:  # noqa: ARG002 - it only reads
        """Pass a request on."""
        kept = {name: value for name, value in headers.items() if name.lower() != self._header.lower()}
        named = {self._header: self._person} if self._person else {}
        request = urllib.request.Request(f"{self._page}{path}", headers={**kept, **named})  # noqa: S310 - our page
        try:
            with DIRECT.open(request, timeout=30) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            return error.code, error.read()


@pytest.mark.parametrize("header", ["X-Forwarded-Email", "X-Auth-Request-Preferred-Username"])
def test_entra_signs_people_on_behind_a_proxy(office: Office, header: str) -> None:
    """The header of the settings says who somebody is, and what a client writes there reaches nobody."""
    base = f"http://{HOST}:{free_port()}"
    web = {"web__base_url": base, "web__secret_key": KEY, "web__auth": "proxy", "web__proxy_header": header,
           "web__trusted_proxies": ["127.0.0.1"]}  # fmt: skip
    office.extract(row("A-1", manager_email=OKAFOR))
    assert office.weekly(**web).run(AS_OF).state == "done"
    process = start(office)
    forged = {header: OKAFOR}
    try:
        for person, status in ((OKAFOR, 200), ("", 403), ("n.okafor@elsewhere.example", 403)):
            with SignOn(base, header, person) as proxy:
                request = urllib.request.Request(f"{proxy.url}/list", headers=forged)  # noqa: S310 - our proxy
                try:
                    with DIRECT.open(request, timeout=30) as answer:
                        said = answer.status, "A-1" in answer.read().decode()
                except HTTPError as error:
                    said = error.code, False
            assert said == (status, status == 200)
    finally:
        process.terminate()
        process.communicate(timeout=60)
