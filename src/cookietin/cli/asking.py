"""`show`, `explain` and `header`: what a file holds, and what would be sent.

Rules of this file:
- Changes nothing, not even the file's last-access-times.
- `header` prints octets, as a server has sent them; on a terminal, what it would obey as escapes.
"""

from __future__ import annotations

import time

from cookietin.cli.choosing import chosen, context_of, policy_of, sensible
from cookietin.cli.outcome import NO, YES
from cookietin.cli.output import (
    fields_of,
    moment_text,
    note,
    pair_of,
    put_octets,
    say,
    say_json,
    show_table,
    shown_value,
)
from cookietin.cli.sources import opened
from cookietin.cookie import is_http_only, is_partitioned, same_site_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from cookietin.cli.output import StyledRow
    from cookietin.cli.sources import Source
    from cookietin.cookie import CookieFields
    from cookietin.explain import Explanation

SHOWN = ("name", "value", "domain", "path", "ends", "attributes")
EXPLAINED = ("", "name", "value", "domain", "path")


def show(options: argparse.Namespace) -> int:
    """Print the cookies of a file."""
    with opened(options.file, options.format) as source:
        cookies = chosen(source.jar, options)
        if options.json:
            say_json(
                {
                    "file": source.name,
                    "format": source.format,
                    "values_masked": not options.values,
                    "cookies": [fields_of(cookie, values=options.values) for cookie in cookies],
                    "unread": unread_of(source),
                }
            )
            return YES
        source.note_problems()
        if cookies:
            rows = _rows(cookies, values=options.values)
            show_table(SHOWN, rows, plain=options.plain)
        else:
            note(f"{source.name}: no cookies" + (" that match" if len(source.jar) else ""))
    return YES


def unread_of(source: Source) -> list[dict[str, object]]:
    """What could not be read, for JSON."""
    return [
        {"line": problem.line_number, "entry": problem.entry, "problem": problem.problem}
        for problem in source.report
    ]


def _rows(cookies: list[CookieFields], *, values: bool) -> Iterator[StyledRow]:
    now = time.time()
    for cookie in cookies:
        ended = cookie.is_expired(now)
        ends = "session" if cookie.expires is None else moment_text(cookie.expires)
        cells = (
            pair_of(cookie)[0],
            shown_value(cookie, values=values),
            cookie.domain,
            cookie.path,
            f"{ends} (expired)" if ended else ends,
            " ".join(attributes_of(cookie)),
        )
        yield cells, (), "red" if ended else "green" if cookie.secure else ""


def attributes_of(cookie: CookieFields) -> list[str]:
    """The attributes of a cookie that are no column of their own."""
    said = ["Secure"] if cookie.secure else []
    if is_http_only(cookie):
        said.append("HttpOnly")
    same_site = same_site_of(cookie)
    if same_site is not None:
        said.append(f"SameSite={same_site}")
    partition = getattr(cookie, "_partition_key", None)
    if partition is not None:
        said.append(f"Partitioned={partition}")
    elif is_partitioned(cookie):
        said.append("Partitioned")
    return said


def explain(options: argparse.Namespace) -> int:
    """Print what becomes of each cookie at a request, and why."""
    context = context_of(options)
    with opened(options.file, options.format) as source:
        source.jar.set_policy(policy_of(options))
        with sensible():
            found = source.jar.explain(options.url, context=context, all=options.all)
        if options.json:
            say_json(_explained(found, values=options.values))
        else:
            source.note_problems()
            say(f"{found.url}: {len(found.sent)} sent, {len(found.withheld)} withheld")
            if found:
                rows = _verdicts(found, values=options.values)
                show_table(EXPLAINED, rows, plain=options.plain)
    return YES


def _explained(found: Explanation, *, values: bool) -> dict[str, object]:
    return {
        "url": found.url,
        "values_masked": not values,
        "cookies": [
            {
                **fields_of(verdict.cookie, values=values),
                "sent": verdict.sent,
                "reasons": [reason.to_dict() for reason in verdict.reasons],
            }
            for verdict in found
        ],
    }


def _verdicts(found: Explanation, *, values: bool) -> Iterator[StyledRow]:
    for verdict in found:
        cookie = verdict.cookie
        cells = (
            "sent" if verdict.sent else "withheld",
            pair_of(cookie)[0],
            shown_value(cookie, values=values),
            cookie.domain,
            cookie.path,
        )
        yield cells, [str(reason) for reason in verdict.reasons], "green" if verdict.sent else ""


def header(options: argparse.Namespace) -> int:
    """Print the value of the Cookie field for a request, and nothing if there is none."""
    from cookietin.formats import octets_of

    context = context_of(options)
    with opened(options.file, options.format) as source:
        source.note_problems()
        source.jar.set_policy(policy_of(options))
        with sensible():
            value = source.jar.cookie_header(options.url, context=context)
    if value is None:
        return NO
    prefix = b"Cookie: " if options.with_name else b""
    put_octets(prefix + octets_of(value) + b"\n")
    return YES
