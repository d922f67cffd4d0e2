"""A value of an extract that cannot be read or believed, in a row that is kept all the same."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnreadableValue:
    """
    Where the value stands: its line, its canonical column *field* and the file's *heading*; not what it says.

    The ids are those of the assessment in its row, in which the value counts as blank.
    """

    line: int
    field: str
    heading: str
    assessment_id: str
    child_id: str

    @property
    def sentence(self) -> str:
        """
        Return what is to mend.

        >>> UnreadableValue(7, "closed_on", "Closed", "A-1", "7").sentence
        'line 7: closed_on ("Closed") cannot be read or believed, so it counts as blank'
        """
        where = f"line {self.line}: {field_named(self.field, self.heading)}"
        return f"{where} cannot be read or believed, so it counts as blank"


def field_named(field: str, heading: str) -> str:
    """
    Return the canonical column *field*, with the file's *heading* where it is another.
    """
    return field if heading.casefold() == field else f'{field} ("{heading}")'
