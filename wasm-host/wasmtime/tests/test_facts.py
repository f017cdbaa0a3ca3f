import pytest

from martlet_host.facts import BadValue, Policy, device_of, parse_time_ms, passed_on, referrer_of

DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"
PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/129.0 Mobile Safari/537.36"
TABLET = "Mozilla/5.0 (Linux; Android 14; SM-X710) Chrome/129.0 Safari/537.36"


@pytest.mark.parametrize(
    ("text", "time_ms"),
    [
        ("0", 0),
        ("1483228800", 1483228800000),
        ("1483228800123", 1483228800123),
        ("2017-01-01", 1483228800000),
        ("2017-01-01T00:00:00Z", 1483228800000),
        ("2017-01-01T01:00:00+01:00", 1483228800000),
        ("2017-01-01T00:00:00.5", 1483228800500),
    ],
)
def test_times(text, time_ms):
    assert parse_time_ms(text) == time_ms


@pytest.mark.parametrize("text", ["", "yesterday", "-5", "1e9", "1969-12-31", "9" * 16, "2017-13-01", "\u0663"])
def test_what_is_no_time(text):
    with pytest.raises(BadValue):
        parse_time_ms(text)


@pytest.mark.parametrize(
    ("headers", "device"),
    [
        ({}, None),
        ({"user-agent": DESKTOP}, "desktop"),
        ({"user-agent": PHONE}, "mobile"),
        ({"user-agent": TABLET}, "tablet"),
        ({"user-agent": DESKTOP, "sec-ch-ua-mobile": "?1"}, "mobile"),
    ],
)
def test_devices(headers, device):
    assert device_of(headers) == device


@pytest.mark.parametrize(
    ("referer", "kind"),
    [
        ("", None),
        ("https://shop.example/cart", "internal"),
        ("https://www.google.co.uk/", "search"),
        ("https://duckduckgo.com/", "search"),
        ("https://m.facebook.com/x", "social"),
        ("https://notgoogle.example/", None),
        ("https://blog.example/post", None),
        ("http://[broken", None),
    ],
)
def test_referrers(referer, kind):
    assert referrer_of({"referer": referer, "host": "shop.example:8080"}) == kind


def test_a_client_cannot_assert_anything():
    client = [(b"martlet-user", b"eve"), (b"martlet-session-id", b"eve's"), (b"martlet-session", b"token"), (b"authorization", b"secret"), (b"cookie", b"c")]
    assert passed_on(client) == [(b"martlet-session", b"token"), (b"cookie", b"c")]
    facts = Policy().facts([(b"martlet-region", b"DE"), (b"martlet-consent", b"full")], b"", 1)
    assert (facts.region, facts.consent, facts.user) == ("world", "session", None)


def test_the_override_goes_before_the_trusted_header_and_that_before_the_default():
    policy = Policy(default_region="FR", region_header="CF-IPCountry", key="c2VjcmV0", allow_overrides=True)
    assert (b"martlet-key", b"c2VjcmV0") in policy.facts([], b"", 1).headers()
    assert "c2VjcmV0" not in repr(policy) + repr(policy.facts([], b"", 1))
    headers = [(b"cf-ipcountry", b"DE")]
    assert policy.facts([], b"", 1).region == "FR"
    assert policy.facts(headers, b"", 1).region == "DE"
    assert policy.facts(headers, b"n=3&region=United+Kingdom", 1).region == "United Kingdom"
    assert policy.facts(headers, b"region=%C3%85land", 1).region == "Åland"
    assert policy.facts([], b"time=2017-01-01T01:00:00+01:00", 1).time_ms == 1483228800000


def test_without_overrides_the_query_says_nothing():
    policy = Policy()
    facts = policy.facts([], b"region=DE&time=0", 7)
    assert (facts.region, facts.time_ms) == ("world", 7)
    assert policy.target(b"/r", b"time=0&n=2&region=DE&%72egion=FR") == b"/r?n=2"


def test_at_a_time_of_its_own_a_request_gets_nothing_signed():
    policy = Policy(allow_overrides=True, key="c2VjcmV0")
    chosen = policy.facts([], b"time=2030-01-01", 1)
    assert chosen.is_time_chosen and b"martlet-key" not in dict(chosen.headers())
    for facts in (policy.facts([], b"region=DE", 1), Policy(key="c2VjcmV0").facts([], b"time=2030-01-01", 1)):
        assert not facts.is_time_chosen and dict(facts.headers())[b"martlet-key"] == b"c2VjcmV0"


@pytest.mark.parametrize(("wanted", "logged"), [("full", ["full"]), ("session", ["session", "full"])])
def test_events_are_logged_from_the_consent_on_that_the_shop_wants(wanted, logged):
    policy = Policy(events_consent=wanted, allow_overrides=True)
    chosen = {level: [(b"cookie", b"martlet_consent=" + level.encode())] for level in ("none", "session", "full")}
    assert [level for level, headers in chosen.items() if policy.logs_events(policy.facts(headers, b"", 1))] == logged
    assert not policy.logs_events(policy.facts(chosen["full"], b"time=2030-01-01", 1))


def test_the_hosts_own_parameter_is_taken_out_of_the_target():
    assert Policy().target(b"/r", b"time=0&n=%20&region=DE&time=1") == b"/r?n=%20"
    assert Policy().target(b"/r", b"time=0") == b"/r"


@pytest.mark.parametrize("query", [b"region=a%0D%0AMartlet-User:%20eve", b"region=" + b"x" * 300, b"time=soon"])
def test_a_value_that_cannot_stand_in_a_header_is_refused(query):
    with pytest.raises(BadValue):
        Policy(allow_overrides=True).facts([], query, 1)


def test_trusted_values_outside_of_their_set_are_refused():
    with pytest.raises(BadValue, match="none, session, full"):
        Policy(consent_header="X-Consent").facts([(b"x-consent", b"maybe")], b"", 1)


@pytest.mark.parametrize("zone", ["841", "-900", "1h", "++1", "\u0663"])
def test_zones_are_minutes(zone):
    policy = Policy(zone_header="X-Zone")
    assert policy.facts([(b"x-zone", b"-330")], b"", 1).zone_minutes == -330
    with pytest.raises(BadValue, match="minutes east of UTC"):
        policy.facts([(b"x-zone", zone.encode())], b"", 1)


@pytest.mark.parametrize(
    ("cookie", "consent"),
    [
        ("martlet_consent=none", "none"),
        ("a=1; martlet_consent=full; b=2", "full"),
        ("martlet_consent=everything", "none"),
        ("martlet_consent=denied; martlet_consent=full", "none"),
        ("martlet_consent=", "none"),
        ("not_martlet_consent=none", "session"),
        ("", "session"),
    ],
)
def test_consent_is_what_the_visitors_cookie_says(cookie, consent):
    assert Policy().facts([(b"cookie", cookie.encode())], b"", 1).consent == consent


def test_a_proxys_word_on_consent_goes_before_the_cookie():
    headers = [(b"x-consent", b"none"), (b"cookie", b"martlet_consent=full")]
    assert Policy(consent_header="X-Consent").facts(headers, b"", 1).consent == "none"


def test_everybodys_answer_is_asked_for_whoever_asks():
    named = dict(user_header="X-User", session_header="X-Session", zone_header="X-Zone", referrer_header="X-From", device_header="X-Device")
    policy = Policy(default_region="DE", consent_header="X-Consent", key="c2VjcmV0", **named)
    trusted = {b"x-user": b"eve", b"x-session": b"s1", b"x-zone": b"60", b"x-from": b"ads", b"x-device": b"mobile", b"x-consent": b"full"}
    client = [(b"accept", b"*/*"), (b"content-type", b"text/plain"), (b"cookie", b"martlet_session=t"), (b"martlet-session", b"t"), (b"sec-gpc", b"1")]
    facts = policy.facts([*trusted.items(), *client], b"n=3&anonymous=1", 12)
    headers = dict(facts.headers())
    headers.pop(b"martlet-seed")
    assert headers == {b"martlet-time": b"12", b"martlet-region": b"DE", b"martlet-consent": b"none", b"martlet-key": b"c2VjcmV0"}
    assert passed_on(client, facts.is_for_all) == [(b"accept", b"*/*")]
    assert policy.target(b"/r", b"anonymous=1&n=3&%61nonymous=0") == b"/r?n=3"


@pytest.mark.parametrize("query", [b"", b"anonymous", b"anonymous=", b"anonymous=0", b"anonymous=true", b"anonymous=1&anonymous=0"])
def test_what_does_not_ask_for_everybodys_answer(query):
    facts = Policy().facts([], query, 1)
    assert not facts.is_for_all and facts.consent == "session"


def test_facts_become_headers():
    named = dict(user_header="X-User", session_header="X-Session", zone_header="X-Zone", referrer_header="X-From")
    policy = Policy(allow_overrides=True, **named)
    trusted = [(b"x-user", "Zoë".encode()), (b"x-session", b"s1"), (b"x-zone", b"+60"), (b"x-from", b"ads")]
    facts = policy.facts(trusted, b"region=DE", 12)
    headers = dict(facts.headers())
    seed = int(headers.pop(b"martlet-seed"))
    assert 0 <= seed < 1 << 64
    assert headers == {
        b"martlet-time": b"12",
        b"martlet-region": b"DE",
        b"martlet-consent": b"session",
        b"martlet-referrer": b"ads",
        b"martlet-zone": b"60",
        b"martlet-user": "Zoë".encode(),
        b"martlet-session-id": b"s1",
    }
