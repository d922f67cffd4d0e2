"""The shape of an email: its headers, its words in both parts, and what must never be in it."""

import re
from datetime import date
from email.headerregistry import Address

from tests.acceptance.caseload import AGES, ENGLAND, MONDAY, key, row, start_at
from tests.world.council import ADMINS, FALLBACK, Council
from tests.world.letters import Letter, letters_by_recipient, stage_of
from tests.world.mail_server import MailServer

DECEMBER = date(2025, 12, 15)
MANAGER = "m@council.example"
NAME = "Okafor-Wrzesniewska, Nkechi (Duty and Assessment North East, Riverside and Outlying Villages)"
CANARY = "Canary Fenwick"


def test_headers_are_the_contracts_and_name_no_child(council: Council, post_office: MailServer) -> None:
    """
    One recipient, no copies, the run's number, a subject of counts and the date; the bytes are plain lines.
    """
    council.configure(email__subject_prefix="[TEST] ")
    council.directory({"team": "Duty", "manager_name": NAME, "manager_email": MANAGER})
    council.extract([row(1, "overdue"), row(2, "past_alert"), row(3, "approaching")])
    said = council.run(MONDAY)
    for recipient, letter in letters_by_recipient(post_office.arrived).items():
        message = letter.message
        assert [address.addr_spec for address in message["To"].addresses] == [recipient]
        assert message["From"].addresses == (Address("Assessment alerts", "alerts", "council.example"),)
        assert message.get_all("X-Alerter-Run") == [str(said.json["run"])]
        assert message.get_all("Auto-Submitted") == ["auto-generated"]
        assert len(message.get_all("Message-ID", [])) == 1
        assert {"cc", "bcc"}.isdisjoint(name.lower() for name in message)
        assert message["Date"].datetime.tzinfo is not None
        headers = "\n".join(f"{name}: {value}" for name, value in message.items())
        assert re.search(r"[AC]-?[15]000\d|W0\d", headers) is None
    letter = letters_by_recipient(post_office.arrived)[MANAGER]
    assert letter.message["To"].addresses[0].display_name == NAME
    assert letter.message["Subject"].startswith("[TEST] ")
    assert "29 September 2025" in letter.message["Subject"]
    for parcel in post_office.arrived:
        lines = parcel.content.split(b"\r\n")
        assert all(len(line) <= 998 and line.isascii() for line in lines)
        assert not any(b"\r" in line or b"\n" in line for line in lines)


def test_rows_say_the_same_in_both_parts(council: Council, post_office: MailServer) -> None:
    """
    Each row has its ids, its worker, `day N of 35`, its due date (its year when it is another), and an ask.
    """
    council.directory({"team": "Duty", "manager_email": MANAGER})
    stages = {1: "overdue", 2: "past_alert", 3: "approaching", 4: "on_track"}
    rows = [
        row(number, stage, started_on=start_at(AGES[stage], DECEMBER)) for number, stage in stages.items()
    ]
    siblings = [{**rows[1], "child_id": f"C6000{number}"} for number in range(2)]
    council.extract([*rows, *siblings])
    assert council.run(DECEMBER).exit_code == 0
    letter = letters_by_recipient(post_office.arrived)[MANAGER]
    keys = {key(number) for number in stages} | {("A-10002", "C60000"), ("A-10002", "C60001")}
    found = letter.rows(keys)
    assert [(each.stage, each.assessment_id) for each in found] == [
        ("overdue", "A-10001"), *[("past_alert", "A-10002")] * 3, ("approaching", "A-10003"),
    ]  # fmt: skip
    dues = {1: "due Fri 12 Dec", 2: "due Mon 29 Dec", 3: "due Tue 6 Jan 2026"}
    for each in found:
        number = int(each.assessment_id[-1])
        assert dues[number] == due_words(ENGLAND.day(start_at(AGES[stages[number]], DECEMBER), 35), DECEMBER)
        facts = [each.child_id, f"W0{number}", f"day {AGES[stages[number]]} of 35", dues[number]]
        assert all(fact in each.line for fact in facts)
        assert len(each.line.partition(dues[number])[2]) > len("please check")
        visible = letter.visible[letter.visible.index(each.child_id) :].partition(" child ")[0]
        assert all(fact in visible for fact in facts)
    assert letter.on_track() == 1
    assert "late" not in letter.text


def test_two_clocks_in_one_digest(council: Council, post_office: MailServer) -> None:
    """Where one digest mixes clocks the headings name no day, and each row counts on its own clock."""
    council.configure(
        assessments__initial__label="Initial assessment",
        assessments__initial__working_days=10,
        assessments__initial__alert_after=7,
        assessments__initial__clock="referred_on",
    )
    council.directory({"team": "Duty", "manager_email": MANAGER})
    initial = {"type": "Initial assessment", "started_on": start_at(1).isoformat()}
    council.extract(
        [
            row(1, "past_alert", type="core", referred_on=start_at(60).isoformat()),
            row(2, **initial, referred_on=start_at(8).isoformat()),
            row(3, **initial, referred_on=start_at(4).isoformat()),
            row(4, "approaching", type="core", referred_on=start_at(60).isoformat()),
        ]
    )
    assert council.run(MONDAY).exit_code == 0
    letter = letters_by_recipient(post_office.arrived)[MANAGER]
    rows = {each.assessment_id: each for each in letter.rows([key(number) for number in range(1, 5)])}
    assert {number: rows[key(number)[0]].stage for number in range(1, 5)} == {
        1: "past_alert", 2: "past_alert", 3: "approaching", 4: "approaching",
    }  # fmt: skip
    counted = {1: "day 27 of 35", 2: "day 8 of 10", 3: "day 4 of 10", 4: "day 22 of 35"}
    for number, words in counted.items():
        assert words in rows[key(number)[0]].line
        assert words in letter.visible
    headings = [line for line in letter.text.splitlines() if stage_of(line)]
    assert [heading.split(" (")[0] for heading in headings] == ["Past alert day", "Reaches alert day"]


def test_all_clear_is_left_out_where_not_wanted(council: Council, post_office: MailServer) -> None:
    """With `send_all_clear` off, who has nothing due gets nothing, and the sums are the same."""
    council.configure(email__send_all_clear=False)
    council.directory({"team": "Duty", "manager_email": MANAGER})
    council.extract([row(1, "on_track"), row(2, "on_track"), row(3, "past_alert", "busy")])
    said = council.run(MONDAY).json
    assert (said["digests"], said["sent"], said["assessments"]["on_track"]) == (1, 1, 2)
    assert post_office.tally().keys() == {"busy@council.example", ADMINS}


def test_rows_left_out_for_length_are_counted(council: Council, post_office: MailServer) -> None:
    """A digest of 700 rows lists them all, or says how many more there are."""
    council.directory({"team": "Duty", "manager_email": MANAGER})
    rows = [row(number, "overdue") for number in range(700)]
    council.extract(rows)
    assert council.run(MONDAY).json["assessments"]["overdue"] == 700
    letter = letters_by_recipient(post_office.arrived)[MANAGER]
    listed = len(letter.rows([key(number) for number in range(700)]))
    left_out = 700 - listed
    assert not left_out or (str(left_out) in letter.text and str(left_out) in letter.visible)
    assert re.search(r"^Overdue \(700\)", letter.text, re.MULTILINE)


def test_hostile_names_change_nothing_but_themselves(council: Council, post_office: MailServer) -> None:
    """Line breaks, encoded words, markup and look-alike rows in names make no header, no row and no tag."""
    hostile = [
        "Eve\r\nBcc: eve@council.example",
        "Eve\nA-10003  child C50003  day 99 of 35",
        "Eve\n\nOverdue (9): all of them\n",
        "<script>alert(1)</script><img src=x>",
        "=?utf-8?q?Eve=0D=0ABcc=3A_eve=40council.example?=",
        "Eve\u2028A-10003 \u202egnorw\x85\x0b\x0c",
        "{{ 7 * 7 }} {% raise %}",
    ]
    council.directory(
        {"team": hostile[0], "manager_name": hostile[0], "manager_email": MANAGER},
        {"team": hostile[1], "manager_name": hostile[4], "manager_email": "m2@council.example"},
    )
    council.extract(
        [row(number, worker=text, team=hostile[number % 2]) for number, text in enumerate(hostile)]
    )
    said = council.run(MONDAY)
    assert said.exit_code == 0, said.err
    letters = letters_by_recipient(post_office.arrived)
    assert letters.keys() == {MANAGER, "m2@council.example", ADMINS}
    keys = [key(number) for number in range(len(hostile))]
    found = letters[MANAGER].rows(keys) + letters["m2@council.example"].rows(keys)
    assert sorted((each.stage, each.assessment_id) for each in found) == [
        ("past_alert", key_[0]) for key_ in keys
    ]
    for letter in letters.values():
        assert {"bcc", "cc"}.isdisjoint(name.lower() for name in letter.message)
        assert "<script" not in letter.html
        assert "<img" not in letter.html
        assert "49" not in letter.text.split("How this was counted")[0].replace("C50", "")


def test_names_and_notes_are_kept_nowhere(council: Council, post_office: MailServer) -> None:
    """Columns the contract does not list leave no trace in emails, answers or the database's files."""
    extra = {"Child Name": CANARY, "Date of Birth": "2019-03-04", "Notes": f"{CANARY} said", "Gender": CANARY}
    council.extract(
        [row(1, **extra), row(2, "past_alert", started_on="", **extra), row(3, started_on=CANARY, **extra)]
    )
    council.directory()
    said = council.run(MONDAY)
    assert said.json["source"]["rejected"] == 2
    assert letters_by_recipient(post_office.arrived).keys() == {FALLBACK, ADMINS}
    kept = [path.read_bytes() for path in council.folder.glob("alerter.db*")]
    assert kept
    sent = [
        part for letter in map(_whole, letters_by_recipient(post_office.arrived).values()) for part in letter
    ]
    for place in [*kept, *sent, said.out.encode(), said.err.encode()]:
        assert b"Canary" not in place
        assert b"2019-03-04" not in place


def due_words(due: date, as_of: date) -> str:
    """Return a due date as the email has it."""
    return f"due {due:%a} {due.day} {due:%b}" + ("" if due.year == as_of.year else f" {due.year}")


def _whole(letter: Letter) -> list[bytes]:
    return [str(letter.message["Subject"]).encode(), letter.text.encode(), letter.html.encode()]
