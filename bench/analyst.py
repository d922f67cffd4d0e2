"""
What an analyst would write instead of all this, and not badly: one page of pandas, numpy, Jinja and smtplib.

    python bench/analyst.py EXTRACT DIRECTORY BANK_HOLIDAYS AS_OF PORT

It reads the extract, counts working days, groups what is due by manager, and sends each one email with a text
and an HTML part over one connection. It keeps no account of anything: run twice, it sends twice.
"""

import json
import smtplib
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment

LIMIT, ALERT = 35, 25
TEXT = """\
{{ manager }}, {{ total }} assessments need a look.
{% for stage, rows in stages %}
{{ stage }} ({{ rows | length }})
{% for row in rows -%}
{{ row.assessment_id }}  {{ row.worker }}  started {{ row.started_on.strftime("%d %B %Y") }}, \
day {{ row.age }}, due {{ row.due_on.strftime("%d %B %Y") }}
{% endfor %}{% endfor %}"""
HTML = """\
<!DOCTYPE html><html lang="en"><body style="font-family: Arial, sans-serif">
<p>{{ manager }}, {{ total }} assessments need a look.</p>
{% for stage, rows in stages %}<h2>{{ stage }} ({{ rows | length }})</h2>
<table style="border-collapse: collapse"><tr><th>Assessment</th><th>Child</th><th>Worker</th>
<th>Started</th><th>Day</th><th>Due</th></tr>
{% for row in rows %}<tr style="border-top: 1px solid #b1b4b6"><td>{{ row.assessment_id }}</td>
<td>{{ row.child_id }}</td><td>{{ row.worker }}</td><td>{{ row.started_on.strftime("%d %B %Y") }}</td>
<td>{{ row.age }}</td><td>{{ row.due_on.strftime("%d %B %Y") }}</td></tr>
{% endfor %}</table>{% endfor %}</body></html>
"""


def due(extract: str, holidays: list[str], as_of: str) -> Any:
    """Return the open assessments that are past their alert day, or will be before the next digest."""
    table = pd.read_csv(extract, parse_dates=["started_on", "authorised_on"], dtype={"child_id": str})
    days = np.busdaycalendar(holidays=holidays)
    table = table[table.authorised_on.isna()].copy()
    start = table.started_on.to_numpy().astype("datetime64[D]")
    after = start + np.timedelta64(1, "D")
    today = np.datetime64(as_of)
    table["age"] = np.busday_count(after, today + np.timedelta64(1, "D"), busdaycal=days)
    soon = np.busday_count(after, today + np.timedelta64(8, "D"), busdaycal=days)
    table["due_on"] = np.busday_offset(start, LIMIT, roll="backward", busdaycal=days)
    table["stage"] = np.select(
        [table.age > LIMIT, table.age > ALERT, soon >= ALERT],
        ["Overdue", f"Past day {ALERT}", "Coming up"],
        "",
    )
    return table[table.stage != ""].sort_values("age", ascending=False)


def letter(manager: str, address: str, rows: Any, templates: tuple[Any, Any]) -> EmailMessage:
    """Return one manager's email."""
    stages = [(stage, list(group.itertuples())) for stage, group in rows.groupby("stage", sort=False)]
    values = {"manager": manager, "total": len(rows), "stages": stages}
    message = EmailMessage()
    message["From"] = "Assessment alerts <alerts@council.example>"
    message["To"] = address
    message["Subject"] = f"{len(rows)} assessments need a look"
    text, html = templates
    message.set_content(text.render(values))
    message.add_alternative(html.render(values), subtype="html")
    return message


def main(extract: str, directory: str, bank_holidays: str, as_of: str, port: str) -> None:
    """Send everybody what is due."""
    holidays = json.loads(Path(bank_holidays).read_text(encoding="utf-8"))
    managers = pd.read_csv(directory)
    rows = due(extract, holidays, as_of).merge(managers[["team", "manager_name", "manager_email"]], on="team")
    environment = Environment(autoescape=True)
    templates = (Environment().from_string(TEXT), environment.from_string(HTML))  # noqa: S701 - plain text
    with smtplib.SMTP("127.0.0.1", int(port)) as server:
        for (address, name), group in rows.groupby(["manager_email", "manager_name"]):
            server.send_message(letter(name, address, group, templates))


if __name__ == "__main__":
    main(*sys.argv[1:])
