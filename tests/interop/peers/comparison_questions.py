"""What docs/reference/comparison.md asks of each jar, as traffic that has two possible outcomes.

A question is answered "yes" or "no" by the Cookie headers that a server sees, so that every client,
whatever its language and its interface, is asked the same.

Rules of this file:
- The text of a question is the first cell of its row on the page, word for word.
- Both outcomes are written down; a jar that does a third thing fails the test that asks it.
"""

from typing import NamedTuple

SHOP, SAFE, WWW = "http://shop.test", "https://shop.test", "http://www.shop.test"
OTHER, BANK = "http://other.test", "http://bank.example"


class Visit(NamedTuple):
    """One request: what its response sets, and who causes it."""

    url: str
    sets: tuple[str, ...] = ()
    cross_site: bool = False
    partition: str | None = None


class Question(NamedTuple):
    """
    A row of the page.

    Args:
        text: What is asked.
        visits: Requests, in this order, with an empty jar.
        yes: The Cookie header of the last visit if the answer is yes.
        no: If it is no; more than one where jars fail in more than one way.
        ordered: The order of the cookies is what is asked; otherwise it plays no part.
    """

    text: str
    visits: tuple[Visit, ...]
    yes: str | None
    no: tuple[str | None, ...]
    ordered: bool = False

    def answer(self, header: str | None) -> str:
        """
        The cell that a header stands for.

        Raises:
            ValueError: It is none of the outcomes.
        """
        if self is MANY:
            return "yes" if header is not None and header.count(";") < MOST else "no"
        if header == self.yes:
            return "yes"
        if not self.ordered and _pieces(header) == _pieces(self.yes):
            return "yes"
        if _pieces(header) in map(_pieces, self.no):
            return "no"
        raise ValueError(
            f"{self.text}: expected {self.yes!r} or one of {self.no!r}, got {header!r}"
        )


def _pieces(header: str | None) -> list[str] | None:
    return None if header is None else sorted(header.split("; "))


def _set(url: str, *sets: str) -> Visit:
    return Visit(f"{url}/", sets)


def _ask(url: str) -> Visit:
    return Visit(f"{url}/" if url.count("/") == 2 else url)


# Enough that no jar has them in another's order by chance, and their alphabet's is not it.
_WIDE = [f"{name}={name}; Domain=shop.test" for name in "zkb"]
_HOST_ONLY = [f"{name}={name}" for name in "yja"]
_BY_AGE = [field for pair in zip(_WIDE, _HOST_ONLY, strict=True) for field in pair]
_NESTED = [f"{name}={name}; Path=/{'/'.join('d' * depth)}" for depth, name in enumerate("kzbya")]
_NAMES = "qpnmhgfec"

# Chromium keeps 150 to 180 of a registrable domain, 6265bis 6.1 asks for at least 50.
MOST = 180
_CROWD = tuple(f"c{number}={number}" for number in range(400))
MANY = Question(
    "lets no host store more than 180 cookies",
    (*(_set(SHOP, *_CROWD[start : start + 40]) for start in range(0, 400, 40)), _ask(SHOP)),
    None,
    (),
)

RULES = (
    Question(
        "keeps a cookie without Domain from subdomains",
        (_set(SHOP, "a=1"), _ask(WWW)),
        None,
        ("a=1",),
    ),
    Question(
        "refuses a Domain of another site",
        (_set(SHOP, "a=1; Domain=other.test"), _ask(OTHER)),
        None,
        ("a=1",),
    ),
    Question(
        "refuses a public suffix, `co.uk`",
        (_set("http://shop.co.uk", "a=1; Domain=co.uk"), _ask("http://bank.co.uk")),
        None,
        ("a=1",),
    ),
    Question(
        "refuses a suffix under which a company hosts others, `github.io`",
        (_set("http://a.github.io", "a=1; Domain=github.io"), _ask("http://b.github.io")),
        None,
        ("a=1",),
    ),
    Question(
        "refuses a part of an address, `Domain=.0.0.1`",
        (_set("http://127.0.0.1", "a=1; Domain=.0.0.1"), _ask("http://10.0.0.1")),
        None,
        ("a=1",),
    ),
    Question(
        "lets no other site remove a domain-wide cookie",
        (
            _set(SHOP, "sid=1; Domain=shop.test"),
            _set(OTHER, "sid=; Domain=shop.test; Max-Age=0"),
            _ask(SHOP),
        ),
        "sid=1",
        (None,),
    ),
    Question(
        "sends a Secure cookie over https alone",
        (_set(SAFE, "s=1; Secure"), _ask(SHOP)),
        None,
        ("s=1",),
    ),
    Question(
        "takes a Secure cookie over https alone",
        (_set(SHOP, "s=1; Secure"), _ask(SAFE)),
        None,
        ("s=1",),
    ),
    Question(
        "keeps a Secure cookie from being overwritten over http",
        (_set(SAFE, "s=1; Secure"), _set(SHOP, "s=2"), _ask(SAFE)),
        "s=1",
        ("s=2",),
    ),
    Question(
        "holds `__Host-` names to their promise",
        (_set(SAFE, "__Host-s=1; Secure; Path=/; Domain=shop.test"), _ask(SAFE)),
        None,
        ("__Host-s=1",),
    ),
    Question(
        "refuses SameSite=None without Secure",
        (_set(SAFE, "a=1; SameSite=None"), _ask(SAFE)),
        None,
        ("a=1",),
    ),
    Question(
        "withholds SameSite=Strict from a cross-site request",
        (_set(SAFE, "a=1; SameSite=Strict"), Visit(f"{SAFE}/", cross_site=True)),
        None,
        ("a=1",),
    ),
    Question(
        "keeps Partitioned cookies in their partition",
        (
            Visit(
                f"{SAFE}/",
                ("a=1; Secure; SameSite=None; Partitioned",),
                partition="https://other.test",
            ),
            Visit(f"{SAFE}/", partition="https://bank.example"),
        ),
        None,
        ("a=1",),
    ),
    Question(
        "refuses a cookie of more than 4,096 octets",
        (_set(SHOP, "a=" + "x" * 5000), _ask(SHOP)),
        None,
        ("a=" + "x" * 5000,),
    ),
    MANY,
)

WIRE = (
    Question(
        "sends both of two cookies of one name on two paths",
        (_set(SHOP, "x=root; Path=/", "x=deep; Path=/deep"), _ask(f"{SHOP}/deep/page")),
        "x=deep; x=root",
        ("x=deep", "x=root"),
    ),
    Question(
        "sends cookies with longer paths first",
        (_set(SHOP, *_NESTED), _ask(f"{SHOP}/d/d/d/d/page")),
        "a=a; y=y; b=b; z=z; k=k",
        ("a=a; b=b; k=k; y=y; z=z",),
        ordered=True,
    ),
    Question(
        "sends older cookies first",
        (
            _set(WWW, *_BY_AGE),
            _ask(WWW),
        ),
        "z=z; y=y; k=k; j=j; b=b; a=a",
        ("a=a; b=b; j=j; k=k; y=y; z=z",),
        ordered=True,
    ),
    Question(
        "leaves a cookie in its place when its value changes",
        (*(_set(SHOP, f"{name}=1") for name in _NAMES), _set(SHOP, "p=2"), _ask(SHOP)),
        "q=1; p=2; n=1; m=1; h=1; g=1; f=1; e=1; c=1",
        ("c=1; e=1; f=1; g=1; h=1; m=1; n=1; p=2; q=1",),
        ordered=True,
    ),
    Question(
        "returns quotation marks, `=` and `&` as they came",
        (_set(SHOP, 'q="a b"', "e=a==", "m=x&y/z?1:2"), _ask(SHOP)),
        'q="a b"; e=a==; m=x&y/z?1:2',
        ('q="a b"; e="a=="; m="x&y/z?1:2"', "q=a b; e=a==; m=x&y/z?1:2"),
    ),
    Question(
        "returns an empty value as `e=`",
        (_set(SHOP, "e="), _ask(SHOP)),
        "e=",
        ('e=""',),
    ),
    Question(
        "returns octets above 0x7F as they came",
        (_set(SHOP, "a=K\xf6ln"), _ask(SHOP)),
        "a=K\xf6ln",
        ("a=Kln", "UnicodeEncodeError", None),
    ),
    Question(
        "keeps the neighbours of a cookie whose month does not exist",
        (_set(SHOP, "a=1; Expires=Wed, 09 Foo 2038 22:23:32 GMT", "b=2"), _ask(SHOP)),
        "a=1; b=2",
        (None,),
    ),
    Question(
        "takes a date in 1970 for a deletion",
        (
            _set(SHOP, "a=1", "b=2"),
            _set(SHOP, "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
            _ask(SHOP),
        ),
        "b=2",
        ('a=""; b=2',),
    ),
    Question(
        "sends cookies with `Domain=localhost` to localhost",
        (_set("http://localhost", "a=1; Domain=localhost"), _ask("http://localhost")),
        "a=1",
        (None,),
    ),
)

QUESTIONS = RULES + WIRE
