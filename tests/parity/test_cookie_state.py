"""Cookies keep their attributes in slots; programs must not notice. Oracle: `http.cookiejar`."""

from __future__ import annotations

import copy
import email.message
import http.cookiejar as stdlib
import pickle
import time
import urllib.request
from typing import Any
from unittest import mock

import pytest

import cookietin.cookiejar as ours
from cookietin import BrowserCookiePolicy, PublicSuffixes

NOW = 1_767_225_600
both = pytest.mark.parametrize("module", [stdlib, ours], ids=["standard library", "cookietin"])


def arguments(**changed: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "version": 0, "name": "a", "value": "1", "port": None, "port_specified": False,
        "domain": "example.test", "domain_specified": False, "domain_initial_dot": False,
        "path": "/", "path_specified": True, "secure": False, "expires": None, "discard": True,
        "comment": None, "comment_url": None, "rest": {"HttpOnly": None},
    }  # fmt: skip
    return {**plain, **changed}


class OursTwice(ours.Cookie):
    pass


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("cls", [ours.Cookie, OursTwice])
def test_every_protocol_pickles_a_cookie(cls: Any, protocol: int) -> None:
    """Old programs pickle by the old protocols."""
    made = cls(**arguments(version=1, comment="c"))
    made.note = "added"

    again = pickle.loads(pickle.dumps(made, protocol))

    assert (vars(again), again.note, type(again)) == (vars(made), "added", cls)


@both
def test_state_may_be_assigned(module: Any) -> None:
    """`self.__dict__ = state` is how many classes restore themselves."""

    class Own(module.Cookie):  # type: ignore[misc,name-defined]
        def __getstate__(self) -> Any:
            return dict(self.__dict__)

        def __setstate__(self, state: Any) -> None:
            self.__dict__ = state

    made = Own(**arguments(version=1))
    made.note = "added"

    again = copy.copy(made)

    assert (again.version, again.value, again.note) == (1, "1", "added")


@both
def test_class_attributes_do_not_hide_arguments(module: Any) -> None:
    """A subclass may have defaults of its own for whoever makes cookies otherwise."""

    class Own(module.Cookie):  # type: ignore[misc,name-defined]
        version = 1
        port = "80"

    made = Own(**arguments())

    assert (made.version, made.port) == (0, None)


@both
def test_attributes_may_be_set_through_the_state(module: Any) -> None:
    """A subclass that watches its attributes writes them into its dict."""

    class Watched(module.Cookie):  # type: ignore[misc,name-defined]
        def __setattr__(self, name: str, value: Any) -> None:
            self.__dict__[name] = value

    made = Watched(**arguments(comment="c"))
    made.value = "2"

    assert (made.value, made.comment, vars(made)["value"]) == ("2", "c", "2")


@both
def test_property_of_a_subclass_may_live_in_the_state(module: Any) -> None:
    """The same with one attribute."""

    class Upper(module.Cookie):  # type: ignore[misc,name-defined]
        @property
        def value(self) -> str:
            return str(self.__dict__["value"]).upper()

        @value.setter
        def value(self, value: str) -> None:
            self.__dict__["value"] = value

    made = Upper(**arguments(value="x"))

    assert (made.value, vars(made)["value"]) == ("X", "x")


@both
def test_date_with_odd_white_space_behind_it_deletes(module: Any) -> None:
    """`str.strip` knows more white space than a blank."""
    jar = module.CookieJar()
    for field in ("k=v; Path=/", "k=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT\xa0"):
        header = email.message.Message()
        header["Set-Cookie"] = field
        jar.extract_cookies(
            mock.Mock(info=lambda header=header: header),
            urllib.request.Request("http://example.test/"),
        )

    assert list(jar) == []


def test_plain_verb_asks_a_rule_about_ended_cookies() -> None:
    """A policy may send cookies that have ended; so does `add_cookie_header`."""

    class Keep(ours.DefaultCookiePolicy):
        def return_ok_expires(self, cookie: Any, request: Any) -> bool:
            return True

    jar = ours.CookieJar(Keep())
    with mock.patch.object(time, "time", return_value=NOW):
        jar.store_response("https://example.test/", ["a=1; Max-Age=5", "b=1"])

    with mock.patch.object(time, "time", return_value=NOW + 10):
        assert jar.cookie_header("https://example.test/") == "a=1; b=1"


@pytest.mark.parametrize("url", ["ftp://example.test/", "foo://example.test/", "é://example.test/"])
@pytest.mark.parametrize("policy", [ours.DefaultCookiePolicy, BrowserCookiePolicy])
def test_plain_verb_refuses_other_schemes(policy: Any, url: str) -> None:
    """Whatever is stored: cookies are made for http, https, ws and wss."""
    jar = ours.CookieJar(policy())
    jar.store_response("https://example.test/", ["a=1"])

    with pytest.raises(ValueError, match="scheme"):
        jar.cookie_header(url)


def test_policy_may_answer_for_its_public_suffixes() -> None:
    """A subclass with a property of its own is asked."""

    class Own(BrowserCookiePolicy):
        @property  # type: ignore[override]
        def public_suffixes(self) -> PublicSuffixes:
            return SUFFIXES

        @public_suffixes.setter
        def public_suffixes(self, source: Any) -> None:
            pass

    jar = ours.CookieJar(Own())

    (decision,) = jar.store_response("https://www.shop.test/", ["a=1; Domain=shop.test"])

    assert not decision.allowed


SUFFIXES = PublicSuffixes(["test", "shop.test"])
