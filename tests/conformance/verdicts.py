"""Which recorded cases we meet, which not and why, and with whom we go where browsers differ.

Judgements, as against the facts of data/. Each is asserted by test_browser_cases.py, so that one
that no longer holds is noticed.
"""

from __future__ import annotations

from replay import browser_cases

# Uncontested cases that we do not meet, and why not.
EXCEPTIONS = {
    "fuzz-c534ff3069": (
        "A TAB inside an Expires: Chromium refuses the whole line, Firefox reads its lenient date "
        "as past; 6265bis allows the TAB (5.6) and cannot parse the date, so we store the cookie."
    ),
}

# Uncontested cases in which we send what both browsers sent, and all stored facts are Chromium's but
# one: the expiry-time. Firefox's store was not recorded.
EXPIRY_EXCEPTIONS = {
    "expires-format-51b69cad63": (
        "A year of five digits, 20270: Chromium takes it, and caps; a cookie-date has none (5.1.1)."
    ),
    "expires-time-cd7c309820": (
        "12:00:00:00: a time may be followed by a non-digit and anything (5.1.1); not in Chromium."
    ),
    "expires-random-76ea844644": (
        "GMT+02:00 before the day: its 02 is two digits and a non-digit, hence the day of the month "
        "(5.1.1); Chromium takes nothing with a colon for a day."
    ),
    "max-age-bdeb18222e": (
        "Max-Age=+1: begins with neither a digit nor '-', hence ignored (5.6.2); so does Firefox."
    ),
}

# With whom we agree where the browsers differ, and by which rule.
CONTESTED = {
    # A pair without "=": a value without a name (6265bis 5.6 step 4). Firefox: a name without value.
    "name-value-39a40fa773": "chromium",
    "name-value-3dfd25290a": "chromium",
    "fuzz-6a32d09a02": "chromium",
    "fuzz-de6b71bf6a": "chromium",
    "fuzz-d456215f68": "chromium",
    "non-ascii-8915907057": "chromium",
    # "=v" is such a value as well. Firefox refuses it.
    "size-976b9fa2a7": "chromium",
    # Octets that are no UTF-8 stay as they are. Firefox sends EF BF BD for them.
    "non-ascii-9731e1c1ee": "chromium",
    "non-ascii-5bb267aacf": "chromium",
    "non-ascii-7af216ab8d": "chromium",
    # A TAB is allowed anywhere in the line (5.6 step 1). Chromium refuses one within it.
    "expires-format-02b1f24dcc": "firefox",
    "expires-random-61ebda62d3": "firefox",
    "expires-random-9766f3b958": "firefox",
    "expires-random-08dbed69b5": "firefox",
    "fuzz-92dae1758f": "firefox",
    # A CR is a control character (5.6 step 1). Chromium's HTTP layer ends the field there.
    "control-bytes-196d07cb74": "firefox",
    # A year of one digit is no year (5.1.1), so this is a session cookie. Chromium: year 2001.
    "expires-year-093c2533a2": "firefox",
    # The first number of two to four digits is the year, here 0100: long past, as both browsers
    # take a year before 1601. Firefox's lenient parser finds a later date here.
    "expires-random-1f091a648d": "chromium",
    # A Max-Age is digits after at most a "-" (5.6.2).
    "max-age-5ff0a1637a": "chromium",
    "max-age-4483e36414": "firefox",
    # __Host- asks for an explicit Path (5.7 step 21).
    "prefix-e813ed5a5f": "chromium",
    # A cross-site response may set SameSite=None. Firefox partitions its jar by default.
    "samesite-third-party-96861c873b": "chromium",
    # 180 for each site and partition, one out for one in. Firefox evicts in bulk there, too.
    "eviction-9bc1a6bfd4": "chromium",
    "eviction-2187413018": "chromium",
    # A Secure cookie of a subdomain is not overlaid from http (5.7 step 16). Firefox allows it.
    "sequence-e0a13ef937": "chromium",
    # An update keeps the creation-time (5.7 step 23). Chromium: only if the value is unchanged.
    "sequence-0314e92968": "firefox",
    "sequence-fed983f8f6": "firefox",
}

UNCONTESTED = [case_id for case_id, case in browser_cases().items() if not case["contested"]]
MET = [case_id for case_id in UNCONTESTED if case_id not in EXCEPTIONS]
LIKE_CHROMIUM = MET + [case_id for case_id, whom in CONTESTED.items() if whom == "chromium"]
