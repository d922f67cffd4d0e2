"""
Lists the headings of Annex A's columns: Ofsted's of August 2019, and others in use.

Lists are known by their headings, because sheets are named in many ways, and because List 2 (early
help) has the start of an assessment too. List 4 is what has a "Continuous Assessment".
"""

from collections.abc import Mapping

from alerter.sources.columns import ASSESSMENT_COLUMNS, WantedColumns

CHILD = (
    "Child Unique ID",
    "ChildUniqueID",
    "Child Unique Identifier",
    "Child ID",
    "Child Identifier",
)
TEAM = ("Allocated Team", "AllocatedTeam", "Allocated_Team")
WORKER = ("Allocated Worker", "AllocatedWorker", "Allocated_Worker")
ASSESSMENTS = {
    "child_id": CHILD,
    "started_on": (
        "Continuous Assessment Start Date",
        "ContinuousAssessmentStartDate",
        "ContinuousAssessmentStart",
        "ASMT_START_DATE",
    ),
    "authorised_on": (
        "Continuous Assessment Date of Authorisation",
        "ContinuousAssessmentDateOfAuthorisation",
        "ContinuousAssessmentAuthDate",
        "ASMT_AUTH_DATE",
    ),
    "team": TEAM,
    "worker": WORKER,
}
REFERRALS = {
    "child_id": CHILD,
    "referred_on": ("Date of referral", "DateOfReferral", "Referral Date", "ReferralDate"),
}
CHILDREN_IN_NEED = {
    "child_id": CHILD,
    "started_on": ("CIN Start Date", "CINStartDate"),
    "closed_on": ("CIN Closure Date", "CINClosureDate"),
    "team": TEAM,
    "worker": WORKER,
}
ENQUIRIES = {
    "child_id": CHILD,
    "started_on": ("Strategy discussion initiating Section 47 Enquiry Start Date",),
    "authorised_on": ("Date of Initial Child Protection Conference",),
    "not_needed": ("Was an Initial Child Protection Conference deemed unnecessary?",),
    "team": TEAM,
    "worker": WORKER,
}
"""List 5: the clock starts with the strategy discussion and ends with the conference, where one is needed."""
_ADVICE = "Where List {number} calls it otherwise, map it in [source.columns]"


def wanted_of_list_4(columns: Mapping[str, str]) -> WantedColumns:
    """Return the columns of List 4, the assessments."""
    return _wanted_of_own(ASSESSMENTS, 4, columns)


def wanted_of_list_5(columns: Mapping[str, str]) -> WantedColumns:
    """Return the columns of List 5, the section 47 enquiries and initial child protection conferences."""
    return _wanted_of_own(ENQUIRIES, 5, columns)


def _wanted_of_own(
    listed: Mapping[str, tuple[str, ...]], number: int, columns: Mapping[str, str]
) -> WantedColumns:
    """
    Return the columns of the list that is read; *columns* maps those a council added or calls otherwise.

    Without the sign-off's column everything would look open, so it is required here. A referral
    date that a clock starts from may come from List 3, so it is not.
    """
    own: dict[str, tuple[str, ...]] = {name: (name,) for name in ASSESSMENT_COLUMNS}
    own |= listed
    return WantedColumns(
        headings={name: columns.get(name, headings[0]) for name, headings in own.items()},
        required=(("child_id",), ("started_on",), ("authorised_on",)),
        advice=_ADVICE.format(number=number),
        mapped=frozenset(columns) & frozenset(ASSESSMENT_COLUMNS),
        variants={name: headings[1:] for name, headings in own.items() if name not in columns},
    )


def wanted_of_list_3() -> WantedColumns:
    """Return the columns of List 3 that tell when a child was referred."""
    return _wanted(REFERRALS, 3, "child_id", "referred_on")


def wanted_of_list_6() -> WantedColumns:
    """Return the columns of List 6 that tell who works with a child now."""
    return _wanted(CHILDREN_IN_NEED, 6, "child_id", "started_on", "team")


def _wanted(columns: Mapping[str, tuple[str, ...]], number: int, *required: str) -> WantedColumns:
    return WantedColumns(
        headings={name: headings[0] for name, headings in columns.items()},
        required=tuple((name,) for name in required),
        advice=_ADVICE.format(number=number),
        variants={name: headings[1:] for name, headings in columns.items()},
    )
