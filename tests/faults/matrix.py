"""
The fault matrix: each way the weekly job is broken on purpose, and what must come of it.

A number stays what it is: tests, the table in `docs/` and conversations name faults by it. 45 and 97 were
taken out and are not given again; 124 and 125 were 103 and 104 until the last table came.
"""

from collections.abc import Sequence
from dataclasses import dataclass

EXPECTED = {
    "R": "tried again, and nothing was delivered meanwhile",
    "A": "accepted exactly once",
    "U": "outcome unknown, settled as `unknown_outcome` says",
    "X": "an exception, and told in the admins' summary",
    "F": "fails loudly, withholds the heartbeat's success, and goes on by itself once mended",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One row: its number, what is broken, and by which letters of `EXPECTED` it must end."""

    number: int
    words: str
    expected: str


@dataclass(frozen=True, slots=True)
class Table:
    """The faults of one kind."""

    title: str
    faults: Sequence[Fault]


TABLES = (
    Table(
        "The process dies",
        (
            Fault(1, "killed while the plan is written, before it commits", "A"),
            Fault(2, "killed between the plan's commit and the first claim", "A"),
            Fault(3, "killed after a claim: before connecting, EHLO, MAIL or RCPT", "A"),
            Fault(4, "killed in the middle of the body", "A"),
            Fault(5, "killed after the mark, before the dot", "U"),
            Fault(6, "killed after the dot, before the reply", "U"),
            Fault(7, "killed after the reply, before it is recorded", "U"),
            Fault(8, "killed inside the transaction that records the reply", "U or A"),
            Fault(9, "killed five times in a row while taking over what a dead sender left", "A"),
            Fault(10, "killed while the admins' summary or the heartbeat goes out", "U or A"),
            Fault(11, "killed for want of memory, again and again over one message", "R, then X"),
            Fault(12, "told to stop in the middle of a conversation", "A"),
            Fault(13, "stopped for longer than the lease, then woken", "A"),
            Fault(14, "killed during a migration of the schema", "F"),
        ),
    ),
    Table(
        "The mail server",
        (
            Fault(15, "refuses the connection, has no address, or hangs in TLS", "R, then F"),
            Fault(16, "says 421 for a greeting, or nothing", "R"),
            Fault(17, "does not offer STARTTLS, or somebody took the offer out", "F"),
            Fault(18, "has a certificate with the wrong name, past its date, or signed by itself", "F"),
            Fault(19, "speaks no TLS newer than 1.1", "F"),
            Fault(20, "refuses the login, or the token has run out", "F"),
            Fault(21, "answers MAIL with 451 or 421", "R"),
            Fault(22, "refuses the sender", "F"),
            Fault(23, "answers RCPT with 450: greylisted", "R"),
            Fault(24, "answers RCPT with 550: no such user", "X"),
            Fault(25, "says 421 at the seventh of fifty recipients", "R, then A"),
            Fault(26, "limits connections, or messages in a minute", "R"),
            Fault(27, "answers DATA with 451 or 550", "R or X"),
            Fault(28, "answers the dot with 4xx", "R"),
            Fault(29, "answers the dot with 552 or 554", "X"),
            Fault(30, "hangs up after the dot, and has not kept the message", "U, then A"),
            Fault(31, "hangs up after the dot, and has kept the message", "U"),
            Fault(32, "takes nearly ten minutes to answer the dot", "A"),
            Fault(33, "never answers the dot", "U"),
            Fault(34, "takes the message, and answers QUIT with 421, 500 or nothing", "A"),
            Fault(35, "is gone without closing the connection", "R or U"),
            Fault(36, "answers with endless lines, binary rubbish or code 999", "R or U"),
            Fault(37, "takes the message, and a bounce comes back later", "X"),
            Fault(38, "sends an automatic reply back", "A"),
            Fault(39, "delivers one accepted message twice", "A"),
        ),
    ),
    Table(
        "Database, disk and host",
        (
            Fault(40, "the database stays locked beyond the busy timeout while a run is planned", "F"),
            Fault(41, "a transaction that has read would have to become one that writes", "A"),
            Fault(42, "the database server is down at the send moment", "F, then A"),
            Fault(43, "the database server goes down after a claim, before the mark", "R"),
            Fault(44, "the database server goes down after the reply, the process lives on", "A"),
            Fault(46, "the database is restored from last week's backup", "U"),
            Fault(47, "the disk is full while a run is planned", "F"),
            Fault(48, "the disk is full between the dot and the record of its reply", "A"),
            Fault(49, "the disk is full for the log alone", "A"),
            Fault(50, "the disk reports an error when it is told to sync", "R"),
            Fault(51, "the file system may only be read", "F"),
            Fault(52, "the SQLite file lies on a network file system", "F"),
            Fault(53, "the database file is deleted or replaced under a running service", "F"),
            Fault(54, "a page of the database file is damaged", "F"),
            Fault(55, "four processes do the weekly job at once on one database", "A"),
            Fault(56, "two machines work with copies of one SQLite file", "F"),
            Fault(57, "power is lost after a commit", "A"),
            Fault(58, "locks' files are left over from a crash", "A"),
        ),
    ),
    Table(
        "Time and schedule",
        (
            Fault(59, "down over the send moment: a minute, three hours, six days, thirteen weeks", "A"),
            Fault(60, "the machine sleeps over the send moment", "A"),
            Fault(61, "the clock jumps a day ahead, and back", "F"),
            Fault(62, "the clock jumps back a week", "F"),
            Fault(63, "the send moment lies in the hour that summer time leaves out or repeats", "A"),
            Fault(64, "the host's time zone is another", "A"),
            Fault(65, "the send date is a bank holiday", "A"),
            Fault(66, "the list of bank holidays ends, or one is withdrawn or added", "F or X"),
            Fault(67, "the nation is wrong, or none", "F"),
            Fault(68, "29 February, week 53, and the turn of the year", "A"),
            Fault(69, "the next send date comes while a run is still being sent", "A"),
        ),
    ),
    Table(
        "Data",
        (
            Fault(70, "a manager without an address, or with a malformed one", "X"),
            Fault(71, "a manager leaves or changes address between plan and sending", "X"),
            Fault(72, "two managers share an address, or one has two entries", "X"),
            Fault(73, "an address field with two addresses, a group, or a trick in the display name", "X"),
            Fault(74, "names and addresses beyond ASCII", "A or X"),
            Fault(75, "line ends, NUL, direction marks or lone surrogates in a text", "A"),
            Fault(76, "an encoded word that hides a line end", "A"),
            Fault(77, "notes of megabytes, and thousands of assessments for one manager", "A"),
            Fault(78, "the same row twice, or the same id with other facts", "X"),
            Fault(79, "a start in the future, before 1990, or none", "X"),
            Fault(80, "a sign-off before the start or in the future", "X"),
            Fault(81, "dates month first, 1904 workbooks, two-digit years", "F"),
            Fault(82, "a formula without a value", "F"),
            Fault(83, "a workbook that lies about its size", "A"),
            Fault(84, "CSV with an open quote, a huge field, NUL, or in another encoding", "F"),
            Fault(85, "an extract cut short, empty, or last week's again", "F"),
            Fault(86, "XML with a bomb, an external entity or a DTD", "F"),
            Fault(87, "a workbook that unpacks to gigabytes", "F"),
            Fault(88, "reassigned or signed off between plan and sending", "A"),
            Fault(89, "gone from the extract without a sign-off", "X"),
            Fault(90, "the edge of day 25: 25 against 26, starts on weekends and holidays", "A"),
        ),
    ),
    Table(
        "Templates, settings and operation",
        (
            Fault(91, "a template names what is not there, or loses a row", "F"),
            Fault(92, "a digest that cannot be written for one manager", "X"),
            Fault(93, "a template that writes nothing, or another manager's rows", "F"),
            Fault(94, "a template that reaches for Python, or for a gigabyte", "F"),
            Fault(95, "the settings are broken while the service runs", "F"),
            Fault(96, "the settings are changed while it sends", "A"),
            Fault(98, "no allowed domain", "F"),
            Fault(99, "a secret is missing or cannot be read", "F"),
            Fault(100, "the heartbeat's watcher is down", "A"),
            Fault(101, "the admins' mailbox is refused", "F"),
            Fault(102, "two hosts' clocks differ by minutes", "A"),
            Fault(124, "an older and a newer program at once on one database", "F"),
            Fault(125, "somebody sends twice by hand, or during the weekly run", "A"),
        ),
    ),
    Table(
        "What outsiders broke",
        (
            Fault(103, "answers before the dot, in one packet with another reply, at any step", "R, then A"),
            Fault(104, "a watcher, Notify or a token endpoint that gives a byte now and then", "A, R or U"),
            Fault(
                105,
                "trial settings, which send into a folder, on the real database before the send time",
                "A",
            ),
            Fault(106, "another council's settings on the database", "F"),
            Fault(
                107, "`--as-of` far ahead by a slip, and a held run for a date that has not come", "F, then A"
            ),
            Fault(108, "the clock two weeks back after this week's run", "F"),
            Fault(109, "the database is lost on the send day, with digests owed", "F, then A"),
            Fault(110, "the database file is overwritten, emptied or exchanged under a running service", "F"),
            Fault(111, "the directory cannot be read when digests are to go", "F, then A"),
            Fault(112, "the database refuses the record of a reply, by any class of error", "A"),
            Fault(113, "a link or cookie shown at another installation, or after leaving", "F"),
            Fault(114, "a umask that lets others read what is written", "A"),
            Fault(115, "a symbolic link among the dropped extracts", "F"),
            Fault(116, "a workbook with two rows of one number, or a sheet twice in the archive", "A or F"),
            Fault(117, "equal answers, audits, undos and requests for a link in the same moment", "A"),
            Fault(118, "requests for links without login during the weekly run", "A"),
            Fault(119, "a database in another encoding, or with odd settings for its sessions", "F or A"),
            Fault(120, "a pooler hands out the server's sessions by the transaction", "F"),
            Fault(121, "dates that no calendar knows, and a purge of days to come", "F"),
            Fault(122, "the mail server knows only HELO, or refuses our name", "A or F"),
            Fault(123, "`deliver` after a refused login or missing TLS that all had to wait for", "A"),
        ),
    ),
)
FAULTS = {fault.number: fault for table in TABLES for fault in table.faults}
