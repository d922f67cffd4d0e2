"""Makes up layouts of exports: columns renamed, shuffled, mixed with others, in every writing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.sources.workbooks import xlsx
from tests.world.exports import READ_ON, SECRET, Case, caseload, delimited, stamped

Cell = Callable[[Case, Random], object]


@dataclass(frozen=True, slots=True)
class LaidOut:
    """An export that was made up: its file, and which canonical column each heading means, if any."""

    path: Path
    meanings: Mapping[str, str]
    cases: Sequence[Case]


HEADINGS: Mapping[str, tuple[str, ...]] = {
    "child_id": (
        "Customer No", "Record Number", "Unique ID", "Child Code", "Individual ID", "Person Key", "Key",
        "System ID", "Person ID", "PERSON_ID", "Mosaic ID", "LCS ID", "Child Ref",
        "Child's unique reference", "P Number", "Client No", "SSID", "Protocol No", "ESCR Number",
        "Unique Child Reference", "ID", "Case Number", "Pers Ref", "Subject", "CareFirst No", "Eclipse Ref",
        "childid", "Child Identifier", "Service User Number",
    ),
    "assessment_id": (
        "Activity ID", "Work Item", "Task ID", "Assessment Key", "Process ID", "Item Number",
        "Assessment ID", "WORKFLOW_STEP_ID", "Assessment Number", "Step No", "Doc ID", "Episode No",
        "Event ID", "FormID", "Assmt ID", "Ref", "Reference", "Form Reference", "Workflow Step",
        "assessmentid", "Document Number",
    ),
    "type": (
        "Work Item Type", "Activity", "Task Name", "Kind", "Template", "Questionnaire", "Assessment Type",
        "ASSESSMENT_TYPE", "Type", "Form", "Document Name", "Workflow Step Type Description", "Step",
        "Category", "Assessment", "Assmt Type", "Process", "Type of Assessment", "Form Title",
        "Assessment Kind",
    ),
    "referred_on": (
        "Ref Received", "Date In", "Request Date", "Referral Logged", "Referral Date", "ref_date",
        "Date of Ref", "Referral Start", "Date Referral Accepted", "Referred", "Ref Dt",
        "Date Referral Received", "Referral Created", "CIN Ref Date", "REFERRAL_DTTM", "Date referred",
    ),
    "started_on": (
        "Date Opened", "Initiated", "Work Began", "First Worked", "Activation Date", "Live From",
        "Assessment Start Date", "Start Date", "Date Commenced", "Step Start", "STARTED_ON", "Opened",
        "From", "Actual Start", "Commencement", "Assess Start Dt", "CFA Start Date", "Assessment Began",
        "Date Assessment Started", "Begin Date", "Assessment Opened", "Activity Start", "startdate",
        "C&F Start", "Date Started",
    ),
    "authorised_on": (
        "Closed", "Locked Date", "Signed", "Completion", "Approved", "Ended On", "Date Complete",
        "Countersigned", "Authorised Date", "Manager Sign Off", "Completed", "End Date", "Date Finalised",
        "TM Approval", "Auth Dt", "Outcome Date", "Actual End", "Closed Date", "Date Agreed by Manager",
        "COMPLETED_ON", "Signed Off By Manager On", "Assessment Authorisation Date", "QA Date", "Finished",
        "Date Ratified", "Approved On", "Manager Authorised",
    ),
    "team": (
        "Department", "Unit", "Section", "Area", "Group", "Org Name", "Assigned Unit", "Team",
        "Allocated Team", "Org Unit", "Responsible Org", "Service", "Locality", "Current Team Name",
        "TEAM_NAME", "Responsible Team", "Team Allocated", "Hub", "Cost Centre", "Assessing Team",
    ),
    "worker": (
        "Officer", "Staff Name", "Lead", "Responsible Officer", "Allocation", "Staff", "Assigned User",
        "Worker", "Allocated Worker", "SW", "Allocated SW", "Case Holder", "Owner", "Responsible Worker",
        "Lead Worker", "Practitioner", "assigned_worker", "Social Worker Name",
        "Allocated Worker Full Name", "Caseholder", "Assessor",
    ),
}  # fmt: skip
"""What real exports call the columns; half of these are in no table of synonyms."""


def _words(name: str) -> Cell:
    return lambda case, rng: f"{SECRET}{name} {case.child % 997}{rng.choice('abcdef')}"


def _near(days: int, spread: int, blank: float = 0.0) -> Cell:
    """Return cells with a date so many days after the start, give or take, and now and then blank."""

    def cell(case: Case, rng: Random) -> date | None:
        on = case.started + timedelta(days=days + rng.randint(-spread, spread))
        return None if rng.random() < blank else on

    return cell


def _past(days: int, spread: int, blank: float = 0.0) -> Cell:
    near = _near(days, spread, blank)

    def cell(case: Case, rng: Random) -> date | None:
        on = near(case, rng)
        return on if isinstance(on, date) and on <= READ_ON else None

    return cell


def _number(low: int, high: int) -> Cell:
    return lambda _, rng: rng.randint(low, high)


def _one_of(*texts: str) -> Cell:
    return lambda _, rng: rng.choice(texts)


OTHERS: Mapping[str, Cell] = {
    "Name": _words("name"), "Forename": _words("fore"), "Surname": _words("sur"),
    "Child's Name": _words("child"), "Known As": _words("known"), "Mother": _words("mother"),
    "Parent or Carer": _words("carer"), "DOB": lambda case, _: case.born,
    "Date of Birth": lambda case, _: case.born, "Born": lambda case, _: case.born,
    "D.O.B.": lambda case, _: case.born, "Birthday": lambda case, _: case.born, "Age": _number(0, 17),
    "Age at Referral": _number(0, 17), "Age (Years)": _number(0, 17), "Gender": _words("gender"),
    "Ethnicity": _words("ethnicity"), "Disability": _one_of("Yes", "No"), "UPN": _number(10**11, 10**12),
    "NHS No": _number(10**9, 10**10), "Family ID": _number(100, 160), "Sibling Group No": _number(100, 160),
    "Household Ref": _number(1000, 1200), "Referral ID": _number(10**6, 10**7),
    "Contact ID": _number(10**6, 10**7), "Worker ID": _number(100, 130), "Team ID": _number(1, 9),
    "Postcode": _words("HA"), "School": _words("school"), "Ward": _words("ward"), "Row": _number(1, 10**6),
    "Target Date": _near(63, 0), "Due": _near(63, 0), "Planned End Date": _near(60, 5),
    "Timescale Date": _near(63, 0), "Expected Completion": _near(50, 10),
    "Next Review Date": _near(90, 20, 0.3), "45 Day Date": _near(63, 0), "Day 10 Check": _past(14, 1, 0.2),
    "Date of Last Visit": _past(20, 15, 0.3), "Child Seen Date": _past(8, 4, 0.3),
    "CP Start Date": _past(40, 30, 0.6), "CIN Start Date": _past(10, 5, 0.3),
    "Plan Start Date": _past(30, 10, 0.4), "LAC Start Date": _past(60, 30, 0.8),
    "Allocated Date": _past(1, 1), "Assigned Date": _past(0, 1), "Created Date": _past(0, 0),
    "Last Updated": lambda *_: READ_ON, "Contact Date": _past(-6, 3),
    "Strategy Discussion": _past(3, 3, 0.7), "Worker Start Date": _past(-400, 300),
    "Case Opened": _past(-8, 5), "Case Closed": _past(80, 20, 0.5),
    "Worker Completed Date": _past(40, 15, 0.1), "Draft Finished": _past(38, 15, 0.1),
    "Sent to Manager": _past(42, 10, 0.1), "Letter Sent": _past(45, 10, 0.1),
    "Conference Date": _past(20, 5, 0.7), "Authorised By": _words("manager"), "Manager": _words("manager"),
    "Team Manager": _words("manager"), "Referral Team": _one_of("MASH", "EDT", "Front Door"),
    "Previous Worker": _words("previous"), "Previous Team": _one_of("MASH", "EDT"),
    "Completed By": _words("completed"), "Outcome": _one_of("NFA", "CIN", "CP"),
    "Prev Step Description": _one_of("Initial Assessment", "Single Assessment", "Referral"),
    "Next Step Type": _one_of("Core Assessment", "Strategy Discussion"),
    "Referral Type": _one_of("New", "Repeat"), "Days Open": _number(1, 90), "Working Days": _number(1, 60),
    "RAG": _one_of("Red", "Amber", "Green"), "Notes": _words("note"), "Summary": _words("summary"),
    "Comments": _words("comment"), "Authorised": _one_of("Y", "N"), "Started": _one_of("Y", "N"),
    "Signed Off": _one_of("Yes", "No"), "Reviewed By": _words("reviewer"),
    "Referral Source": _one_of("Police", "School"), "Step Status": _one_of("COMPLETED"),
}  # fmt: skip
"""Columns that mean none of ours, with cells as they occur: many are dates and ids as well."""

WRITINGS: tuple[Callable[[date], object], ...] = (
    lambda on: f"{on:%d/%m/%Y}",
    lambda on: on.isoformat(),
    lambda on: f"{on:%Y-%m-%d} 00:00:00",
    lambda on: f"{on:%d-%b-%Y}",
    lambda on: f"{on:%d/%m/%y}",
    lambda on: f"{on:%d/%m/%Y} 09:30",
    lambda on: f"{on:%d %B %Y}",
)
BLANKS = ("", "", "NULL", "N/A", "01/01/1900")
_OF_CASE: Mapping[str, Cell] = {
    "child_id": lambda case, _: case.child,
    "assessment_id": lambda case, _: case.number,
    "type": lambda case, _: case.type,
    "referred_on": lambda case, _: case.referred,
    "started_on": lambda case, _: case.started,
    "authorised_on": lambda case, _: case.authorised,
    "team": lambda case, _: case.team,
    "worker": lambda case, _: case.worker,
}


def laid_out(folder: Path, seed: int) -> LaidOut:
    """Write the layout of one *seed* into *folder*."""
    rng = Random(seed)  # noqa: S311 - the same seed must make the same layout; nothing is kept secret
    cases = caseload(seed, rng.choice((30, 60, 120)))
    names = {rng.choice(headings): name for name, headings in HEADINGS.items()}
    others = {
        heading: "" for heading in rng.sample(sorted(OTHERS), rng.randint(3, 20)) if heading not in names
    }
    meanings = {**names, **others}
    headings = sorted(meanings)
    rng.shuffle(headings)
    writing, blank = rng.choice(WRITINGS), rng.choice(BLANKS)
    is_workbook = rng.random() < 1 / 4

    def cell(case: Case, heading: str) -> object:
        value = (_OF_CASE.get(meanings[heading]) or OTHERS[heading])(case, rng)
        if is_workbook:
            return value
        return blank if value is None else writing(value) if isinstance(value, date) else value

    rows = [[cell(case, heading) for heading in headings] for case in cases]
    pad = [""] * (len(headings) - 1)
    titles = [["Assessments of this year", *pad], ["Run by A. Nalyst", *pad], ["", *pad]][: rng.randint(0, 3)]
    lines = [*titles, headings, *rows, *([[f"Total: {len(rows)}", *pad]] if rng.random() < 1 / 2 else [])]
    if is_workbook:
        return LaidOut(stamped(xlsx(folder / f"{seed}.xlsx", {"Sheet1": lines})), meanings, cases)
    path = delimited(
        folder / f"{seed}.csv",
        lines,
        rng.choice(",;\t|"),
        rng.choice(("utf-8", "utf-8-sig", "cp1252", "utf-16")),
    )
    return LaidOut(path, meanings, cases)
