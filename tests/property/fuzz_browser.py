"""Throw mutated Set-Cookie fields at the browser rules, millions of them.

    python tests/property/fuzz_browser.py --inputs 10000000 --seed 1 --processes 2

Inputs come in blocks with a seed of their own, so that a finding can be had again by its block,
whatever the number of processes. Exits with 1 if anything was found.

Looked for: exceptions, characters in a Cookie field that would end it, and time that grows faster
than the input.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator

from cookietin import BrowserCookiePolicy, Cookie, CookieJar
from cookietin.canonical import browser_cookie
from cookietin.context import UrlRequest
from cookietin.request_context import facts_of
from cookietin.rules.hosts import canonical_host
from cookietin.set_cookie.rfc6265 import parse

URL = "https://a.shop.test/a/b"
NOW = 1_767_225_600
POLICY = BrowserCookiePolicy()
FACTS = facts_of(UrlRequest(URL), POLICY)
BLOCK = 10_000
LONGEST = 70_000

CORPUS = [
    "SID=31d4d96e407aad42; Path=/; Secure; HttpOnly",
    "lang=en-US; Expires=Wed, 09 Jun 2027 10:18:14 GMT",
    "lang=; Expires=Sun, 06 Nov 1994 08:49:37 GMT",
    "__Host-session=eyJhbGciOiJIUzI1NiJ9.e30.Zm9v; Path=/; Secure; HttpOnly; SameSite=Lax",
    "__Secure-ENID=12.SE=abc_-; expires=Mon, 22-Jan-2027 05:53:54 GMT; path=/; "
    "domain=.shop.test; Secure; HttpOnly; SameSite=lax",
    "_ga=GA1.2.1032654.1633045; Max-Age=63072000; Domain=shop.test; Path=/",
    "csrftoken=IctiZyb; expires=Thu, 18 Mar 2027 17:18:27 GMT; Max-Age=31449600; Path=/; SameSite=Lax",
    "PHPSESSID=el4ukv0kqbvoirg7nkp4dncpk3; path=/; domain=a.shop.test",
    'prefs="{\\"a\\": 1, \\"b\\": [2, 3]}"; Path=/a; Comment="x, y"; Version=1',
    "JSESSIONID=AB12.node7; Path=/a/b; Secure; HttpOnly; SameSite=None; Partitioned",
    "AWSALB=Zm9v+/==; Expires=Sat, 28 Nov 2026 05:53:54 GMT; Path=/",
    "consent=YES+cb.20210328-17-p0.de+FX+917; Priority=High; Max-Age=2592000",
    "nameless",
    "=nameless",
    "a=1",
    "a=\xe9\xa0\xff; Path=/\xfc; Domain=b\xfccher.test",
    "a=1; Domain=xn--bcher-kva.test; Max-Age=-1",
    "a=1; Expires=Wednesday, 09-Jun-99 10:18:14 GMT; Max-Age=0",
    "a=1; Domain=127.0.0.1; Path=a; SameSite",
]
DICTIONARY = [
    *("; Path=", "; Domain=", "; Expires=", "; Max-Age=", "; SameSite=", "; Secure", "; HttpOnly"),
    *("; Partitioned", "Strict", "Lax", "None", "__Host-", "__Secure-", "__Http-", "__Host-Http-"),
    *("0", "-1", "-", "+1", "1e9", "0x7f", "2147483648", "9223372036854775808", "9" * 400),
    *(
        "00:00:00",
        "23:59:60",
        "24:00:00",
        "1 Jan 1601",
        "31 Dec 9999",
        "30 Feb",
        "69",
        "70",
        "0000",
    ),
    *(
        "\xb2",
        "\xb9",
        "\xbc",
        "\xa0",
        "\x85",
        "\xad",
        "\xdf",
        "\xff",
        "\xef\xbb\xbf",
        "\xe2\x80\xa8",
    ),
    *("shop.test", ".shop.test", "a.shop.test.", "..", "*.ck", "co.uk", "[::1]", "[", "]", "xn--"),
    *("xn--a", "xn--\xe9", "%00", "%0d%0a", '"', '\\"', "/../", "//", "?", "#", "@", ":80"),
]
SPECIALS = [*"\0\t\n\r\x0b\x0c\x1b\x1c\x1f\x7f ;=,\"'\\./:-+%_[]@*", "\x80", "\xa0", "\xff"]

Mutator = Callable[[random.Random, str], str]


def flip_bits(rng: random.Random, text: str) -> str:
    octets = bytearray(text, "latin-1")
    for _ in range(rng.choice((1, 1, 2, 8))):
        if octets:
            octets[rng.randrange(len(octets))] ^= 1 << rng.randrange(8)
    return octets.decode("latin-1")


def splice(rng: random.Random, text: str) -> str:
    other = rng.choice(CORPUS)
    return text[: rng.randint(0, len(text))] + other[rng.randint(0, len(other)) :]


def repeat(rng: random.Random, text: str) -> str:
    start = rng.randint(0, len(text))
    end = min(len(text), start + rng.choice((1, 1, 4, 20)))
    # Thousands of repeats now and then: past every limit of the draft, and slow to make.
    times = rng.choice((2, 3, 10, 70)) if rng.random() < 0.995 else rng.choice((1100, 4100, 9000))
    return text[:start] + text[start:end] * times + text[end:]


def insert_special(rng: random.Random, text: str) -> str:
    at = rng.randint(0, len(text))
    return text[:at] + rng.choice(SPECIALS) + text[at:]


def insert_word(rng: random.Random, text: str) -> str:
    at = rng.randint(0, len(text))
    return text[:at] + rng.choice(DICTIONARY) + text[at:]


def truncate(rng: random.Random, text: str) -> str:
    return text[: rng.randint(0, len(text))]


def remove(rng: random.Random, text: str) -> str:
    start = rng.randint(0, len(text))
    return text[:start] + text[start + rng.randint(1, 8) :]


MUTATORS: list[Mutator] = [
    flip_bits,
    splice,
    repeat,
    insert_special,
    insert_special,
    insert_word,
    insert_word,
    truncate,
    remove,
]


def inputs_of(seed: int, block: int, size: int = BLOCK) -> Iterator[str]:
    """The inputs of a block; the same ones for the same numbers."""
    rng = random.Random(f"{seed}/{block}")
    for _ in range(size):
        text = rng.choice(CORPUS)
        for _ in range(rng.choice((0, 1, 1, 2, 3, 5, 8))):
            text = rng.choice(MUTATORS)(rng, text)
        yield text[:LONGEST]


def try_in_jar(jar: CookieJar, text: str) -> None:
    """Raise if the text, as a field and as a part of one, does any harm."""
    jar.store_response(URL, [text, f"d=1; Domain={text}", f"e=1; Expires={text}"])
    header = jar.cookie_header(URL)
    if header is not None and any(char in header for char in "\r\n\0"):
        raise AssertionError("a Cookie field with a character that ends it")


def fuzz_block(job: tuple[int, int, int, int]) -> tuple[int, list[str]]:
    """How many inputs were tried, and what was found: ready to print."""
    seed, block, size, every = job
    found = []
    jar = CookieJar(BrowserCookiePolicy())
    for number, text in enumerate(inputs_of(seed, block, size)):
        try:
            canonical_host(text)
            parsed = parse(text)
            if not isinstance(parsed, int):
                browser_cookie(*parsed, FACTS, NOW, NOW + 1000, POLICY.public_suffixes, Cookie)
            if number % every == 0:
                try_in_jar(jar, text)
        except Exception:  # noqa: BLE001  # whatever it is, it is what we look for
            found.append(
                f"seed {seed}, block {block}, input {number}: {text!r}\n{traceback.format_exc()}"
            )
    return size, found


def fuzz(
    inputs: int, seed: int, processes: int = 1, every: int = 16
) -> Iterable[tuple[int, list[str]]]:
    """Results of blocks, as they come."""
    jobs = [
        (seed, block, min(BLOCK, inputs - start), every)
        for block, start in enumerate(range(0, inputs, BLOCK))
    ]
    if processes == 1:
        yield from map(fuzz_block, jobs)
        return
    with multiprocessing.Pool(processes) as pool:
        yield from pool.imap_unordered(fuzz_block, jobs)


SHAPES: dict[str, Callable[[int], str]] = {
    "semicolons": lambda n: ";" * n,
    "semicolons after a pair": lambda n: "a=1" + ";" * n,
    "equals signs": lambda n: "a" + "=" * n,
    "equals signs of attributes": lambda n: "a=1" + ";=" * (n // 2),
    "attributes": lambda n: "a=1" + ";b=c" * (n // 4),
    "known attributes": lambda n: "a=1" + ";path=/" * (n // 7),
    "many Expires": lambda n: "a=1" + ";expires=1 Jan 2027 00:00:00" * (n // 28),
    "many Max-Age": lambda n: "a=1" + ";max-age=12345" * (n // 14),
    "many Domain": lambda n: "a=1" + ";domain=a.shop.test" * (n // 19),
    "spaces": lambda n: " " * n,
    "spaces round a name": lambda n: " " * (n // 2) + "a" + "\t" * (n // 2) + "=1",
    "spaces in a value": lambda n: "a=b" + " " * n + "c",
    "spaces round attributes": lambda n: "a=1" + "; \t " * (n // 4),
    "spaces of one attribute": lambda n: "a=1; Path" + " " * n + "=/",
    "digits of Max-Age": lambda n: "a=1; Max-Age=" + "9" * n,
    "digits of Expires": lambda n: "a=1; Expires=1 Jan " + "9" * n,
    "colons of Expires": lambda n: "a=1; Expires=" + "1:" * (n // 2),
    "words of Expires": lambda n: "a=1; Expires=" + "Jan " * (n // 4),
    "dots of Domain": lambda n: "a=1; Domain=" + "." * n,
    "labels of Domain": lambda n: "a=1; Domain=" + "a." * (n // 2) + "shop.test",
    "short Domain, over and over": lambda n: "a=1" + (";domain=" + "a." * 500) * (n // 1008),
    "short Expires, over and over": lambda n: "a=1" + (";expires=" + "1 " * 500) * (n // 1009),
    "commas": lambda n: "a=" + "," * n,
    "quotes": lambda n: 'a="' + '\\"' * (n // 2),
    "long name": lambda n: "a" * n + "=1",
    "long value": lambda n: "a=" + "b" * n,
    "long nameless": lambda n: "a" * n,
    "long attribute name": lambda n: "a=1;" + "b" * n,
    "long Path": lambda n: "a=1; Path=" + "/a" * (n // 2),
    "control at the end": lambda n: "a=" + "b" * n + "\0",
    "prefixes": lambda n: "__Host-" * (n // 7) + "=1",
    "latin-1": lambda n: "a=\xe9" + "\xa0;\xa0" * (n // 3),
}


def seconds(text: str, repeats: int = 5) -> float:
    """The least time that a field takes, parsed and stored."""
    least = math.inf
    for _ in range(repeats):
        jar = CookieJar(BrowserCookiePolicy())
        start = time.perf_counter()
        parse(text)
        jar.store_response(URL, [text])
        least = min(least, time.perf_counter() - start)
    return least


def exponent(shape: Callable[[int], str], sizes: list[int]) -> tuple[float, float]:
    """The slope of log time over log size, by least squares, and the time of the largest size."""
    times = [seconds(shape(size)) for size in sizes]
    xs, ys = [math.log(size) for size in sizes], [math.log(taken) for taken in times]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    over = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return over / sum((x - mean_x) ** 2 for x in xs), times[-1]


def growth() -> Iterator[str]:
    """Print the exponent of every shape; what grows faster than linear is yielded."""
    sizes = [2**power for power in range(13, 20)]
    for name, shape in SHAPES.items():
        slope, longest = exponent(shape, sizes)
        print(f"{name:<30} n^{slope:.2f}  {longest * 1e3:8.2f} ms at {sizes[-1]:,}", flush=True)
        if slope > 1.25:
            yield f"{name}: time grows as n^{slope:.2f}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--every", type=int, default=16, help="store every n-th input in a jar")
    parser.add_argument("--skip-growth", action="store_true")
    given = parser.parse_args(arguments)

    found = [] if given.skip_growth else list(growth())
    tried, start, said = 0, time.perf_counter(), 0.0
    for tries, findings in fuzz(given.inputs, given.seed, given.processes, given.every):
        tried += tries
        found += findings
        for finding in findings[:3]:
            print(finding, flush=True)
        taken = time.perf_counter() - start
        if taken - said > 10 or tried == given.inputs:
            said = taken
            print(f"{tried:,} inputs, {tried / taken:,.0f} inputs/s", flush=True)
    print(f"{tried:,} inputs in all, {len(found)} findings")
    for finding in found[:10]:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
