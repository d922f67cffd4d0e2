"""One made-up caseload, and the files in which six case systems would export it."""

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from tests.sources.workbooks import xlsx

READ_ON = date(2026, 11, 29)
WRITTEN_AT = datetime(2026, 11, 29, 18, 5, tzinfo=UTC)
TEAMS = ("Duty & Assessment North", "Duty & Assessment South", "Assessment East", "Disabilities")
SINGLE, INITIAL = "Child and Family Assessment", "Initial Assessment"
WORKERS, IN_TWO_TEAMS = 12, 3
SECRET = "Zq"
"""Begins every name, note and other text that may stand in no file written."""
LONGEST_HISTORY = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One assessment as a case system knows it, with all that must never be kept of the child."""

    number: int
    child: int
    name: str
    born: date
    gender: str
    type: str
    referred: date
    started: date
    authorised: date | None
    team: str
    worker: str
    note: str

    @property
    def due(self) -> date:
        """Return the day it is planned to end."""
        return self.started + timedelta(days=63)

    @property
    def completed(self) -> date | None:
        """Return the day the worker was done with it."""
        return self.authorised and max(self.started, self.authorised - timedelta(days=1))


def caseload(seed: int = 17, size: int = 240) -> list[Case]:
    """Return *size* assessments of two types and four teams; one worker is in two of them."""
    rng = Random(seed)  # noqa: S311 - the same seed must make the same cases; nothing is kept secret
    cases: list[Case] = []
    for number in range(size):
        referred = READ_ON - timedelta(days=rng.randint(2, LONGEST_HISTORY))
        started = min(READ_ON, referred + timedelta(days=rng.randint(0, 6)))
        ends = started + timedelta(days=rng.randint(15, 90))
        worker = rng.randrange(WORKERS)
        team = rng.randrange(2) if worker == IN_TWO_TEAMS else worker % len(TEAMS)
        child = number - number % 3 // 2  # one in three is the same child's again
        case = Case(
            number=7_000_000 + number, child=40_000_000 + child, name=f"{SECRET}name{child}",
            born=date(2010, 1, 1) + timedelta(days=rng.randint(0, 5000)), gender=f"{SECRET}gender",
            type=rng.choice((SINGLE, SINGLE, INITIAL)), referred=referred, started=started,
            authorised=ends if ends <= READ_ON else None, team=TEAMS[team],
            worker=f"W. Orker-{'ABCDEFGHIJKL'[worker]}", note=f"{SECRET}note seen at home {number}",
        )  # fmt: skip
        if not any(case.child == other.child and case.referred == other.referred for other in cases):
            cases.append(case)
    return cases


def uk(day: date | None) -> str:
    """Return a date as most exports write it."""
    return "" if day is None else f"{day:%d/%m/%Y}"


def stamped(path: Path) -> Path:
    """Give *path* the time at which a nightly export would have written it."""
    os.utime(path, (WRITTEN_AT.timestamp(), WRITTEN_AT.timestamp()))
    return path


def delimited(
    path: Path, lines: Iterable[Sequence[object]], delimiter: str = ",", encoding: str = "utf-8"
) -> Path:
    """Write *lines* as a delimited file."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(lines)
    return stamped(path)


def mosaic(folder: Path, cases: Sequence[Case]) -> Path:
    """Write a report of Mosaic: title, headings on the third line, footer; one completion date."""
    headings = (
        "Mosaic ID", "Person Name", "Date of Birth", "Workflow Step ID", "Assessment Type",
        "Date of Referral", "Assessment Started", "Target Date", "Completed On",
        "Allocated Team", "Allocated Worker", "Comments",
    )  # fmt: skip
    rows = [
        (case.child, case.name, uk(case.born), case.number, case.type, uk(case.referred), uk(case.started),
         uk(case.due), uk(case.authorised), case.team, case.worker, case.note)
        for case in cases
    ]  # fmt: skip
    blank = [""] * len(headings)
    title, footer = ["Assessments started since January", *blank[1:]], [f"Total: {len(rows)}", *blank[1:]]
    return delimited(folder / "mosaic.csv", [title, blank, headings, *rows, footer], encoding="utf-8-sig")


def liquidlogic(folder: Path, cases: Sequence[Case]) -> Path:
    """Write a workbook of Liquidlogic: a sheet of parameters, and one of data below its title."""
    headings = (
        "LCS ID", "Forename", "DOB", "Gender", "Form ID", "Type of Assessment", "Referral Date", "Start Date",
        "Due Date", "Manager Authorisation Date", "Team", "Social Worker", "Case Note",
    )  # fmt: skip
    rows = [
        (case.child, case.name, case.born, case.gender, case.number, case.type, case.referred, case.started,
         case.due, case.authorised, case.team, case.worker, case.note)
        for case in cases
    ]  # fmt: skip
    data = [["LCS report of assessments"], [], headings, *rows]
    return stamped(xlsx(folder / "liquidlogic.xlsx", {"Parameters": [["Run by", "A. Nalyst"]], "Data": data}))


def semicolons(folder: Path, cases: Sequence[Case]) -> Path:
    """Write what Excel saves elsewhere: semicolons in cp1252, with letters that are no ASCII."""
    headings = (
        "Person Ref", "Surname", "Ethnicity", "Assessment No", "Assessment Name", "Referral received date",
        "Date assessment commenced", "Date authorised by manager", "Responsible Team", "Case worker",
    )  # fmt: skip
    rows = [
        (case.child, f"{case.name}é", case.gender, case.number, case.type, uk(case.referred),
         uk(case.started), uk(case.authorised), case.team, case.worker)
        for case in cases
    ]  # fmt: skip
    return delimited(folder / "semicolons.csv", [headings, *rows], ";", "cp1252")


def sqlcmd(folder: Path, cases: Sequence[Case], separator: str = " ") -> Path:
    """Write what `sqlcmd` prints: padded cells, dashes below the headings, and a count at the end."""
    headings = ("PERSON_ID", "DATE_OF_BIRTH", "ASSESSMENT_ID", "ASSESSMENT_TYPE", "REFERRAL_DATE",
                "DATE_ASSESSMENT_STARTED", "ASSESSMENT_AUTHORISED_DATE", "TEAM", "WORKER_NAME")  # fmt: skip
    rows = [
        [str(cell if cell is not None else "NULL") for cell in
         (case.child, case.born, case.number, case.type, case.referred, case.started, case.authorised,
          case.team, case.worker)]
        for case in cases
    ]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    lines = [
        separator.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in (headings, *rows)
    ]
    rule = separator.join("-" * width for width in widths)
    text = "\r\n".join([lines[0], rule, *lines[1:], "", f"({len(rows)} rows affected)", ""])
    path = folder / "sqlcmd.txt"
    path.write_bytes(text.encode())
    return stamped(path)


def annex_a(folder: Path, cases: Sequence[Case]) -> Path:
    """Write Lists 1 and 4 of Ofsted's Annex A below their titles."""
    headings = (
        "Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)",
        "Does the Child have a Disability", "Continuous Assessment Start Date",
        "Child Seen During Continuous Assessment", "Continuous Assessment Date of Authorisation",
        "Was the child assessed as requiring LA children\u2019s social care support?", "Allocated Team",
        "Allocated Worker",
    )  # fmt: skip
    rows = [
        (case.child, case.gender, case.gender, case.born, 8, "a) Yes", case.started, "a) Yes",
         case.authorised, "a) Yes", case.team, case.worker)
        for case in cases
    ]  # fmt: skip
    contacts = [["Child Unique ID", "Date of Contact"], *((case.child, case.referred) for case in cases)]
    lists = {
        "Guidance": [["Guidance"]],
        "List_1": contacts,
        "List_4": [["List 4: Assessments"], headings, *rows],
    }
    return stamped(xlsx(folder / "annex-a.xlsx", lists))


def census(folder: Path, cases: Sequence[Case]) -> Path:
    """Write a children-in-need census."""
    children = "".join(
        f"<Child><ChildIdentifiers><LAchildID>{case.child}</LAchildID><PersonBirthDate>{case.born}</PersonBirthDate>"
        f"</ChildIdentifiers><CINdetails><CINreferralDate>{case.referred}</CINreferralDate><Assessments>"
        f"<AssessmentActualStartDate>{case.started}</AssessmentActualStartDate>"
        + (
            f"<AssessmentAuthorisationDate>{case.authorised}</AssessmentAuthorisationDate>"
            if case.authorised
            else ""
        )
        + "</Assessments></CINdetails></Child>"
        for case in cases
    )
    header = (
        "<Header><CollectionDetails><Collection>CIN</Collection><Year>2027</Year><ReferenceDate>2027-03-31"
        "</ReferenceDate></CollectionDetails><Source><DateTime>2026-11-29T18:05:00Z</DateTime></Source></Header>"
    )
    path = folder / "census.xml"
    path.write_text(f"<Message>{header}<Children>{children}</Children></Message>", encoding="utf-8")
    return stamped(path)


def sqlcmd_bars(folder: Path, cases: Sequence[Case]) -> Path:
    """Write what `sqlcmd -s "|"` prints."""
    return sqlcmd(folder, cases, "|")


EXPORTS = (mosaic, liquidlogic, semicolons, annex_a, census, sqlcmd, sqlcmd_bars)
SIGN_OFFS: Mapping[str, str] = {"mosaic": "Completed On"}
"""The heading of the sign-off, where only the council can say which one it is."""
