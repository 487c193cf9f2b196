# What type checkers see: the names of cookietin.cookiejar, which are imported when they are asked for.

from cookietin.cookiejar import *
from cookietin.cookiejar import DEFAULT_HTTP_PORT as DEFAULT_HTTP_PORT
from cookietin.cookiejar import HTTPONLY_ATTR as HTTPONLY_ATTR
from cookietin.cookiejar import HTTPONLY_PREFIX as HTTPONLY_PREFIX
from cookietin.cookiejar import MISSING_FILENAME_TEXT as MISSING_FILENAME_TEXT
from cookietin.cookiejar import NETSCAPE_HEADER_TEXT as NETSCAPE_HEADER_TEXT
from cookietin.cookiejar import __all__ as __all__
from cookietin.cookiejar import domain_match as domain_match
from cookietin.cookiejar import eff_request_host as eff_request_host
from cookietin.cookiejar import escape_path as escape_path
from cookietin.cookiejar import http2time as http2time
from cookietin.cookiejar import is_HDN as is_HDN
from cookietin.cookiejar import is_third_party as is_third_party
from cookietin.cookiejar import iso2time as iso2time
from cookietin.cookiejar import join_header_words as join_header_words
from cookietin.cookiejar import liberal_is_HDN as liberal_is_HDN
from cookietin.cookiejar import lwp_cookie_str as lwp_cookie_str
from cookietin.cookiejar import offset_from_tz_string as offset_from_tz_string
from cookietin.cookiejar import parse_ns_headers as parse_ns_headers
from cookietin.cookiejar import reach as reach
from cookietin.cookiejar import request_host as request_host
from cookietin.cookiejar import request_path as request_path
from cookietin.cookiejar import request_port as request_port
from cookietin.cookiejar import split_header_words as split_header_words
from cookietin.cookiejar import strip_quotes as strip_quotes
from cookietin.cookiejar import time2isoz as time2isoz
from cookietin.cookiejar import time2netscape as time2netscape
from cookietin.cookiejar import user_domain_match as user_domain_match

__version__: str

debug: bool
logger: object
