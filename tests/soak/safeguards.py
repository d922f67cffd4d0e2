"""Every safeguard, what the code is without it, and the tests that must notice when it is gone."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

CLAIM_LOCKS = """
        .with_for_update(skip_locked=not is_patient)
        .scalar_subquery()
    )
    taken = (
        update(outbox)
        """
CLAIM_ASKS = ".where(_columns.id == candidate, _columns.state.in_(WAITING))"


@dataclass(frozen=True, slots=True)
class Safeguard:
    """
    One safeguard: its *text* in *file*, what stands there *without* it, and the *tests* that fail then.
    """

    name: str
    file: str
    text: str
    without: str
    tests: tuple[str, ...]

    def removed_from(self, code: str) -> str:
        """
        Return *code* without the safeguard.

        Raises:
            LookupError: Its text does not stand there exactly once.
        """
        if (found := code.count(self.text)) != 1:
            raise LookupError(f"{self.name}: its text is {found} times in {self.file}, and not once.")
        return code.replace(self.text, self.without)


BEFORE_THE_DOT = "tests/faults/test_c7_replies.py"
NEW_AS_OLD = "tests/store/test_migration.py::test_a_new_database_is_one_that_took_every_step"

SAFEGUARDS = (
    Safeguard(
        "one run a send date (unique key)",
        "alerter/store/schema.py",
        'UniqueConstraint("send_date", "attempt"),',
        "",
        ("tests/store/test_runs.py::test_a_send_date_is_planned_once",),
    ),
    Safeguard(
        "one run a send date (unique key) in an older database",
        "migrations/versions/0001_first_tables.py",
        'sa.UniqueConstraint("send_date", "attempt", name=op.f("uq_runs_send_date_attempt")),',
        "",
        (NEW_AS_OLD,),
    ),
    Safeguard(
        "a run that was planned is not replaced",
        "alerter/store/runs.py",
        'where=runs.c.state == "held",',
        "",
        ("tests/store/test_runs.py::test_a_run_that_went_out_is_never_replaced",),
    ),
    Safeguard(
        "one digest a recipient in a run (unique key)",
        "alerter/store/schema.py",
        'UniqueConstraint("run_id", "kind", "edition", "recipient"),',
        "",
        ("tests/store/test_outbox.py::test_a_run_has_one_digest_a_recipient",),
    ),
    Safeguard(
        "one digest a recipient in a run (unique key) in an older database",
        "migrations/versions/0001_first_tables.py",
        '"run_id", "kind", "edition", "recipient", name=',
        '"run_id", "kind", "edition", "recipient", "id", name=',
        (NEW_AS_OLD,),
    ),
    Safeguard(
        "a claim locks its row and asks for its state, either of which is enough",
        "alerter/store/outbox.py",
        CLAIM_LOCKS + CLAIM_ASKS,
        CLAIM_LOCKS.replace("\n        .with_for_update(skip_locked=not is_patient)", "")
        + ".where(_columns.id == candidate)",
        ("tests/store/test_races.py",),
    ),
    Safeguard(
        "the mark before the dot (SMTP)",
        "alerter/mail/smtp.py",
        "            is_ours = mark()\n",
        "            is_ours = True\n",
        ("tests/mail/test_smtp.py",),
    ),
    Safeguard(
        "no dot without the mark (SMTP)",
        "alerter/mail/smtp.py",
        "        if not is_ours:\n",
        "        if is_ours is None:\n",
        ("tests/mail/test_smtp.py",),
    ),
    Safeguard(
        "no dot for a message without its recipient",
        "alerter/mail/smtp.py",
        '(GO_AHEAD, b"") if GO_AHEAD in unread else smtp.docmd("RSET")',
        'smtp.docmd("RSET")',
        ("tests/mail/test_smtp.py",),
    ),
    Safeguard(
        "nothing is unread before a command or the dot",
        "alerter/mail/conversation.py",
        "        self.require_step()\n        super().send(s)\n",
        "        super().send(s)\n",
        (BEFORE_THE_DOT,),
    ),
    Safeguard(
        "nothing is unread before the mark",
        "alerter/mail/smtp.py",
        "            smtp.require_step()\n",
        "",
        (BEFORE_THE_DOT,),
    ),
    Safeguard(
        "the socket is looked at, and not only what was read of it",
        "alerter/mail/conversation.py",
        "self._read or self._unread()",
        "self._read or None",
        (BEFORE_THE_DOT,),
    ),
    Safeguard(
        "a refusal is believed only where nothing is unread",
        "alerter/mail/smtp.py",
        "        except OutOfStepError as error:\n            raise _LostError",
        "        except ZeroDivisionError as error:\n            raise _LostError",
        (BEFORE_THE_DOT,),
    ),
    Safeguard(
        "of two answers that differ neither is believed",
        "alerter/mail/smtp.py",
        '"unknown" if smtp.contradicts(code) else ',
        "",
        (BEFORE_THE_DOT,),
    ),
    Safeguard(
        "nothing said in the clear is a reply within TLS",
        "alerter/mail/conversation.py",
        "            raise smtplib.SMTPResponseException(code, text)\n        self.require_step()\n",
        "            raise smtplib.SMTPResponseException(code, text)\n        self._read = b''\n",
        (BEFORE_THE_DOT,),
    ),
    Safeguard(
        "no HELO where TLS or a login is wanted",
        "alerter/mail/smtp.py",
        'is_open = ours.security == "none" and not ours.username and ours.token is None',
        "is_open = True",
        (BEFORE_THE_DOT,),
    ),
    Safeguard(
        "deliver tries what was put off with another message",
        "alerter/store/outbox.py",
        "is_later = and_(_is_owed, _columns.state.in_(WAITING), _columns.next_attempt_at > now)",
        'is_later = and_(_is_owed, _columns.state == "deferred", _columns.next_attempt_at > now)',
        ("tests/faults/test_c7_stopped.py",),
    ),
    Safeguard(
        "the mark before the file (folder)",
        "alerter/mail/folder.py",
        "if not mark():",
        "if mark() is None:",
        ("tests/mail/test_folder.py",),
    ),
    Safeguard(
        "the claim token in the mark's and the outcome's condition",
        "alerter/store/outbox.py",
        ', _columns.claim_token == bindparam("held"))',
        ', bindparam("held") == bindparam("held"))',
        ("tests/store/test_outbox.py",),
    ),
    Safeguard(
        "one mark a claim",
        "alerter/store/outbox.py",
        '.where(_is_ours(), _columns.state == "claimed")',
        ".where(_is_ours())",
        ("tests/store/test_outbox.py",),
    ),
    Safeguard(
        "what was marked meanwhile is not put back as unsent",
        "alerter/store/outbox.py",
        ".where(_is_ours(), _columns.state.in_(found))",
        ".where(_is_ours(), _columns.state.in_(IN_FLIGHT))",
        ("tests/store/test_outbox.py", "tests/pipeline/test_senders.py"),
    ),
    Safeguard(
        "the lock of a sender on a file",
        "alerter/store/senders.py",
        "            _lock(file)\n            yield",
        "            yield",
        ("tests/store/test_senders.py",),
    ),
    Safeguard(
        "the lock of a sender on a server",
        "alerter/store/senders.py",
        "        lock.hold_on()\n        yield",
        "        yield",
        ("tests/store/test_senders.py",),
    ),
    Safeguard(
        "the lock is taken again when the server forgot it",
        "alerter/store/senders.py",
        "        if self._connection is None or not self._is_connected(self._connection):\n",
        "        if self._connection is None:\n",
        ("tests/pipeline/test_senders.py",),
    ),
    Safeguard(
        "a lease that ran out ends a claim",
        "alerter/store/outbox.py",
        "if row.lease_until <= now or not is_alive(row.claim_token)",
        "if not is_alive(row.claim_token)",
        ("tests/pipeline/test_senders.py",),
    ),
    Safeguard(
        "at most five copies",
        "alerter/domain/delivery.py",
        '(unknown_outcome == "hold" or unanswered + 1 >= MOST_UNANSWERED)',
        'unknown_outcome == "hold"',
        ("tests/domain/test_delivery.py", "tests/pipeline/test_senders.py"),
    ),
    Safeguard(
        "no command sends an unknown outcome twice",
        "alerter/store/outbox.py",
        ', _columns.id.not_in(bindparam("but", expanding=True))',
        "",
        ("tests/pipeline/test_deliver.py",),
    ),
    Safeguard(
        "sent again until somebody answers",
        "alerter/domain/delivery.py",
        "    if is_unknown and (",
        "    if is_unknown or (",
        ("tests/domain/test_delivery.py",),
    ),
    Safeguard(
        "not sent again to one who answers for it no more",
        "alerter/pipeline/renew.py",
        "    _give_up(connection, plan, renewal, now)\n",
        "",
        ("tests/pipeline/test_renew.py",),
    ),
    Safeguard(
        "none where a person decides",
        "alerter/domain/delivery.py",
        '(unknown_outcome == "hold" or unanswered + 1 >= MOST_UNANSWERED)',
        "unanswered + 1 >= MOST_UNANSWERED",
        ("tests/domain/test_delivery.py", "tests/pipeline/test_senders.py"),
    ),
    Safeguard(
        "dots are doubled at the beginning of a line",
        "alerter/mail/smtp.py",
        'CRLF + b"..")',
        'CRLF + b".")',
        ("tests/mail/test_smtp.py",),
    ),
    Safeguard(
        "every line ends in CRLF",
        "alerter/mail/smtp.py",
        "body if is_clean else _LINE_ENDS.sub(CRLF, body)",
        "body",
        ("tests/mail/test_smtp.py",),
    ),
    Safeguard(
        "the certificate and its host are verified",
        "alerter/mail/smtp.py",
        "context = ssl.create_default_context(cafile=ca_file or None)",
        "context = ssl._create_unverified_context(cafile=ca_file or None)",
        ("tests/mail/test_tls.py",),
    ),
    Safeguard(
        "TLS 1.2 or newer",
        "alerter/mail/smtp.py",
        "context.minimum_version = ssl.TLSVersion.TLSv1_2",
        "context.minimum_version = ssl.TLSVersion.TLSv1",
        ("tests/mail/test_tls.py",),
    ),
    Safeguard(
        "STARTTLS must be offered",
        "alerter/mail/smtp.py",
        '        if not smtp.has_extn("starttls"):\n            raise MailStoppedError(',
        '        if not smtp.has_extn("starttls"):\n            return\n            raise MailStoppedError(',
        ("tests/mail/test_smtp_connection.py",),
    ),
    Safeguard(
        "one strict grammar of addresses",
        "alerter/domain/address.py",
        "_ADDRESS.fullmatch(text) is not None",
        '"@" in text',
        ("tests/domain/test_address.py",),
    ),
    Safeguard(
        "a recipient's address is looked at when the message is built",
        "alerter/mail/message.py",
        "if not is_address(recipient.email):",
        "if not recipient.email:",
        ("tests/mail/test_message.py",),
    ),
    Safeguard(
        "the allow-list of domains",
        "alerter/domain/routing.py",
        "if not is_in_domains(recipient.email, self.allowed_domains):",
        "if not recipient.email:",
        ("tests/domain/test_routing.py",),
    ),
    Safeguard(
        "the allow-list holds for the fallback and the admins",
        "alerter/config/email.py",
        "if domains is not None and not is_in_domains(address, domains):",
        "if domains is None:",
        ("tests/config/test_email.py",),
    ),
    Safeguard(
        "the message is read back before it is kept",
        "alerter/mail/message.py",
        "    check(body, rendered, recipient, letterhead)\n",
        "",
        ("tests/mail/test_message.py",),
    ),
    Safeguard(
        "the receipt: what was planned is in the text",
        "alerter/mail/render.py",
        "        check_receipt(text, digest, view)\n",
        "",
        ("tests/mail/test_templates.py",),
    ),
    Safeguard(
        "the partition is checked before anything is written",
        "alerter/domain/plan.py",
        "    check_partition(keys, [alert for _, alert, _ in judged], digests)",
        "    _ = True or check_partition(keys, [alert for _, alert, _ in judged], digests)",
        ("tests/domain/test_plan.py",),
    ),
    Safeguard(
        "plain text only to this machine",
        "alerter/config/email.py",
        'if security == "none" and host is not None and allowed is False and not is_loopback(host):',
        "if security is None:",
        ("tests/config/test_email.py",),
    ),
    Safeguard(
        "a template's undefined value is an error",
        "alerter/mail/template_set.py",
        "        undefined=StrictUndefined,\n",
        "",
        ("tests/mail/test_templates.py",),
    ),
    Safeguard(
        "markup in the data is escaped",
        "alerter/mail/template_set.py",
        "        autoescape=is_html,",
        "        autoescape=False,",
        ("tests/mail/test_digest.py::test_markup_in_the_data_is_shown_as_it_is",),
    ),
    Safeguard(
        "catch-up: a week missed is owed until it has its run",
        "alerter/domain/owing.py",
        "        return last.send_date < due\n",
        "        return last.send_date < due and now - timetable.moment(due) < timedelta(minutes=1)\n",
        ("tests/domain/test_owing.py", "tests/app/serving/test_serving.py"),
    ),
    Safeguard(
        "a held run rests for an hour",
        "alerter/domain/owing.py",
        "return last.is_held and not _is_resting(last, now) and",
        "return last.is_held and",
        ("tests/domain/test_owing.py",),
    ),
    Safeguard(
        "the clock watch",
        "alerter/app/serving.py",
        "        if not self._is_clock_believed():\n",
        "        if self._is_clock_believed() is None:\n",
        ("tests/app/serving/test_serving.py",),
    ),
    Safeguard(
        "a jump of the clock is noticed",
        "alerter/domain/steadiness.py",
        "if abs(lead - self.lead) <= TOLERANCE:",
        "if True:",
        ("tests/domain/test_steadiness.py",),
    ),
    Safeguard(
        "BEGIN IMMEDIATE",
        "alerter/store/engine.py",
        '"BEGIN" if options.get("is_read", False) else "BEGIN IMMEDIATE"',
        '"BEGIN"',
        ("tests/store/test_database.py",),
    ),
    Safeguard(
        "what was acknowledged is on the disk (synchronous)",
        "alerter/store/engine.py",
        '"synchronous=FULL"',
        '"synchronous=OFF"',
        ("tests/store/test_engine.py",),
    ),
    Safeguard(
        "what was deleted is overwritten (secure_delete)",
        "alerter/store/engine.py",
        '"secure_delete=ON"',
        '"secure_delete=OFF"',
        ("tests/store/test_engine.py", "tests/store/test_staging.py"),
    ),
    Safeguard(
        "a database file is its owner's alone",
        "alerter/store/sqlite_file.py",
        "os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600",
        "os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644",
        ("tests/store/test_engine.py",),
    ),
    Safeguard(
        "what holds ids or links is its owner's alone (file)",
        "alerter/private_files.py",
        "        unfinished.chmod(FILE_MODE)  # a umask may have taken even the owner's rights\n",
        "        unfinished.chmod(0o644)\n",
        ("tests/test_private_files.py",),
    ),
    Safeguard(
        "what holds ids or links is its owner's alone (folder)",
        "alerter/private_files.py",
        "    folder.chmod(FOLDER_MODE)  # a umask may have taken even the owner's rights\n",
        "    folder.chmod(0o755)\n",
        ("tests/test_private_files.py",),
    ),
    Safeguard(
        "a link is signed for one database",
        "alerter/app/links.py",
        'salt = f"{ANSWER} for {database}"',
        "salt = ANSWER",
        ("tests/faults/test_c7_doors_tokens.py",),
    ),
    Safeguard(
        "a session is good for the database it was begun on",
        "alerter/app/page_session.py",
        "session.database == installation_id(connection) and not",
        "not",
        ("tests/faults/test_c7_doors_tokens.py",),
    ),
    Safeguard(
        "a session ends when it is left",
        "alerter/web/pages.py",
        "        if left is not None:\n",
        "        if left is None:\n",
        ("tests/faults/test_c7_doors_tokens.py",),
    ),
    Safeguard(
        "nothing goes without the directory",
        "alerter/app/freshness.py",
        "        raise DirectoryError(said) from error\n",
        "        return None\n",
        ("tests/faults/test_c7_doors_directory.py",),
    ),
    Safeguard(
        "a run from the store looks at the directory",
        "alerter/app/weekly.py",
        "is_fresh=is_synced, news_of",
        "is_fresh=True, news_of",
        ("tests/faults/test_c7_doors_directory.py",),
    ),
    Safeguard(
        "a symbolic link among dropped extracts is refused",
        "alerter/sources/extract.py",
        "        if below.is_symlink():\n",
        "        if not below:\n",
        ("tests/faults/test_c7_doors_files.py::test_fault_115_symbolic_link",),
    ),
    Safeguard(
        "a database file that was exchanged is noticed",
        "alerter/store/engine.py",
        '        event.listen(engine, "checkout", file.watch)\n',
        "",
        ("tests/store/test_engine.py",),
    ),
    Safeguard(
        "what is marked may have arrived, and is not put back as unsent",
        "alerter/pipeline/deliver.py",
        '            if state == "claimed":\n',
        '            if state in ("claimed", "marked"):\n',
        ("tests/pipeline/test_senders.py",),
    ),
    Safeguard(
        "what another writes anew is waited for",
        "alerter/pipeline/deliver.py",
        "        return self.next is None and outbox.is_any_due(connection, now)\n",
        "        return False\n",
        ("tests/pipeline/test_senders.py::test_what_is_being_written_anew_is_waited_for",),
    ),
    Safeguard(
        "no fault is taken for one that stays while an outcome is not recorded",
        "alerter/store/database.py",
        "if isinstance(error, StoreBrokenError) or should_stop()",
        "if type(error) in (StoreError, StoreBrokenError) or should_stop()",
        ("tests/faults/test_c7_store.py",),
    ),
    Safeguard(
        "an outcome is kept until the database is back",
        "alerter/pipeline/deliver.py",
        "    database.write_at_last(record, should_stop=should_stop)\n",
        "    with database.write() as connection:\n        record(connection)\n",
        ("tests/faults/test_c3_database.py::test_fault_044_server_down_after_the_reply",),
    ),
    Safeguard(
        "an outcome is kept though the next claim fails",
        "alerter/pipeline/deliver.py",
        "        except StoreError:\n            hand.next = None",
        "        except ZeroDivisionError:\n            hand.next = None",
        ("tests/pipeline/test_deliver.py",),
    ),
    Safeguard(
        "a message that kills its senders is given up",
        "alerter/domain/delivery.py",
        "    if deaths + 1 >= MOST_DEATHS:\n",
        "    if deaths < 0:\n",
        ("tests/domain/test_delivery.py",),
    ),
    Safeguard(
        "an older program stands down",
        "alerter/pipeline/deliver.py",
        "            require_ours(connection)\n",
        "",
        ("tests/faults/test_c6_operations_watch.py::test_fault_124_newer_program",),
    ),
    Safeguard(
        "what waits is looked at again before it goes",
        "alerter/pipeline/deliver.py",
        "            freshen()\n",
        "",
        ("tests/faults/test_c5_data_meanwhile.py",),
    ),
    Safeguard(
        "what was ever marked is not written anew",
        "alerter/store/drafts.py",
        ", _columns.marked_at.is_(None))",
        ")",
        ("tests/pipeline/test_renew.py",),
    ),
    Safeguard(
        "a new run closes the older ones",
        "alerter/pipeline/prepare.py",
        "    drafts.supersede(connection, run.id, now)\n",
        "",
        ("tests/pipeline/test_renew.py",),
    ),
    Safeguard(
        "nothing of an overtaken run is tried again",
        "alerter/domain/delivery.py",
        "    if is_overtaken:\n",
        "    if is_overtaken is None:\n",
        ("tests/domain/test_delivery.py",),
    ),
    Safeguard(
        "one after the other where a person's acts decide on the next (PostgreSQL)",
        "alerter/store/trail.py",
        '    take_turns(connection, f"acts of {address_key(actor)}")\n',
        "    address_key(actor)\n",
        ("tests/faults/test_c7_store_at_once.py::test_fault_117_equal_acts_at_once",),
    ),
    Safeguard(
        "a lost database is not begun anew",
        "alerter/store/migration.py",
        "if note is not None and note.installation and not is_there(database):",
        "if note is None:",
        ("tests/faults/test_c7_store_lost.py",),
    ),
    Safeguard(
        "a file that was written to is looked into",
        "alerter/store/sqlite_file.py",
        "if look is not None and look == self._look:",
        "if look is not None and self._look and look[:2] == self._look[:2]:",
        ("tests/faults/test_c7_store_lost.py",),
    ),
    Safeguard(
        "another installation's database in the file's place is noticed",
        "alerter/store/sqlite_file.py",
        'if known.installation and contents.installation not in (known.installation, ""):',
        "if known.installation is None:",
        ("tests/faults/test_c7_store_lost.py",),
    ),
    Safeguard(
        "an older state of the file is noticed",
        "alerter/store/sqlite_file.py",
        "        if contents.writes < known.writes:\n",
        "        if contents.writes < 0:\n",
        ("tests/faults/test_c7_store_lost.py",),
    ),
    Safeguard(
        "a session goes by settings of our own",
        "alerter/store/sessions.py",
        "    connection.execute(_SET.format(wanted=wanted))\n",
        "",
        ("tests/faults/test_c7_store.py::test_fault_119_odd_sessions",),
    ),
    Safeguard(
        "a database in another encoding is refused",
        "alerter/store/sessions.py",
        "    if encoding != ENCODING:\n",
        "    if encoding is None:\n",
        ("tests/faults/test_c7_store.py::test_fault_119_odd_sessions",),
    ),
    Safeguard(
        "a pooler that hands out sessions by the transaction is refused (the last one first)",
        "alerter/store/sessions.py",
        " or other.execute(process).scalar_one() in served_by",
        "",
        ("tests/faults/test_c7_store.py::test_fault_120_transaction_pooler",),
    ),
    Safeguard(
        "a pooler that hands out sessions by the transaction is refused (each in turn)",
        "alerter/store/sessions.py",
        "    if len(served_by) > 1 or ",
        "    if ",
        ("tests/faults/test_c7_store.py::test_fault_120_transaction_pooler",),
    ),
    Safeguard(
        "no SQLite file on a network drive",
        "alerter/store/engine.py",
        "        if not allow_network_file:\n",
        "        if allow_network_file is None:\n",
        ("tests/store/test_network_drive.py",),
    ),
    Safeguard(
        "success is signalled only for a run that is done",
        "alerter/app/serving.py",
        '        if last.state == "done":\n',
        "        if last.state:\n",
        ("tests/app/serving/test_heartbeat.py",),
    ),
    Safeguard(
        "the log of writes is emptied when data go",
        "alerter/store/database.py",
        '                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")\n',
        "                connection.closed\n",
        ("tests/store/test_retention.py",),
    ),
    Safeguard(
        "an extract that looks wrong is held",
        "alerter/domain/gate.py",
        '    if not content.open:\n        yield "the',
        '    if content.open < 0:\n        yield "the',
        ("tests/domain/test_gate.py",),
    ),
    Safeguard(
        "an extract that grew too much is held",
        "alerter/domain/gate.py",
        "        yield from _grown(gates, content.open, before.open)\n",
        "",
        ("tests/domain/test_gate.py",),
    ),
    Safeguard(
        "an extract that shrank too much is held",
        "alerter/domain/gate.py",
        "        yield from _shrunk(gates.max_shrink_percent, content, before)\n",
        "",
        ("tests/domain/test_gate.py",),
    ),
    Safeguard(
        "an extract of which too much was rejected is held",
        "alerter/domain/gate.py",
        "    yield from _rejected(gates.max_rejected_percent, content)\n",
        "",
        ("tests/domain/test_gate.py",),
    ),
    Safeguard(
        "an extract in which too much is open again is held",
        "alerter/domain/gate.py",
        "    yield from _reopened(gates, content.reopened)\n",
        "",
        ("tests/domain/test_gate.py",),
    ),
    Safeguard(
        "a sync that a gate holds leaves no trace",
        "alerter/app/weekly.py",
        "                savepoint.rollback()",
        "                pass",
        ("tests/cli/test_gates.py::test_a_held_sync_leaves_a_held_run_its_extract",),
    ),
)
