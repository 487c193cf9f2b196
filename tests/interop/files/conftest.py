"""Programs that read and write cookie files, and the jar whose files they are given."""

import shutil
import subprocess

import pytest

FUTURE = 4_000_000_000

# Arguments: class of the jar, file to load or "", file to save or "", URLs to fetch in turn.
BROWSER = r"""
use strict; use warnings;
use LWP::UserAgent; use HTTP::Cookies; use HTTP::Cookies::Netscape;
my ($class, $load, $save, @urls) = @ARGV;
my $jar = $class->new(ignore_discard => 1);
if ($load) { $jar->load($load) or die "cannot load" }
my $browser = LWP::UserAgent->new(cookie_jar => $jar, timeout => 20);
$browser->proxy('http', $ENV{http_proxy});
for my $url (@urls) {
    my $response = $browser->get($url);
    die $response->status_line unless $response->is_success;
}
if ($save) { $jar->save($save) or die "cannot save" }
"""


@pytest.fixture
def tool(loopback_environment, tmp_path):
    """Runs a program through the loopback proxy and returns what it prints, or skips."""

    def run(name, *arguments):
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"{name} is not installed")
        done = subprocess.run(
            [path, *arguments],
            env=loopback_environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def curl(tool, site):
    """Runs curl through the loopback proxy, over http and https, with no settings of its own."""

    def run(*arguments):
        common = ("--disable", "--silent", "--show-error", "--max-time", "20")
        return tool("curl", *common, "--proxy", site.proxy, "--cacert", site.ca_file, *arguments)

    return run


@pytest.fixture
def wget(tool):
    """Runs wget with no settings of its own; the proxy comes from the environment."""

    def run(*arguments):
        common = ("--no-config", "--no-hsts", "--tries=1", "--timeout=20", "--quiet")
        return tool("wget", *common, "--output-document=-", *arguments)

    return run


@pytest.fixture
def aria2c(tool, site):
    """Runs aria2c through the loopback proxy, with no settings of its own."""

    def run(*arguments):
        common = ("--no-conf=true", "--quiet=true", "--allow-overwrite=true", "--out=page")
        return tool("aria2c", *common, f"--all-proxy={site.proxy}", *arguments)

    return run


@pytest.fixture
def perl(tool):
    """Lets Perl's browser load a jar, fetch pages through the loopback proxy, and save the jar."""
    try:
        tool("perl", "-MLWP::UserAgent", "-MHTTP::Cookies::Netscape", "-e", "1")
    except AssertionError:
        pytest.skip("libwww-perl is not installed")

    def run(jar_class, *urls, load="", save=""):
        tool("perl", "-e", BROWSER, jar_class, str(load), str(save), *urls)

    return run


@pytest.fixture
def filled(subject, make_cookie):
    """Puts one cookie of each kind into a jar: what a shop's login leaves behind."""

    def fill(jar):
        for name, domain, options in (
            ("wide", ".shop.test", {"expires": FUTURE}),
            ("here", "shop.test", {"expires": FUTURE}),
            ("deep", ".shop.test", {"expires": FUTURE, "path": "/deep"}),
            ("safe", ".shop.test", {"expires": FUTURE, "secure": True}),
            ("hidden", ".shop.test", {"expires": FUTURE, "rest": {"HttpOnly": None}}),
            ("session", ".shop.test", {}),
            ("other", ".other.test", {"expires": FUTURE}),
        ):
            jar.set_cookie(make_cookie(subject, name, f"{name}-1", domain, **options))
        return jar

    return fill


@pytest.fixture
def pairs():
    """The pieces of a Cookie header, sorted: programs may order equal paths as they like."""

    def split(header):
        return sorted(header.split("; ")) if header else []

    return split
