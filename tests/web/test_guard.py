"""What protects each page: its headers, the form's token, limits, and silence about what went wrong."""

from datetime import timedelta

import pytest

from alerter.web.application import LARGEST_FORM
from alerter.web.guard import CONTENT_POLICY, MOST_CLIENTS, Limit
from alerter.web.site import MOST_A_MINUTE
from tests.web.house import LINDQVIST, OKAFOR, SERVICE_MANAGER, Hands, House, new_house
from tests.world.office import Office

OWN = ("/list", "/recorded", "/cover", "/extensions", "/extensions/1", "/link", "/asked", "/nowhere")
SERVICE = (
    "/service", "/service/open", "/service/emails", "/service/emails/1", "/service/open.csv",
    "/service/open.xlsx",
)  # fmt: skip
PATHS = (*OWN, *SERVICE, "/", "/r/wrong", "/static/page.css")
FRIDAY = "2009-11-27"


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_protected(house: House, path: str) -> None:
    """Nothing is loaded from elsewhere, framed, kept or referred to, and the server does not name itself."""
    for visitor in (house.visitor(), house.inside(OKAFOR)):
        with visitor.browser.get(path) as answer:
            headers = answer.headers
        assert headers["Content-Security-Policy"] == CONTENT_POLICY
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store" or path == "/static/page.css"
        assert "Strict-Transport-Security" not in headers


def test_pages_hold_neither_script_nor_style_nor_foreign_address(house: House) -> None:
    """The policy of the headers costs nothing, for there is nothing that it stops."""
    house.run()
    managers = dict.fromkeys(OWN, OKAFOR)
    for path, email in (managers | dict.fromkeys(SERVICE[:4], SERVICE_MANAGER)).items():
        text = house.inside(email).get(path).text
        assert not any(
            word in text for word in ("<script", "style=", "onclick", "http://", "https://", "@import")
        )


def test_over_https_the_cookie_never_goes_in_clear(office: Office) -> None:
    """It is the host's alone, unseen by scripts, and does not come along from other sites' forms."""
    with new_house(office, web__base_url="https://alerts.council.example") as house:
        path = house.path(OKAFOR).removeprefix("https://alerts.council.example")
        answer = house.visitor().browser.get(path, base_url="https://alerts.council.example")
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-alerter=")
        assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


FORMS = ("/list", "/undo", "/link", "/leave", "/cover", "/cover/end", "/extensions/1", "/extensions/undo")


@pytest.mark.parametrize("token", ["", "made up", "é"])
@pytest.mark.parametrize("path", [*FORMS, "/nowhere"])
def test_a_form_without_its_token_is_refused(house: House, path: str, token: str) -> None:
    """Another site can make a browser send a form, but not with the token that only our page holds."""
    visitor = house.inside(OKAFOR)
    page = visitor.post(path, token=token, pick=1, reassurance=1, email=OKAFOR, expected_all=FRIDAY)
    assert page.status_code == 400
    assert "Please open the page again" in visitor.text
    assert house.acts() == []
    assert visitor.get("/list").status_code == 200


def test_a_token_is_good_in_its_own_browser_alone(house: House) -> None:
    """One manager's form does not work with another's cookie."""
    theirs = house.inside(LINDQVIST).token
    visitor = house.inside(OKAFOR)
    assert visitor.post("/list", token=theirs, pick=1, expected_all=FRIDAY).status_code == 400


@pytest.mark.parametrize(("site", "status"), [("cross-site", 400), ("same-site", 400), ("same-origin", 303)])
def test_a_browser_that_says_the_form_is_from_elsewhere_is_believed(
    house: House, site: str, status: int
) -> None:
    """Even with the right token."""
    visitor = house.inside(OKAFOR)
    filled = {"csrf": visitor.token, "pick": 1, "expected-all": FRIDAY}
    answer = visitor.browser.post("/list", data=filled, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == status


def test_a_form_that_is_too_large_is_refused(house: House) -> None:
    """Before it is read."""
    visitor = house.inside(OKAFOR)
    page = visitor.post("/list", pick=1, note_1="x" * LARGEST_FORM)
    assert page.status_code == 413
    assert "That was too much at once" in visitor.text


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_page_takes_no_other_method(house: House, method: str) -> None:
    """What is only looked at cannot be sent to."""
    visitor = house.inside(OKAFOR)
    answer = getattr(visitor.browser, method)("/service", data={"csrf": visitor.token})
    assert answer.status_code in (404, 405)
    assert "There is no such page" in answer.text


def test_a_flood_is_stemmed_for_its_client_alone(house: House) -> None:
    """After some hundred requests within a minute there are no more, until the minute is over."""
    browser = house.visitor().browser
    codes = [browser.get("/link").status_code for _ in range(MOST_A_MINUTE + 1)]
    assert (codes[-2:], set(codes[:-1])) == ([200, 429], {200})
    assert browser.get("/link", environ_base={"REMOTE_ADDR": "10.0.0.7"}).status_code == 200
    house.hands.at += timedelta(minutes=1)
    assert browser.get("/link").status_code == 200


def test_behind_a_named_proxy_the_client_counts(office: Office) -> None:
    """The last address that is no proxy of ours; what a client writes before it changes nothing."""
    with new_house(office, web__trusted_proxies=["10.0.0.9", "10.0.0.10"]) as house:
        browser = house.visitor().browser

        def ask(forwarded: str, peer: str = "10.0.0.9") -> int:
            headers = {"X-Forwarded-For": forwarded} if forwarded else {}
            asked = browser.get("/link", environ_base={"REMOTE_ADDR": peer}, headers=headers)
            return int(asked.status_code)

        for number in range(MOST_A_MINUTE):
            ask(f"192.0.2.{number % 250}, 198.51.100.7, 10.0.0.10")
        assert ask("198.51.100.7") == 429
        assert ask("198.51.100.8") == 200
        assert ask("198.51.100.7", peer="10.0.0.8") == 200
        assert ask("") == ask("10.0.0.10") == 200


def test_a_limit_forgets_whoever_has_gone(house: House) -> None:
    """Memory does not grow with the number of clients, nor do those present get a fresh start for it."""
    hands = Hands()
    limit = Limit(1, timedelta(minutes=1), lambda: hands.at)
    assert all(limit.allows(str(number)) for number in range(MOST_CLIENTS))
    hands.at += timedelta(minutes=2)
    assert limit.allows("present")
    assert not limit.allows("present")
    assert limit.allows("0")
    assert all(limit.allows(f"more {number}") for number in range(MOST_CLIENTS))


def test_a_fault_of_ours_shows_nothing_of_itself(house: House) -> None:
    """Neither on the page nor in the log is there more than that it happened."""
    visitor = house.inside(OKAFOR)
    with house.installation.database.write() as connection:
        connection.exec_driver_sql("UPDATE assessments SET clock_on = 'of child 92'")
    assert visitor.get("/list").status_code == 500
    assert "Something went wrong here" in visitor.text
    assert "of child" not in visitor.text
    assert "page_failed page=own_list fault=ValueError" in house.log.getvalue()
    assert "of child" not in house.log.getvalue()


def test_a_fault_that_an_operator_can_mend_is_told_in_the_log(house: House) -> None:
    """In the sentence that every command would say."""
    visitor = house.inside(OKAFOR)
    with house.installation.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE reassurances RENAME TO elsewhere")
    assert visitor.get("/list").status_code == 500
    assert "reassurances" not in visitor.text
    assert 'cannot be used: no such table: reassurances."' in house.log.getvalue()


def test_the_log_tells_nothing_of_anybody(house: House) -> None:
    """A page's name, how it was asked for and how it went; no id, address, link or note."""
    visitor = house.inside(OKAFOR)
    visitor.post("/list", pick=house.numbers()["A-2"], expected_all=FRIDAY, note_2="a remark")
    visitor.post("/undo", reassurance=1)
    visitor.get("/service")
    log = house.log.getvalue()
    assert "page=answer method=POST status=303" in log
    told = ("A-2", "92", "okafor", "council.example", "remark", house.path(OKAFOR)[3:20], "127.0.0.1")
    assert not any(word in log for word in told)
