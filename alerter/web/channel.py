"""A connection to the page that ends when its client takes too long over a request."""

from time import monotonic

from waitress.channel import HTTPChannel

REQUEST_SECONDS = 60.0


class PromptChannel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """
    Hangs up on a client whose request, head or body, is not complete within *seconds* of its first byte.

    waitress ends only what is silent: a byte now and then would keep one of its hundred places for ever.
    """

    seconds = REQUEST_SECONDS
    _begun_at = 0.0

    def received(self, data: bytes) -> bool:
        """
        Take more of a request.
        """
        if self.request is None:
            self._begun_at = monotonic()
        is_taken: bool = super().received(data)
        if self.request is not None and monotonic() - self._begun_at > self.seconds:
            self.will_close = True
        return is_taken


def within(seconds: float) -> type[PromptChannel]:
    """
    Return such a channel with another time.
    """
    return type("PromptChannel", (PromptChannel,), {"seconds": seconds})
