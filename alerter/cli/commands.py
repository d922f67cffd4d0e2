"""
The table of commands, each with the first line of its help.

`alerter --help` prints it and imports no command: that would import the database, the templates and the
readers of every source, for a page of text. A test compares the table with what the commands say themselves.
"""

COMMANDS = {
    "demo": "Run the weekly job on one borough of made-up data, with its own database and mail server.",
    "init": "Write config.toml and a directory into DIR, from your own extract; nothing is ever overwritten.",
    "check": "Show what is understood of settings, extract and directory; try the database and the "
    "mail server.",
    "migrate": "Bring the database to the current schema.",
    "sync": "Read the source and the directory into the store, unless a gate holds the extract.",
    "run": "Sync, prepare and deliver: the weekly job, once.",
    "deliver": "Send what is still owed, whatever its back-off.",
    "preview": "Write every digest as .html, .txt and .eml; nothing is sent and nothing recorded.",
    "explain": "Show how ASSESSMENT_ID is counted: each day skipped and why, every threshold "
    "date, the stage.",
    "dates": "Show the threshold dates for an assessment whose clock started on START.",
    "calendar": "Show the days off of YEAR, each with its name and who says so.",
    "list": "List every open assessment: stage, age, dates, reassurance, extension; worst first.",
    "quality": "List the records to mend by team: which field, and the DfE's rule where there is one.",
    "reassure": "Record a manager's reassurance that ASSESSMENT_ID is nearly done.",
    "extend": "Record that a manager authorised ASSESSMENT_ID to go beyond its limit; it stays late.",
    "cover": "Record who stands in for a manager who is away, end that, or list all covers.",
    "audit": "Record the quality audit of ASSESSMENT_ID.",
    "report": "Report timeliness against target by month, with what is open and overdue beside it.",
    "replay": "Show what other alert days would have meant: rows per manager, and how early "
    "late ones were told.",
    "history": "Show who was told what of ASSESSMENT_ID, and what was recorded and changed; or all of a "
    "period.",
    "status": "Show last run, owed messages, next run and the age of the data; exit 1 when "
    "something is wrong.",
    "release": "Let held run number RUN go: apply its extract, prepare and deliver; recorded with a name.",
    "resend": "Send what RECIPIENT was sent in run number RUN again: the same bytes, the same Message-ID; "
    "recorded.",
    "purge": "Delete what retention says may go: texts of sent messages, old runs, assessments long ended.",
    "serve": "Prepare weekly, deliver every minute, until SIGTERM; what was missed meanwhile "
    "is made up for once.",
    "web": "Serve the page on which managers record what they have checked, until SIGTERM or Ctrl+C.",
}
