"""The made-up borough's people: teams, managers, workers and who stands in for whom."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

DOMAIN = "northmere.example"
SERVICE_MANAGER = f"service.manager@{DOMAIN}"
TEAMS = (
    ("Duty and Assessment North", 3),
    ("Duty and Assessment South", 3),
    ("Duty and Assessment East", 2),
    ("Safeguarding West", 2),
    ("Children with Disabilities", 2),
    ("Court and Complex Needs", 2),
)
"""Each team with how many managers share it."""
FORMER_TEAM = "Duty and Assessment West"
"""What Safeguarding West was called: old rows still say so, the directory no longer does."""
WORKERS = 40
LEAVERS = 2
DIRECTORY_COLUMNS = (
    "team", "worker", "manager_name", "manager_email",
    "cover_email", "cover_from", "cover_until", "escalate_to",
)  # fmt: skip
INITIALS = "ABCDEFGHIJKLMNPRSTYZ"
SURNAMES = (
    "Achebe", "Adeyemi", "Ahlberg", "Alvarez", "Bajwa", "Begum", "Brandt", "Carvalho", "Chowdhury",
    "Cotter", "Dhillon", "Dudek", "Ekwueme", "Fairweather", "Ferreira", "Georgiou", "Gupta",
    "Halloran", "Haque", "Hussain", "Iqbal", "Jankowski", "Kapoor", "Kaya", "Kelleher", "Kowalczyk",
    "Lindqvist", "Mahmood", "Marchetti", "Mensah", "Moyo", "Nakamura", "Novak", "Nwosu", "O'Rourke",
    "Okonkwo", "Osei", "Pandey", "Papadakis", "Petrov", "Pillai", "Quigley", "Rahman", "Rezaei",
    "Rossi", "Sandhu", "Santos", "Schofield", "Sesay", "Silva", "Tembo", "Thapa", "Tran",
    "Underhill", "Varga", "Wambua", "Whitlock", "Yilmaz", "Zielinski",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cover:
    """Somebody else's address for a stretch of days, both inclusive."""

    email: str
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """One manager; the first of a team *leads* it and has whatever no other manager has."""

    name: str
    email: str
    team: str
    leads: bool
    cover: Cover | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One social worker; an empty *team* is one who works for all of them, no *manager* one who has left."""

    name: str
    team: str
    manager: Manager | None
    away_until: date | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who works, or worked, in the borough."""

    managers: tuple[Manager, ...]
    workers: tuple[Worker, ...]
    leavers: tuple[Worker, ...]


def make_staff(rng: Random, as_of: date) -> Staff:
    """Return the people of the borough as they stand on *as_of*, each with a surname of their own."""
    names = iter([f"{rng.choice(INITIALS)}. {surname}" for surname in rng.sample(SURNAMES, len(SURNAMES))])
    posts = [(team, place == 0) for team, size in TEAMS for place in range(size)]
    managers = _with_cover([_manager(next(names), team, leads=leads) for team, leads in posts], as_of)
    away = {4: as_of + timedelta(days=9), 17: as_of + timedelta(days=16), 30: as_of + timedelta(days=2)}
    workers = []
    for place in range(WORKERS):
        manager = managers[place % len(managers)]
        team = "" if place == WORKERS - 1 else manager.team
        workers.append(Worker(name=next(names), team=team, manager=manager, away_until=away.get(place)))
    leavers = [Worker(name=next(names), team=FORMER_TEAM, manager=None) for _ in range(LEAVERS)]
    return Staff(managers, tuple(workers), tuple(leavers))


def directory_rows(staff: Staff) -> list[dict[str, str]]:
    """Return the directory: a row per team, and one per worker whose manager is not the team's first."""
    teams = [_directory_row(manager, team=manager.team) for manager in staff.managers if manager.leads]
    workers = [
        _directory_row(worker.manager, team=worker.team, worker=worker.name)
        for worker in staff.workers
        if worker.manager is not None and (not worker.manager.leads or not worker.team)
    ]
    return [*teams, *workers]


def _manager(name: str, team: str, *, leads: bool) -> Manager:
    local_part = name.lower().replace(". ", ".").replace("'", "")
    return Manager(name=name, email=f"{local_part}@{DOMAIN}", team=team, leads=leads)


def _with_cover(managers: list[Manager], as_of: date) -> tuple[Manager, ...]:
    """Return *managers*, one of them away now and one away next month, each with a colleague's cover."""
    covers = {
        2: Cover(managers[0].email, as_of - timedelta(days=3), as_of + timedelta(days=11)),
        9: Cover(managers[8].email, as_of + timedelta(days=25), as_of + timedelta(days=39)),
    }
    return tuple(
        Manager(
            name=person.name,
            email=person.email,
            team=person.team,
            leads=person.leads,
            cover=covers.get(place),
        )
        for place, person in enumerate(managers)
    )


def _directory_row(manager: Manager, *, team: str, worker: str = "") -> dict[str, str]:
    cover = manager.cover
    return {
        "team": team,
        "worker": worker,
        "manager_name": manager.name,
        "manager_email": manager.email,
        "cover_email": cover.email if cover else "",
        "cover_from": cover.first.isoformat() if cover else "",
        "cover_until": cover.last.isoformat() if cover else "",
        "escalate_to": SERVICE_MANAGER,
    }
