"""What is sent, sent again, owed, refused: the weekly job against a mail server with moods."""

from collections import Counter
from pathlib import Path

from tests.acceptance.caseload import MONDAY, managed
from tests.world.council import ADMINS, Council
from tests.world.letters import is_word_of, read
from tests.world.mail_server import DROP, LATER, LATER_AT_DOT, NEVER, NEVER_AT_DOT, MailServer, free_port


def test_second_run_sends_nothing(council: Council, post_office: MailServer) -> None:
    """The send date has its run: `already_done`, exit 0, no email more."""
    managers = managed(council, 3)
    first = council.run(MONDAY)
    sent = list(post_office.arrived)
    second = council.run(MONDAY)
    assert (first.exit_code, first.json["state"]) == (0, "done")
    assert (second.exit_code, second.json["state"]) == (0, "already_done")
    assert second.json["run"] == first.json["run"]
    assert post_office.arrived == sent
    assert post_office.tally() == Counter([*managers, ADMINS])


def test_two_runs_at_once_send_each_digest_once(council: Council, post_office: MailServer) -> None:
    """
    On a new database one process prepares and the other helps deliver: `done`, `already_done`, both exit 0.
    """
    managers = managed(council, 25)
    both = [council.start("run", "--as-of", MONDAY, "--json") for _ in range(2)]
    said = [process.ended() for process in both]
    assert [each.exit_code for each in said] == [0, 0], [each.err for each in said]
    assert sorted(each.json["state"] for each in said) == ["already_done", "done"]
    assert post_office.tally() == Counter([*managers, ADMINS])
    status = council.alerter("status", "--json").json
    assert (status["last_run"]["state"], status["owed"]) == ("done", 0)


def test_deferred_stays_owed_and_is_sent_later_unchanged(tmp_path: Path) -> None:
    """A 451, to RCPT or to the dot, leaves the message owed; `deliver` sends the same bytes later."""
    script = {"m00@council.example": [LATER], "m01@council.example": [LATER_AT_DOT]}
    with MailServer(to=script) as post_office:
        council = _council(tmp_path, post_office.port)
        managers = managed(council, 4)
        said = council.run(MONDAY)
        assert (said.exit_code, said.json["state"]) == (1, "undelivered")
        assert [said.json[key] for key in ("digests", "sent", "deferred", "refused")] == [4, 2, 2, 0]
        assert post_office.tally() == Counter([*managers[2:], ADMINS])
        _assert_summary_names(post_office, managers[:2], "owed")
        owing = council.alerter("status", "--json")
        assert (owing.json["owed"], owing.json["last_run"]["state"]) == (2, "undelivered")
        tried_at_dot = next(parcel for parcel in post_office.seen if parcel.recipient == managers[1])

        assert council.alerter("deliver").exit_code == 0
        assert {each: post_office.tally()[each] for each in managers} == dict.fromkeys(managers, 1)
        later = next(parcel for parcel in post_office.arrived if parcel.recipient == managers[1])
        assert later.content == tried_at_dot.content


def test_refused_is_told_to_the_admins_and_never_tried_again(tmp_path: Path) -> None:
    """A 550, to RCPT or to the dot, is final: exit 1, the summary names it, and `deliver` leaves it alone."""
    script = {"m00@council.example": [NEVER], "m01@council.example": [NEVER_AT_DOT]}
    with MailServer(to=script) as post_office:
        council = _council(tmp_path, post_office.port)
        managers = managed(council, 3)
        said = council.run(MONDAY)
        assert (said.exit_code, said.json["state"]) == (1, "undelivered")
        assert [said.json[key] for key in ("digests", "sent", "deferred", "refused")] == [3, 1, 0, 2]
        _assert_summary_names(post_office, managers[:2], "refused")
        arrived = list(post_office.arrived)
        council.alerter("deliver")
        assert post_office.arrived == arrived
        status = council.alerter("status", "--json").json
        assert (status["owed"], status["last_run"]["state"]) == (0, "undelivered")


def test_server_down_owes_everything_and_deliver_sends_it(cut_off: Council) -> None:
    """
    Nothing is lost while the server is down; `deliver` sends every digest once, and the admins hear of it.
    """
    managers = managed(cut_off, 5)
    said = cut_off.run(MONDAY)
    assert (said.exit_code, said.json["state"]) == (1, "undelivered")
    assert [said.json[key] for key in ("digests", "sent", "deferred", "refused")] == [5, 0, 5, 0]
    with MailServer(port=cut_off.port) as post_office:
        assert cut_off.alerter("deliver").exit_code == 0
    tally = post_office.tally()
    assert {each: tally[each] for each in managers} == dict.fromkeys(managers, 1)
    assert tally[ADMINS] >= 1
    summary = [read(parcel) for parcel in post_office.arrived if parcel.recipient == ADMINS][-1]
    assert all(is_word_of(each, summary.text) for each in managers)


def test_lost_reply_is_resent_with_the_same_bytes(tmp_path: Path) -> None:
    """
    With `unknown_outcome = "resend"` the same message goes once more with each command until it is answered.
    """
    with MailServer(to={"m01@council.example": [DROP], "m02@council.example": [DROP, DROP]}) as post_office:
        council = _council(tmp_path, post_office.port)
        managers = managed(council, 3)
        council.run(MONDAY)
        council.alerter("deliver")
        for manager in managers[1:]:
            copies = [parcel for parcel in post_office.seen if parcel.recipient == manager]
            assert len(copies) == 2
            assert copies[0].content == copies[1].content
        assert [post_office.tally()[each] for each in managers] == [1, 1, 0]
        assert council.alerter("status", "--json").exit_code == 1


def test_reply_that_never_comes_is_left_to_a_person(tmp_path: Path) -> None:
    """
    After five sendings each command ends 1, names message and command, and `resend` sends the same bytes.
    """
    with MailServer(to={"m01@council.example": [DROP] * 5}) as post_office:
        council = _council(tmp_path, post_office.port)
        managed(council, 2)
        council.run(MONDAY)
        for _ in range(4):
            assert council.alerter("deliver").exit_code == 1
        command = 'alerter resend 1 m01@council.example --reason "..."'
        for again in (["deliver"], ["run", "--as-of", str(MONDAY)], ["status"]):
            said = council.alerter(*again)
            assert (said.exit_code, command in said.out + said.err) == (1, True)
        assert command in read(post_office.arrived[-1]).text
        assert council.alerter("resend", "1", "m01@council.example", "--reason", "asked him").exit_code == 0
        copies = [each.content for each in post_office.seen if each.recipient == "m01@council.example"]
        assert (len(copies), len(set(copies))) == (6, 1)
        assert council.alerter("deliver").exit_code == 0


def test_lost_reply_waits_for_a_person_where_told_to(tmp_path: Path) -> None:
    """With `unknown_outcome = "hold"` nothing goes twice, and `status` says that something is stuck."""
    with MailServer(to={"m01@council.example": [DROP]}) as post_office:
        council = _council(tmp_path, post_office.port, delivery__unknown_outcome="hold")
        managers = managed(council, 2)
        assert council.run(MONDAY).exit_code == 1
        council.alerter("deliver")
        assert [parcel.recipient for parcel in post_office.seen].count(managers[1]) == 1
        assert council.alerter("status", "--json").exit_code == 1


def test_killed_sender_loses_nothing(tmp_path: Path) -> None:
    """
    A process killed before it handed a message over leaves it to the next, which sends each digest once.
    """
    running = []

    def kill_at_third(recipient: str) -> None:
        if recipient == "m02@council.example" and running:
            running.pop().kill()

    with MailServer(on_rcpt=kill_at_third) as post_office:
        council = _council(tmp_path, post_office.port)
        managers = managed(council, 5)
        killed = council.start("run", "--as-of", MONDAY, "--json")
        running.append(killed)
        assert killed.ended().exit_code != 0
        assert not running
        after = council.alerter("deliver")
        assert after.exit_code == 0, after.err
        assert {each: post_office.tally()[each] for each in managers} == dict.fromkeys(managers, 1)
        assert post_office.tally()[ADMINS] >= 1


def test_again_prepares_a_fresh_run_with_its_reason(council: Council, post_office: MailServer) -> None:
    """
    `--again` needs `--reason`; it is a run of its own, with messages of its own, and the admins read why.
    """
    managers = managed(council, 1)
    first = council.run(MONDAY)
    assert council.run(MONDAY, "--again").exit_code == 2
    again = council.run(MONDAY, "--again", "--reason", "the directory was wrong")
    assert (again.exit_code, again.json["state"]) == (0, "done")
    assert again.json["run"] != first.json["run"]
    digests = [read(parcel).message for parcel in post_office.arrived if parcel.recipient == managers[0]]
    assert [each["X-Alerter-Run"] for each in digests] == [str(first.json["run"]), str(again.json["run"])]
    assert digests[0]["Message-ID"] != digests[1]["Message-ID"]
    summaries = [read(parcel) for parcel in post_office.arrived if parcel.recipient == ADMINS]
    assert "the directory was wrong" in summaries[-1].text
    assert "the directory was wrong" not in summaries[0].text


def _council(folder: Path, port: int | None = None, **changes: object) -> Council:
    council = Council(folder, free_port() if port is None else port)
    council.configure(**changes)
    return council


def _assert_summary_names(post_office: MailServer, recipients: list[str], word: str) -> None:
    (summary,) = [read(parcel) for parcel in post_office.arrived if parcel.recipient == ADMINS]
    for recipient in recipients:
        line = next(line for line in summary.text.splitlines() if is_word_of(recipient, line))
        assert word in line
    assert word in summary.message["Subject"]
