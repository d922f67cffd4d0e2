"""The page as a manager meets it: in a browser, from a real email, with keyboard and screen reader."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from email import message_from_bytes, policy
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from alerter.app.logs import open_journal
from alerter.pipeline.weekly import sync_only
from alerter.web.server import listening
from tests.web.house import AUDITED, LINDQVIST, OKAFOR, SERVICE_MANAGER, House, new_house
from tests.world.browser import DESKTOP, HEIGHT, PHONE, opened
from tests.world.council import ADMINS
from tests.world.mail_server import HOST, MailServer, free_port
from tests.world.office import Office, row

AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LINK = re.compile(r"Record what you have checked: (\S+) ")
FOCUS = """selector => {
    const here = document.activeElement, style = getComputedStyle(here)
    const isSeen = style.outlineStyle !== 'none' || style.boxShadow !== 'none'
    return [here.id || here.textContent.trim(), isSeen, here.matches(selector)]
}"""
MONDAY = date(2009, 11, 30)


@contextmanager
def served(office: Office, **changes: object) -> Iterator[tuple[House, str]]:
    """Give a council whose page is served to browsers, and its address."""
    port = free_port()
    base = f"http://{HOST}:{port}"
    with new_house(office, web__base_url=base, **changes) as house:
        journal = open_journal(house.log, "text", "alerter.house")
        with listening(house.installation, journal, HOST, port) as server:
            Thread(target=server.run, daemon=True).start()
            yield house, base


def open_list(page: Page, house: House, base: str, email: str = OKAFOR) -> None:
    """Open somebody's link."""
    page.goto(
        house.path(email).removeprefix(base) if email == "" else base + house.path(email).removeprefix(base)
    )


def faults(page: Page) -> list[str]:
    """Return what axe finds wrong on the page, each with the elements it is about."""
    found = AXE.run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found]


def letter(post: MailServer, to: str) -> str:
    """Return the text of the last email that somebody received."""
    parcel = [each for each in post.arrived if each.recipient == to][-1]
    part = message_from_bytes(parcel.content, policy=policy.default).get_body(preferencelist=("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_from_the_email_to_the_next_ones(office: Office, browser: Browser) -> None:
    """
    The link in a received email opens the list; two are reassured; the next digest says so; when the
    promise has passed they are asked for again.
    """
    with (
        MailServer() as post,
        served(office, email__transport="smtp", email__folder=None, email__smtp__port=post.port) as (
            house,
            _,
        ),
        opened(browser) as page,
    ):
        house.run()
        link = LINK.search(letter(post, OKAFOR))
        assert link is not None
        page.goto(link[1])
        assert page.get_by_role("heading", level=1).inner_text() == "4 assessments need you"
        for id_ in ("A-3", "A-4"):
            page.get_by_role("checkbox", name=id_).check()
        page.get_by_label("Sign-off expected by: all you ticked").fill(MONDAY.isoformat())
        page.get_by_label("Reason, if there is one: all you ticked").select_option("partner")
        page.get_by_role("button", name="Save").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Recorded"
        assert page.get_by_role("button", name="Undo").count() == 2

        house.hands.at += timedelta(weeks=1)
        assert house.run()["reassured"] == 2
        said = letter(post, OKAFOR)
        assert "Reassured (2)" in said
        assert "reassured by you on Mon 23 Nov: expected Mon 30 Nov" in said
        assert "partner" not in said

        house.hands.at += timedelta(weeks=1)
        assert house.run()["reassured"] == 0
        assert "promised by Mon 30 Nov, not finished" in letter(post, OKAFOR)
        link = LINK.search(letter(post, OKAFOR))
        assert link is not None
        page.goto(link[1])
        assert page.get_by_text("Promised by Mon 30 Nov, not finished.").count() == 2


def list_(page: Page, house: House, base: str) -> None:
    """A list with fields open, and something reassured."""
    open_list(page, house, base)
    page.locator("#pick-2").check()
    page.locator("#expected-2").fill("2009-11-27")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Back to your list").click()
    page.locator("#pick-1").check()


def fault(page: Page, house: House, base: str) -> None:
    """A list on which a day was forgotten."""
    open_list(page, house, base)
    page.locator("#pick-1").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("there is a problem").wait_for()


def recorded(page: Page, house: House, base: str) -> None:
    """What was recorded, one of it withdrawn."""
    list_(page, house, base)
    page.goto(f"{base}/recorded")


def service(page: Page, house: House, base: str) -> None:
    """All teams, with everything unfolded."""
    house.run()
    open_list(page, house, base, ADMINS)
    for each in page.locator("summary").all():
        each.click()


def question(page: Page, house: House, base: str) -> None:
    """A list that asks whether a day is meant."""
    open_list(page, house, base)
    page.locator("#pick-2").check()
    page.locator("#expected-2").fill("2010-02-06")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Nothing has been saved yet").wait_for()


def covers(page: Page, house: House, base: str) -> None:
    """Somebody else's cover and a form with a fault, as a service manager has it."""
    open_list(page, house, base, SERVICE_MANAGER)
    page.get_by_role("link", name="Cover", exact=True).click()
    page.get_by_label("Who is away").select_option(OKAFOR)
    page.get_by_label("Who stands in").select_option(LINDQVIST)
    page.get_by_label("Last day").fill("2009-12-04")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("stands in for N. Okafor").first.wait_for()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("there is a problem").wait_for()


def extension(page: Page, house: House, base: str) -> None:
    """A form with a fault, of what was extended before."""
    open_list(page, house, base)
    for _ in range(2):
        page.goto(f"{base}/list")
        page.get_by_role("link", name="Extension A-2").click()
        page.get_by_label("It may take until").fill("2009-12-04")
        page.get_by_label("Reason").select_option("partner")
        page.get_by_role("button", name="Authorise").click()
        page.get_by_text("Extended until").wait_for()
        house.hands.at += timedelta(minutes=1)
    page.goto(f"{base}/extensions/2")
    page.get_by_role("button", name="Authorise").click()
    page.get_by_text("there is a problem").wait_for()


def extensions(page: Page, house: House, base: str) -> None:
    """What a service manager may extend."""
    open_list(page, house, base, SERVICE_MANAGER)
    page.get_by_role("link", name="Extensions", exact=True).click()


def welsh_covers(page: Page, house: House, base: str) -> None:
    """The page of covers in Welsh."""
    open_list(page, house, base, ADMINS)
    page.get_by_role("link", name="Cyflenwi", exact=True).click()


def open_assessments(page: Page, house: House, base: str) -> None:
    """The open assessments of all teams, filtered and sorted."""
    open_list(page, house, base, ADMINS)
    page.get_by_role("link", name="Open assessments").click()
    page.get_by_label("Team").select_option("North")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Working day").click()


def emails(page: Page, house: House, base: str) -> None:
    """The runs, all of them sent."""
    house.run()
    open_list(page, house, base, ADMINS)
    page.get_by_role("link", name="Who was emailed what").click()


def emails_of(page: Page, house: House, base: str) -> None:
    """The emails of one run, with everything unfolded."""
    emails(page, house, base)
    page.get_by_role("link", name="Mon 23 Nov").click()
    for summary in page.locator("summary").all():
        summary.click()


def audits(page: Page, house: House, base: str) -> None:
    """What may be audited."""
    open_list(page, house, base)
    page.get_by_role("link", name="Audits", exact=True).click()


def audit(page: Page, house: House, base: str) -> None:
    """A form with points, its total, and what was given before."""
    open_list(page, house, base)
    page.get_by_role("link", name="Audit A-3").click()
    page.get_by_label("Child seen").select_option("50")
    page.get_by_label("Plan").select_option("24")
    page.get_by_role("button", name="Record the audit").click()
    page.locator("summary").click()
    page.get_by_label("Child seen").select_option("60")
    page.get_by_role("button", name="Work out the total").click()
    page.locator("#sum").wait_for()


def unfinished_audit(page: Page, house: House, base: str) -> None:
    """A form with a criterion forgotten."""
    audits(page, house, base)
    page.get_by_role("link", name="Audit A-3").click()
    page.get_by_role("button", name="Record the audit").click()
    page.get_by_text("there is a problem").wait_for()


def stale(page: Page, house: House, base: str) -> None:
    """A link that no longer opens anything, and an address that is none."""
    page.goto(f"{base}/r/wrong")
    page.get_by_role("button", name="Send me a link").click()


def others(page: Page, house: House, base: str) -> None:
    """Where a link was asked for."""
    page.goto(f"{base}/asked")


def nowhere(page: Page, house: House, base: str) -> None:
    """A page that does not exist."""
    page.goto(f"{base}/nowhere")


PAGES = (
    list_, fault, question, recorded, covers, welsh_covers, extension, extensions, service, open_assessments,
    emails, emails_of, audits, audit, unfinished_audit, stale, others, nowhere,
)  # fmt: skip


@pytest.mark.parametrize("go", PAGES)
def test_every_page_is_accessible(office: Office, browser: Browser, go: object) -> None:
    """
    Axe finds nothing by WCAG 2.2 AA, in light and dark, on a phone and a desktop; and nothing is cut off.
    """
    assert callable(go)
    language = "cy" if go is welsh_covers else "en"
    with served(office, **AUDITED, email__language=language) as (house, base), opened(browser) as page:
        go(page, house, base)
        for width in (PHONE, DESKTOP):
            for is_dark in (False, True):
                page.set_viewport_size({"width": width, "height": HEIGHT})
                page.emulate_media(color_scheme="dark" if is_dark else "light")
                assert faults(page) == [], (go.__name__, width, is_dark)
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, (go.__name__, width, wide)


def test_axe_would_find_a_fault(office: Office, browser: Browser) -> None:
    """A field without its label, so that the tests above can fail."""
    with served(office) as (house, base), opened(browser) as page:
        open_list(page, house, base)
        page.evaluate("document.querySelector('label[for=expected-all]').remove()")
        assert any(each.startswith("label:") for each in faults(page))


def tab(page: Page, selector: str) -> list[str]:
    """Press Tab until what is meant has the focus; return what had it meanwhile, each seen to have it."""
    walked: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name, is_seen, is_there = page.evaluate(FOCUS, selector)
        walked.append(name)
        assert is_seen, name
        if is_there:
            return walked
    raise AssertionError(f"{selector} was not reached: {walked}")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_service_pages_are_read_by_keyboard_alone(office: Office, browser: Browser, width: int) -> None:
    """From the teams to their open assessments, filtered and sorted, and to what one run emailed to whom."""
    with served(office, email__language="cy") as (house, base), opened(browser, width=width) as page:
        house.run()
        open_list(page, house, base, SERVICE_MANAGER)

        def open_(link: str, heading: str) -> None:
            tab(page, f"a[href='{link}']")
            page.keyboard.press("Enter")
            page.get_by_role("heading", name=heading).wait_for()

        open_("/service/open", "Asesiadau agored")
        tab(page, "#stage")
        page.keyboard.type("Wedi")
        tab(page, ".filters button")
        page.keyboard.press("Enter")
        page.get_by_text("2 asesiad agored").wait_for()
        tab(page, "th a[href*='sort=age']")
        page.keyboard.press("Enter")
        page.locator("th[aria-sort=ascending]").wait_for()
        assert page.locator("tbody b").all_inner_texts() == ["A-3", "A-2"]
        assert faults(page) == []
        page.goto(f"{base}/service")
        open_("/service/emails", "Pwy gafodd ba e-bost")
        open_("/service/emails/1", "E-byst Llun 23 Tach")
        tab(page, "details:nth-of-type(2) summary")
        page.keyboard.press("Enter")
        page.get_by_text("A-2, plentyn 92").wait_for()
        assert faults(page) == []


def test_a_list_is_answered_by_keyboard_alone(office: Office, browser: Browser) -> None:
    """Skip link, tick, day, save, undo: each is reached by Tab in the order of the page, and seen to be."""
    with served(office) as (house, base), opened(browser) as page:
        open_list(page, house, base)
        walked = []

        def tab_to(selector: str) -> None:
            walked.extend(tab(page, selector))

        tab_to(".skip")
        page.keyboard.press("Enter")
        tab_to("#pick-2")
        page.keyboard.press("Space")
        tab_to("#expected-2")
        page.keyboard.type("12122009")  # the same in every order of day and month
        tab_to("#note-2")
        page.keyboard.type("nearly done")
        tab_to(".save button")
        page.keyboard.press("Enter")
        page.get_by_text("Nothing has been saved yet").wait_for()  # a Saturday, and past the due date
        tab_to(".save button")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Recorded").wait_for()
        assert walked[0] == "Skip to the content"
        assert "expected-1" not in walked
        assert house.latest() == {2: (OKAFOR, "2009-12-12")}
        tab_to("button.second")
        page.keyboard.press("Enter")
        page.get_by_text("Withdrawn at").wait_for()
        assert house.latest() == {}


def test_cover_is_set_and_ended_by_keyboard_alone(office: Office, browser: Browser) -> None:
    """From the list to the page, through its fields, and back out of the cover; on a phone."""
    with served(office) as (house, base), opened(browser, width=PHONE) as page:
        open_list(page, house, base)

        def tab_to(selector: str) -> None:
            for _ in range(40):
                page.keyboard.press("Tab")
                name, is_seen, is_there = page.evaluate(FOCUS, selector)
                assert is_seen, name
                if is_there:
                    return
            raise AssertionError(selector)

        tab_to("nav a[href='/cover']")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Who stands in").wait_for()
        tab_to("#cover")
        page.keyboard.type("S. Lind")
        tab_to("#until")
        page.keyboard.type("12122009")
        tab_to(".save button")
        page.keyboard.press("Enter")
        page.get_by_text("S. Lindqvist stands in for N. Okafor").first.wait_for()
        tab_to("button.second")
        page.keyboard.press("Enter")
        page.get_by_text("No cover stands").wait_for()
        assert [act for _, act, _ in house.acts()] == ["covered", "ended_cover"]


def total_shown(page: Page) -> str:
    """Return the running total as a screen reader reads it, where the style sheet has counted it."""
    session = page.context.new_cdp_session(page)
    texts: list[str] = []
    while "Total: " not in texts:  # a busy browser builds the tree a moment after the page
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        texts = [each["name"]["value"] for each in nodes if each.get("role", {}).get("value") == "StaticText"]
    place = texts.index("Total: ")
    return "".join(texts[place : place + 3])


def test_the_total_runs_along_without_a_script(office: Office, browser: Browser) -> None:
    """Each choice counts at once, a changed one anew; the server's sum is the same."""
    with served(office, **AUDITED) as (house, base), opened(browser, width=PHONE) as page:
        audits(page, house, base)
        page.get_by_role("link", name="Audit A-3").click()
        page.get_by_label("Child seen").wait_for()
        assert total_shown(page) == "Total: 0 of 100"
        page.get_by_label("Child seen").select_option("50")
        page.get_by_label("Plan").select_option("24")
        assert total_shown(page) == "Total: 74 of 100"
        page.get_by_label("Child seen").select_option("60")
        assert total_shown(page) == "Total: 84 of 100"
        page.get_by_role("button", name="Work out the total").click()
        page.get_by_text("84 of 100: passes").wait_for()
        assert total_shown(page) == "Total: 84 of 100"
        page.get_by_role("button", name="Record the audit").click()
        page.get_by_text("Recorded: 84 of 100.").wait_for()
        assert page.locator("script").count() == 0


def test_a_fault_leads_to_its_field(office: Office, browser: Browser) -> None:
    """The summary stands first and links to what is wrong; what was filled in is still there."""
    with served(office) as (house, base), opened(browser, width=PHONE) as page:
        open_list(page, house, base)
        page.locator("#pick-3").check()
        page.locator("#note-3").fill("kept")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("link", name="A-3, child 93: Enter the day").click()
        assert page.locator(":focus").get_attribute("id") == "expected-3"
        assert page.locator("#note-3").input_value() == "kept"
        assert page.title().startswith("Error: ")


def test_the_page_loads_nothing_from_elsewhere(office: Office, browser: Browser) -> None:
    """And the browser has nothing to say against its own headers."""
    with served(office) as (house, base), opened(browser) as page:
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        list_(page, house, base)
        assert asked
        assert all(url.startswith(f"{base}/") for url in asked)
        assert complaints == []
        referred = [request for request in asked if "/r/" in request]
        assert len(referred) == 1


def test_a_long_list_says_what_it_leaves_out(office: Office, browser: Browser) -> None:
    """Two hundred are there at once; the others follow when these are answered."""
    with served(office) as (house, base), opened(browser) as page:
        office.extract(*(row(f"A-{number:03}", days=30) for number in range(203)))
        sync_only(house.installation)
        open_list(page, house, base)
        assert page.locator("input[name=pick]").count() == 200
        assert page.get_by_text("And 3 more, which follow once these are answered.").count() == 1
