"""Mail scanners open every link: whatever a GET or a HEAD asks for, the database stays as it was."""

import re
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import Connection

from alerter.pipeline import weekly
from alerter.store.schema import metadata
from tests.web.house import AUDITED, BASE, MONDAY_NINE, House, new_house
from tests.world.council import ADMINS
from tests.world.office import AS_OF, new_office, row
from tests.world.size import size

MANAGERS, HEADS = size(50, 200), 7
FORBIDDEN = 403
ADDRESSES = re.compile(r'(?:href|src|action)="([^"#]+)"')
LINKS = re.compile(rf"{BASE}/[^\s\"<>]+")


@pytest.fixture(scope="module")
def borough(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[House]:
    """Return a council of so many managers, each with two assessments, after its first run."""
    folder = tmp_path_factory.mktemp("borough")
    shutil.copy(migrated_file, folder / "alerter.db")
    with closing(new_office(folder)) as office, new_house(office, **AUDITED) as house:
        office.council.directory(
            *({"team": f"Team {number}", "manager_email": f"m{number}@council.example",
               "escalate_to": f"head{number % HEADS}@council.example"} for number in range(MANAGERS))
        )  # fmt: skip
        office.extract(
            *(row(f"A-{number}-{place}", days=27 + place, team=f"Team {number}")
              for number in range(MANAGERS) for place in range(2))
        )  # fmt: skip
        assert weekly.run(house.installation, AS_OF).digests == MANAGERS + HEADS
        yield house


def fingerprint(connection: Connection) -> str:
    """Return a hash of everything that stands in any table."""
    content = sha256()
    for table in metadata.sorted_tables:
        for each in connection.execute(table.select().order_by(*table.primary_key.columns)):
            content.update(repr((table.name, tuple(each))).encode())
    return content.hexdigest()


@contextmanager
def nothing_changed(house: House) -> Iterator[None]:
    """Compare everything that stands in the database before the block and after it."""
    with house.installation.database.read() as connection:
        before = fingerprint(connection)
    yield
    with house.installation.database.read() as connection:
        assert fingerprint(connection) == before


def mailed_links(house: House) -> list[str]:
    """Return every link to the page that stands in any part of any email that was sent."""
    found = []
    for mail in house.office.sent():
        for kind in ("plain", "html"):
            part = mail.get_body(preferencelist=(kind,))
            assert part is not None
            found += [unescape(link) for link in LINKS.findall(part.get_content())]
    return found


def crawl(house: House, start: str) -> set[str]:
    """Ask for *start* and for every address that any page names, by HEAD and by GET; return them."""
    browser, seen, waiting = house.visitor().browser, set(), [start]
    asked = {"REMOTE_ADDR": sha256(start.encode()).hexdigest()}  # each a client of its own
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith("mailto:"):
            continue
        seen.add(path)
        browser.head(path, environ_base=asked).close()
        with browser.get(path, environ_base=asked) as answer:
            text = answer.data.decode(errors="replace")  # a workbook is no text
            waiting += [unescape(address) for address in ADDRESSES.findall(text)]
            waiting += [answer.location] if answer.location else []
    return seen


@pytest.mark.no_cover
def test_no_link_in_any_digest_changes_anything(borough: House) -> None:
    """
    Each is opened as a scanner opens it, and leads to a manager's list, or a service manager's empty one.
    The page that the admins' summary names lets nobody in who has no link of their own.
    """
    every, page = mailed_links(borough), BASE + "/service"
    links = [link for link in every if link != page]
    assert len(every) == len(links) + 2
    assert (len(links), len(set(links))) == (2 * (MANAGERS + HEADS), MANAGERS + HEADS)
    listed = []
    with nothing_changed(borough):
        assert borough.visitor().browser.get("/service").status_code == FORBIDDEN
        for number, link in enumerate(sorted(set(links))):
            visitor, path = borough.visitor(), link.removeprefix(BASE)
            asked = {"REMOTE_ADDR": f"192.0.2.{number}"}
            assert visitor.browser.head(path, environ_base=asked).status_code == 303
            assert visitor.get(path, environ_base=asked).status_code == 200
            listed.append(len(visitor.picks))
    assert (listed.count(2), listed.count(0)) == (MANAGERS, HEADS)


@pytest.mark.no_cover
def test_nothing_that_a_link_leads_to_changes_anything(borough: House) -> None:
    """Every address on every page behind it, the forms' own too, when they are only asked for."""
    with nothing_changed(borough):
        for link in sorted(set(mailed_links(borough)))[:: MANAGERS // 10]:
            seen = crawl(borough, link.removeprefix(BASE))
            assert {"/list", "/leave", "/static/page.css"} <= seen
            assert {"/recorded", "/service"} & seen
            assert "/cover" in seen
            assert {"/extensions", *(path for path in seen if path.startswith("/extensions/"))} & seen
            assert {"/audits", "/static/points.css"} <= seen or "/service" in seen
        for address in (ADMINS, "head3@council.example"):
            seen = crawl(borough, borough.path(address))
            assert {"/service", "/service/open", "/service/open.xlsx", "/service/emails/1"} <= seen
            assert "/service/open?sort=-age" in seen


def test_the_fingerprint_sees_the_smallest_change(borough: House) -> None:
    """One letter in one row, so that the tests above can fail."""
    with borough.installation.database.rehearse() as connection:
        before = fingerprint(connection)
        connection.exec_driver_sql("UPDATE outbox SET reply = reply || '.' WHERE id = 1")
        assert fingerprint(connection) != before


def test_the_same_run_makes_the_same_links(borough: House) -> None:
    """They come from the run, its moment and the recipient: a run rendered again has the same bytes."""
    paths = {
        borough.path(email, made_at=MONDAY_NINE) for email in ("m1@council.example", "M1@council.example")
    }
    assert len(paths) == 1
    assert BASE + paths.pop() in mailed_links(borough)
