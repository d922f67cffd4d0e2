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
_ADVICE = "Where List 4 calls it otherwise, map it in [source.columns]"


def wanted_of_list_4(columns: Mapping[str, str]) -> WantedColumns:
    """
    Return the columns of List 4; *columns* maps those a council has added, or calls otherwise.

    Without the sign-off's column everything would look open, so it is required here. A referral
    date that a clock starts from may come from List 3, so it is not.
    """
    own: dict[str, tuple[str, ...]] = {name: (name,) for name in ASSESSMENT_COLUMNS}
    own |= ASSESSMENTS
    return WantedColumns(
        headings={name: columns.get(name, headings[0]) for name, headings in own.items()},
        required=(("child_id",), ("started_on",), ("authorised_on",)),
        advice=_ADVICE,
        mapped=frozenset(columns) & frozenset(ASSESSMENT_COLUMNS),
        variants={name: headings[1:] for name, headings in own.items() if name not in columns},
    )


def wanted_of_list_3() -> WantedColumns:
    """Return the columns of List 3 that tell when a child was referred."""
    return _wanted(REFERRALS, "child_id", "referred_on")


def wanted_of_list_6() -> WantedColumns:
    """Return the columns of List 6 that tell who works with a child now."""
    return _wanted(CHILDREN_IN_NEED, "child_id", "started_on", "team")


def _wanted(columns: Mapping[str, tuple[str, ...]], *required: str) -> WantedColumns:
    return WantedColumns(
        headings={name: headings[0] for name, headings in columns.items()},
        required=tuple((name,) for name in required),
        advice=_ADVICE,
        variants={name: headings[1:] for name, headings in columns.items()},
    )
