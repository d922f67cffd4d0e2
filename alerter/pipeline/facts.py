"""What every email of a run says about the run itself, from the ledger."""

from alerter.domain.plan import Rules
from alerter.mail.facts import RunFacts
from alerter.mail.press import Stationery
from alerter.store.runs import Run
from alerter.store.syncs import Sync


def run_facts(stationery: Stationery, rules: Rules, run: Run, read: Sync | None) -> RunFacts:
    """
    Return the facts of *run*, which went by what was *read*, if anything ever was.
    """
    extracted_at = run.prepared_at if read is None else read.extracted_at
    return RunFacts(
        run=run.id,
        as_of=run.as_of,
        next_run=run.next_run,
        send_date=run.send_date,
        council=stationery.council,
        contact=stationery.contact,
        subject_prefix=stationery.subject_prefix,
        language=stationery.language,
        machine=stationery.machine,
        source_name="no extract" if read is None else read.source_name,
        source_rows=0 if read is None else read.rows,
        source_rejected=0 if read is None else read.rejected,
        extracted_at=extracted_at.astimezone(stationery.zone),
        calendar=rules.calendar,
        clocks=tuple(rules.clocks.values()),
    )
