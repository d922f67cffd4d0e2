"""Lists what councils call the columns, and compares headings however they are written."""

import re
from collections.abc import Mapping

from alerter.sources.columns import DATE_COLUMNS, normalised

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "assessment_id": (
        "Assessment ID", "Assessment Form ID", "Form ID", "Form Instance", "Form Instance ID", "Instance ID",
        "Step ID", "Workflow Step ID", "Person Assessment ID", "Single Assessment ID",
        "Child and Family Assessment ID",
    ),
    "child_id": (
        "Child ID", "LA Child ID", "Local Authority Child ID", "Child Unique ID", "Person ID",
        "Young Person ID", "Client ID", "Service User ID", "Subject ID", "Subject Compound ID", "Mosaic ID",
        "Mosaic Person ID", "Mosaic Child ID", "LCS ID", "LCS Child ID",
        "LCS Person ID", "Liquidlogic ID", "Eclipse ID", "Eclipse Person ID",
        "Social Care ID", "P Number", "Protocol ID", "ESCR ID", "CareFirst ID", "Swift ID",
    ),
    "type": (
        "Type", "Assessment Type", "Form Type", "Assessment Name", "Form Name", "Step Type",
        "Workflow Step Type", "Assessment Form", "Workflow Step Type Description", "Assessment", "Form",
        "Step", "Step Description", "Form Title", "Document Name", "Category", "Process",
    ),
    "referred_on": (
        "Referral Date", "Referral Received Date", "CIN Referral Date", "Ref Date", "Referral Start",
    ),
    "started_on": (
        "Start Date", "Assessment Start Date", "Assessment Actual Start Date",
        "Continuous Assessment Start Date", "Single Assessment Start Date", "Core Assessment Start Date",
        "Initial Assessment Start Date", "C&F Assessment Start Date",
        "Child and Family Assessment Start Date", "Form Start Date", "C&F Start", "CFA Start",
        "Step Started", "Workflow Step Started",
    ),
    "authorised_on": (
        "Authorised Date", "Assessment Authorisation Date", "Manager Authorised", "Authorised by Manager",
        "Team Manager Authorised", "Authorised by Team Manager", "Manager Authorised Assessment",
        "Continuous Assessment Date of Authorisation", "Single Assessment Authorised",
        "Core Assessment Authorised", "Child and Family Assessment Authorised", "Sign Off Date",
        "Assessment Sign Off", "Manager Sign Off", "Team Manager Sign Off", "Signed Off by Manager",
        "Signed Off by Team Manager", "Assessment Signed Off by Manager", "Agreed by Manager",
        "TM Authorised", "TM Sign Off", "TM Approved", "Manager Approved", "Approved by Manager",
        "Team Manager Approved", "Assessment Approved",
    ),
    "cancelled_on": ("Cancelled Date", "Assessment Cancelled", "Step Cancelled"),
    "closed_on": ("CIN Closure Date",),
    "review_on": ("Internal Review Date", "Internal Review Point", "Assessment Internal Review Date"),
    "team": (
        "Team", "Team Name", "Allocated Team", "Allocated Team Name", "Assigned Team", "Responsible Team",
        "Current Team", "Assessment Team", "Assessing Team", "Social Work Team", "Worker's Team",
        "Case Worker's Team", "Social Worker's Team", "Allocated Worker's Team",
        "Owning Team", "Current Team Name",
    ),
    "worker": (
        "Worker", "Worker Name", "Allocated Worker", "Allocated Worker Name", "Allocated To",
        "Assigned Worker", "Assigned To", "Social Worker", "Social Worker Name", "Allocated Social Worker",
        "Assigned Social Worker", "Assessing Worker", "Assessing Social Worker", "Assessment Worker",
        "Case Worker", "Allocated Case Worker", "Allocated Practitioner", "Case Holder", "SW", "SW Name",
        "Allocated SW", "Assigned SW", "Responsible Worker", "Lead Worker", "Lead Social Worker",
        "Current Worker", "Named Worker", "Assessor", "Assessor Name", "Assignee",
    ),
    "manager_email": (
        "Manager Email", "Manager Email Address", "Team Manager Email", "Team Manager Email Address",
    ),
    "audit_score": ("Audit Score", "Quality Audit Score"),
}  # fmt: skip
"""
What each column is called, beside its own name and the published layouts; in whatever writing.

A heading not listed is never taken by its name. Nothing for a worker's last step ("Completed") stands under
`authorised_on`: whether it is the manager's sign-off only the council knows.
"""
GENERAL = frozenset(
    (
        "Type", "Start Date", "Form Name", "Form Type", "Step Type", "Workflow Step Type", "Assessment",
        "Form", "Step", "Step Description", "Form Title", "Document Name", "Category", "Process",
    )
)  # fmt: skip
"""So general that another column can be meant: they count only where no other could be the one."""

MANAGERS = frozenset({"manager", "managers", "tm"})
"""Words of a heading that say it is the manager's date, and not the worker's."""

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_DATE = re.compile(r"date|dttm|\bdt\b", re.IGNORECASE)
_EMAIL = re.compile(r"e[- ]mail", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['\u2019]s\b")
_UNSAID = frozenset({"date", "dt", "dttm", "datetime", "of", "the", "on", "was", "actual"})
_ALIKE: Mapping[str, str] = {
    word: words[0]
    for words in (
        ("start", "started", "starts", "begin", "commenced", "commencement", "began", "begun"),
        ("authorised", "authorized", "authorisation", "authorization", "auth"),
        ("referral", "referred"),
        ("cancelled", "canceled", "cancellation"),
        ("sign", "signed"),
        ("approved", "approval"),
        ("closure", "closed"),
        ("id", "identifier", "identity", "number", "no", "num", "ref", "reference"),
        ("assessment", "assessments", "asmt", "assmt", "assess"),
        ("and", "&", "+"),
        ("child", "childs", "children", "childrens"),
        ("family", "families"),
        ("worker", "workers"),
    )
    for word in words
}


def words_of(heading: object) -> frozenset[str]:
    """
    Return the words that matter of a heading, each in one form, whatever their order.

    >>> words_of("Date_Assessment-Started") == words_of("AssessmentActualStartDate")
    True
    >>> words_of("Assessment Start Due") == words_of("Assessment Start")
    False
    """
    text = _POSSESSIVE.sub("", str(heading)).replace("&", " and ").replace("+", " and ")
    text = _EMAIL.sub("email", text)
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(_ALIKE.get(word, word) for word in words) - _UNSAID


def run_together(heading: object) -> str:
    """
    Return a heading as systems write it that know no blanks.

    >>> run_together("LA Child ID") == run_together("lachildid")
    True
    """
    return "".join(character for character in normalised(heading) if character.isalnum())


_BY_WORDS = {
    words: name
    for name, synonyms in SYNONYMS.items()
    for synonym in synonyms
    if (words := words_of(synonym)) != {"id"}  # of "Ref Date": as bare as that it could be any reference
}
_RUN_TOGETHER = {run_together(synonym): name for name, synonyms in SYNONYMS.items() for synonym in synonyms}
_GENERAL = {words_of(synonym) for synonym in GENERAL}


def column_called(heading: object) -> str:
    """
    Return the canonical name of the column that is called so; empty where the table has no such heading.

    A heading that says "date" is of no other column than dates.

    >>> column_called("Manager Sign-off Date"), column_called("lachildid"), column_called("Sign-off due date")
    ('authorised_on', 'child_id', '')
    """
    name = _BY_WORDS.get(words_of(heading)) or _RUN_TOGETHER.get(run_together(heading), "")
    return "" if _DATE.search(str(heading)) and name not in DATE_COLUMNS else name


def is_general(heading: object) -> bool:
    """Say whether a heading's words are so general that they may mean another column."""
    return words_of(heading) in _GENERAL


def is_rival(name: str, heading: object, other: object) -> bool:
    """
    Say whether *other* could be meant in place of *heading*, which is called *name*.

    >>> is_rival("authorised_on", "Signed Off Date", "Manager's Decision Date")
    True
    >>> is_rival("authorised_on", "TM Sign Off", "Manager's Decision Date")
    False
    """
    by_manager = [bool(words_of(text) & MANAGERS) for text in (heading, other)]
    return is_general(heading) or (name == "authorised_on" and by_manager == [False, True])
