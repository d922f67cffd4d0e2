"""Addresses: one plain one or none, and the domains mail may go to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.address import address_key, is_address, is_in_domains

LABEL = "a" * 63
HOSTILE = {
    "empty": "",
    "blank": " ",
    "no at": "council.example",
    "no local part": "@council.example",
    "no domain": "p.novak@",
    "one label": "p.novak@council",
    "two ats": "p.novak@evil.example@council.example",
    "two addresses": "p.novak@council.example,bob@evil.example",
    "two addresses and a blank": "p.novak@council.example, bob@evil.example",
    "two addresses by semicolon": "p.novak@council.example;bob@evil.example",
    "display name": "P. Novak <p.novak@council.example>",
    "angle brackets": "<p.novak@council.example>",
    "group": "managers:p.novak@council.example;",
    "comment behind": "p.novak@council.example(bob@evil.example)",
    "comment before": "(bob)p.novak@council.example",
    "comment that hides a second one": "alice@evil.example)p.novak@council.example",
    "quoted local part": '"p.novak"@council.example',
    "quoted at": '"bob@evil.example"@council.example',
    "literal": "p.novak@[192.0.2.1]",
    "source route": "@evil.example:p.novak@council.example",
    "percent route": "bob%evil.example@council.example",
    "bang path": "evil.example!bob@council.example",
    "backslash": "p\\.novak@council.example",
    "leading dot": ".novak@council.example",
    "trailing dot": "novak.@council.example",
    "two dots": "p..novak@council.example",
    "dot before the domain": "p.novak@.council.example",
    "dot behind the domain": "p.novak@council.example.",
    "two dots in the domain": "p.novak@council..example",
    "label begins with a hyphen": "p.novak@-council.example",
    "label ends with a hyphen": "p.novak@council-.example",
    "underscore in the domain": "p.novak@council_.example",
    "blank inside": "p novak@council.example",
    "blank before": " p.novak@council.example",
    "blank behind": "p.novak@council.example ",
    "line feed behind": "p.novak@council.example\n",
    "second header": "p.novak@council.example\r\nBcc: bob@evil.example",
    "tab": "p.novak\t@council.example",
    "NUL": "p.novak\x00@council.example",
    "accent in the local part": "p.nov\u00e1k@council.example",
    "accent in the domain": "p.novak@counc\u00edl.example",
    "Cyrillic letter": "p.n\u043evak@council.example",
    "full-width at": "p.novak\uff20council.example",
    "zero-width space": "p.novak\u200b@council.example",
    "right-to-left override": "p.novak\u202e@council.example",
    "digits of another script": "p.novak\u0663@council.example",
    "encoded word": "=?utf-8?q?p.novak?=@council.example,",
    "mailto": "mailto:p.novak@council.example",
    "local part too long": f"{'a' * 65}@council.example",
    "label too long": f"p.novak@{LABEL}a.example",
    "too long": f"p.novak@{LABEL}.{LABEL}.{LABEL}.{LABEL}.example",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_plain_address(name: str) -> None:
    """Whatever is not exactly one plain address is none."""
    assert not is_address(HOSTILE[name])


@pytest.mark.parametrize(
    "text",
    [
        "p.novak@council.example",
        "P.Novak@Council.Example",
        "o'brien@council.example",
        "siobhan_o'neill-smith+duty@children.council.example",
        "a@b.c",
        "7@123.example",
        "x@xn--cuncil-9ta.example",
        f"{'a' * 64}@council.example",
        f"p.novak@{LABEL}.example",
    ],
)
def test_plain_addresses(text: str) -> None:
    """
    Dots between letters, apostrophes, hyphens, tags and subdomains are plain; lengths go up to the limit.
    """
    assert is_address(text)


@pytest.mark.parametrize(("length", "is_one"), [(254, True), (255, False)])
def test_longest_address(length: int, *, is_one: bool) -> None:
    """254 characters are an address, 255 are none."""
    domain = f"{LABEL}.{LABEL}.{LABEL}.example"
    text = f"{'a' * (length - len(domain) - 1)}@{domain}"
    assert len(text) == length
    assert is_address(text) is is_one


@given(before=st.text(max_size=8), inside=st.text(max_size=8), behind=st.text(max_size=8))
def test_no_address_holds_a_second_one(before: str, inside: str, behind: str) -> None:
    """
    Whatever stands around or within an address, what passes has one at and no blank, bracket or separator.
    """
    text = f"{before}p{inside}@council.example{behind}"
    if is_address(text):
        assert text.isascii()
        assert text.isprintable()
        assert text.count("@") == 1
        assert not set(text) & set(' ,;:<>()[]"\\%!')


def test_case_makes_no_second_recipient() -> None:
    """Two spellings of one address have one key; another address has another."""
    assert address_key("P.Novak@Council.Example") == address_key("p.novak@council.example")
    assert address_key("p.novak@council.example") != address_key("pnovak@council.example")


@pytest.mark.parametrize(
    ("address", "allowed", "is_in"),
    [
        ("a@council.example", ("council.example",), True),
        ("a@COUNCIL.example", ("Council.Example",), True),
        ("a@children.council.example", ("council.example",), False),
        ("a@children.council.example", ("*.council.example",), True),
        ("a@duty.children.council.example", ("*.Council.example",), True),
        ("a@council.example", ("*.council.example",), False),
        ("a@council.example", ("*.council.example", "council.example"), True),
        ("a@evilcouncil.example", ("council.example",), False),
        ("a@evilcouncil.example", ("*.council.example",), False),
        ("a@council.example.evil.example", ("council.example", "*.council.example"), False),
        ("council.example@evil.example", ("council.example",), False),
        ("a@council.example", (), False),
    ],
)
def test_allowed_domains(address: str, allowed: tuple[str, ...], *, is_in: bool) -> None:
    """A domain is allowed as written, whatever its case; its subdomains only where `*.` stands before it."""
    assert is_in_domains(address, allowed) is is_in
