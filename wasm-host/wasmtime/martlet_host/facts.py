"""What the host asserts of a request, in `Martlet-*` headers, and what of the client's headers it passes on.

A client must not be able to assert: its own `Martlet-*` headers are dropped, all but `Martlet-Session`, the token
of callers without cookies, which proves itself.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from .message import Header

PASSED_ON = frozenset({b"accept", b"content-type", b"cookie", b"martlet-session", b"sec-gpc"})
PASSED_ON_FOR_ALL = frozenset({b"accept"})
HOST_PARAMETERS = (b"anonymous", b"region", b"time")
"""Of the query, what the host reads itself."""
CONSENTS = ("none", "session", "full")
CONSENT_COOKIE = "martlet_consent"
DEVICES = ("desktop", "mobile", "tablet")
REFERRERS = ("search", "social", "email", "ads", "direct", "internal")
SEARCH_ENGINES = ("google.", "bing.", "duckduckgo.", "ecosia.", "qwant.", "startpage.", "yahoo.", "yandex.", "baidu.")
SOCIAL_NETWORKS = ("facebook.", "instagram.", "pinterest.", "reddit.", "tiktok.", "twitter.", "linkedin.", "youtube.")
ZONE_MINUTES_MAX = 14 * 60
VALUE_BYTES_MAX = 256


class BadValue(Exception):
    """A value from query or trusted header cannot be used; `field` is its name."""

    def __init__(self, field: str, reason: str):
        super().__init__(reason)
        self.field = field


@dataclass(frozen=True)
class Facts:
    time_ms: int
    region: str
    consent: str
    seed: int
    device: str | None = None
    referrer: str | None = None
    zone_minutes: int | None = None
    user: str | None = None
    session: str | None = None
    key: str | None = field(default=None, repr=False)
    is_time_chosen: bool = False
    """By the request, for trying out: nothing that lasts may come of it, no signed offer and no logged event."""
    is_for_all: bool = False
    """The request has asked for everybody's answer: who sends it makes no difference."""

    def headers(self) -> list[Header]:
        values = {
            "time": str(self.time_ms),
            "region": self.region,
            "consent": self.consent,
            "seed": str(self.seed),
            "device": self.device,
            "referrer": self.referrer,
            "zone": None if self.zone_minutes is None else str(self.zone_minutes),
            "user": self.user,
            "session-id": self.session,
            "key": self.key,
        }
        return [(f"martlet-{name}".encode(), value.encode()) for name, value in values.items() if value is not None]


@dataclass(frozen=True)
class Policy:
    """Where facts come from. Trusted headers are those that a proxy in front sets and clients cannot."""

    default_region: str = "world"
    default_consent: str = "session"
    """Of those without the cookie `martlet_consent`."""
    events_consent: str = "full"
    """From which consent on events go to the log, `session` or `full`."""
    allow_overrides: bool = False
    """For trying out: `?region=` and `?time=` choose region and time."""
    region_header: str | None = None
    device_header: str | None = None
    consent_header: str | None = None
    user_header: str | None = None
    key: str | None = field(default=None, repr=False)
    """The shop's secret, base64url, which the module checks and hashes with."""
    session_header: str | None = None
    referrer_header: str | None = None
    zone_header: str | None = None

    def facts(self, headers: Iterable[Header], query: bytes, now_ms: int) -> Facts:
        by_name = {name.decode("latin-1"): value.decode("utf-8", "replace") for name, value in headers}

        def trusted(header: str | None) -> str | None:
            return _plain(header, by_name.get(header.lower())) if header else None

        region, time = self._overrides(query)
        of_all = Facts(
            time_ms=now_ms if time is None else time,
            region=region or trusted(self.region_header) or self.default_region,
            consent="none",
            seed=secrets.randbits(64),
            key=self.key if time is None else None,
            is_time_chosen=time is not None,
            is_for_all=_parameter(query, b"anonymous") == "1",
        )
        if of_all.is_for_all:
            return of_all
        return replace(
            of_all,
            consent=_one_of(CONSENTS, self.consent_header, trusted(self.consent_header))
            or consent_chosen(by_name)
            or self.default_consent,
            device=_one_of(DEVICES, self.device_header, trusted(self.device_header)) or device_of(by_name),
            referrer=_one_of(REFERRERS, self.referrer_header, trusted(self.referrer_header)) or referrer_of(by_name),
            zone_minutes=_zone_minutes(self.zone_header, trusted(self.zone_header)),
            user=trusted(self.user_header),
            session=trusted(self.session_header),
        )

    def logs_events(self, facts: Facts) -> bool:
        return not facts.is_time_chosen and facts.consent in ("full", self.events_consent)

    def target(self, path: bytes, query: bytes) -> bytes:
        """The request target for the module, without what the host has read itself; the module gets the region as a header, so that
        both speak of the same one."""
        kept = b"&".join(part for part in query.split(b"&") if _name(part) not in HOST_PARAMETERS)
        return path + b"?" + kept if kept else path

    def _overrides(self, query: bytes) -> tuple[str | None, int | None]:
        if not self.allow_overrides:
            return None, None
        region = _parameter(query.replace(b"+", b" "), b"region")
        time = _parameter(query, b"time")  # a plus sign here is part of an offset from UTC
        return _plain("region", region), parse_time_ms(time) if time else None


def passed_on(headers: Iterable[Header], is_for_all: bool = False) -> list[Header]:
    names = PASSED_ON_FOR_ALL if is_for_all else PASSED_ON
    return [(name, value) for name, value in headers if name in names]


def consent_chosen(headers: dict[str, str]) -> str | None:
    """What the visitor has agreed to in the shop, by its cookie; None where there is none. A choice that is none of ours, such as a
    banner's own word for a refusal, is no consent."""
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == CONSENT_COOKIE:
            return value if value in CONSENTS else "none"
    return None


def device_of(headers: dict[str, str]) -> str | None:
    """A guess from client hint and user agent; None where there is neither."""
    agent = headers.get("user-agent", "")
    if "iPad" in agent or "Tablet" in agent or ("Android" in agent and "Mobile" not in agent):
        return "tablet"
    if headers.get("sec-ch-ua-mobile") == "?1" or "Mobi" in agent:
        return "mobile"
    return "desktop" if agent else None


def referrer_of(headers: dict[str, str]) -> str | None:
    """The kind of page that led here, as far as its host tells; None for other sites, and where there is no `Referer`:
    many pages send none."""
    try:
        host = urlsplit(headers.get("referer", "")).hostname
        own = urlsplit(f"//{headers.get('host', '')}").hostname
    except ValueError:
        return None
    if not host:
        return None
    if host == own:
        return "internal"
    labels = "." + host
    if any("." + name in labels for name in SEARCH_ENGINES):
        return "search"
    return "social" if any("." + name in labels for name in SOCIAL_NETWORKS) else None


def parse_time_ms(text: str) -> int:
    """Unix milliseconds from ISO 8601 (UTC where no offset is given) or from unix seconds or milliseconds."""
    try:
        if text.isascii() and text.isdigit() and len(text) <= 15:
            number = int(text)
            return number if number >= 10**11 else number * 1000
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        time_ms = round(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        time_ms = -1
    if time_ms < 0:
        raise BadValue("time", "not a time: give ISO 8601, or unix seconds or milliseconds")
    return time_ms


def _name(part: bytes) -> bytes:
    """The name of a query parameter, decoded as the module decodes it."""
    return unquote_to_bytes(part.partition(b"=")[0].replace(b"+", b" "))


def _parameter(query: bytes, name: bytes) -> str | None:
    """The last value of that name, as the module takes it."""
    values = [part.partition(b"=")[2] for part in query.split(b"&") if _name(part) == name]
    return unquote(values[-1].decode("latin-1"), errors="replace") if values and values[-1] else None


def _plain(field: str | None, value: str | None) -> str | None:
    """A value that can stand in a header, or None for an empty one."""
    if not value:
        return None
    if len(value.encode()) > VALUE_BYTES_MAX or any(ord(c) < 0x20 or ord(c) == 0x7F for c in value):
        raise BadValue(str(field), f"longer than {VALUE_BYTES_MAX} bytes, or with control characters")
    return value


def _zone_minutes(field: str | None, value: str | None) -> int | None:
    """Minutes east of UTC, or None."""
    if value is None:
        return None
    if not re.fullmatch(r"[+-]?[0-9]{1,3}", value) or abs(int(value)) > ZONE_MINUTES_MAX:
        raise BadValue(str(field), f"must be minutes east of UTC, -{ZONE_MINUTES_MAX} to {ZONE_MINUTES_MAX}")
    return int(value)


def _one_of(allowed: tuple[str, ...], field: str | None, value: str | None) -> str | None:
    if value is not None and value not in allowed:
        raise BadValue(str(field), f"must be one of {', '.join(allowed)}")
    return value
