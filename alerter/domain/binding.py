"""From judged assessments to digests: compiled, with their news, and with the services above them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from alerter.domain import escalation
from alerter.domain.assessment import Assessment
from alerter.domain.data_exceptions import DataException
from alerter.domain.digest import Digest, compile_digests, with_services
from alerter.domain.escalation import Climb, EscalationRule, Judged
from alerter.domain.moved import Moved
from alerter.domain.news import News, with_news
from alerter.domain.routing import Route, Router


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """
    What turns a run's judged assessments into digests, however often some of them are compiled anew.

    *redirects* says by recipient where the part of a service manager goes whose digest cannot be written.
    """

    router: Router
    rule: EscalationRule
    news: News
    as_of: date
    to_mend: Sequence[DataException] = ()
    moved: Sequence[Moved] = ()
    redirects: Mapping[str, Route] = field(default_factory=dict)

    def above(self, assessment: Assessment) -> Route | None:
        """
        Return the way to the service manager of *assessment*; None where there is none.
        """
        route = self.router.escalation(assessment)
        return None if route is None else self.redirects.get(route.recipient.key, route)

    def problems(self, judged: Judged) -> list[DataException]:
        """
        Return one exception for each service manager who cannot be told.
        """
        return escalation.problems(judged, self.above)

    def bind(
        self, judged: Judged, everything: Judged, served: Collection[str] | None = None
    ) -> tuple[list[Digest], list[Climb]]:
        """
        Return the digests of *judged*, and what they tell service managers of *everything* that is open.

        Only service managers among *served* are told; None is all of them.
        """
        before = self.news.before
        climbed = escalation.climbs(everything, self.above, self.rule, before)
        pairs = [(alert, route) for _, alert, route in judged]
        digests = compile_digests(pairs, self.to_mend, self.moved)
        digests = with_news(digests, self.news, self.router, judged, climbed, self.as_of)
        services = [
            service
            for service in escalation.services(everything, self.above, climbed, before)
            if served is None or service.recipient.key in served
        ]
        told = {service.recipient.key for service in services}
        return with_services(digests, services), [
            climb for climb in climbed if climb.to.recipient.key in told
        ]
