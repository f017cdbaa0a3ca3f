"""Command line: `python -m martlet_host --snapshots DIR --module dist/scorer.wasm`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import socket
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from .app import create_app
from .checks import BadOption, check, key
from .facts import CONSENTS, REFERRERS, Policy
from .listener import listening_socket
from .manifest import WORLD
from .module import ModuleError, Scorer, ScorerFault, ScorerModule
from .publication import Publication
from .static_list import FALLBACK_NAME, BadList, StaticList

log = logging.getLogger("martlet_host")


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="martlet_host",
        description="Serves recommendations from published snapshots: the scorer module under wasmtime.",
        epilog="Headers named with --*-header are believed: give them only behind a proxy that sets them itself.",
    )
    add = parser.add_argument
    add("--snapshots", type=Path, required=True, metavar="DIR", help="where `martlet build` publishes manifest.json")
    add("--module", type=Path, required=True, metavar="FILE", help="scorer.wasm")
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=int, default=8080, help="port to listen on, 0 for any free one (default: %(default)s)")
    add("--wait", action="store_true", help="without a snapshot, start all the same, and take the first that comes")
    add(
        "--fallback",
        type=Path,
        metavar="FILE",
        help=f"the list for the time without a snapshot (default: {FALLBACK_NAME} beside the manifest, where it is there)",
    )
    add(
        "--cors",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="an origin whose pages may ask, with their cookies, or * for all, without; may be given several times",
    )
    add(
        "--storefront",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="static files to serve at / beside the module's routes; given again, what the ones before do not have",
    )
    add("--events", type=Path, metavar="DIR", help="keep consented events there, as NDJSON that `martlet build` reads")
    add(
        "--events-consent",
        choices=CONSENTS[1:],
        default="full",
        help="from which consent on events are kept there (default: %(default)s)",
    )
    facts = parser.add_argument_group("what is said of a visitor")
    add = facts.add_argument
    add("--region", default=WORLD, help="region where nothing else names one (default: %(default)s)")
    add("--region-header", metavar="NAME", help="trusted header with the region, for example CF-IPCountry")
    add("--device-header", metavar="NAME", help="trusted header: desktop, mobile or tablet (default: by User-Agent)")
    add("--key-env", metavar="NAME", help="environment variable with the shop's secret, base64url (Martlet-Key)")
    add("--user-header", metavar="NAME", help="trusted header with the id of a signed-in user")
    add("--session-header", metavar="NAME", help="trusted header with the id of a session that the shop keeps")
    add("--referrer-header", metavar="NAME", help=f"trusted header: {', '.join(REFERRERS)} (default: by Referer)")
    add("--zone-header", metavar="NAME", help="trusted header with the visitor's local time, minutes east of UTC")
    add("--consent", choices=CONSENTS, default="session", help="what visitors agreed to (default: %(default)s)")
    add("--consent-header", metavar="NAME", help=f"trusted header: {', '.join(CONSENTS)}")
    add(
        "--allow-overrides",
        action="store_true",
        help="for trying out: ?region= and ?time= (ISO 8601 or unix time) choose region and time; a request with a time of "
        "its own gets no signed offers and no line in the event log (default: off)",
    )
    limits = parser.add_argument_group("limits")
    add = limits.add_argument
    add("--region-memory", type=int, default=64, metavar="MIB", help="region files held at once (default: %(default)s)")
    add("--log-level", choices=("debug", "info", "warning", "error"), default="info", help="(default: %(default)s)")
    add("--quiet", action="store_true", help="no line on standard output for each request")
    return parser


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        check(options)
        secret = key(options.key_env)
    except BadOption as error:
        print(f"martlet_host: {error}", file=sys.stderr)
        return 1
    logging.basicConfig(level=options.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    policy = Policy(
        default_region=options.region,
        default_consent=options.consent,
        events_consent=options.events_consent,
        allow_overrides=options.allow_overrides,
        region_header=options.region_header,
        device_header=options.device_header,
        consent_header=options.consent_header,
        user_header=options.user_header,
        key=secret,
        session_header=options.session_header,
        referrer_header=options.referrer_header,
        zone_header=options.zone_header,
    )
    fallback = options.fallback or options.snapshots / FALLBACK_NAME
    try:
        static_list = StaticList.read(fallback) if options.fallback or fallback.is_file() else None
        module = ScorerModule(options.module)
        Scorer(module)
        listener = listening_socket(options.host, options.port)
    except (BadList, BadOption, ModuleError, ScorerFault) as error:
        print(f"martlet_host: {error}", file=sys.stderr)
        return 1
    _log_requests(not options.quiet)
    publication = Publication(module, options.snapshots, options.region_memory << 20)
    app = create_app(publication, policy, options.storefront, options.events, options.cors, static_list)
    return asyncio.run(_serve(publication, app, listener, wait=options.wait))


def _log_requests(enabled: bool) -> None:
    """A JSON line for each request, on standard output alone: what is read by programs is not mixed with words."""
    requests = logging.getLogger("martlet_host.requests")
    requests.propagate = False
    requests.setLevel(logging.INFO if enabled else logging.CRITICAL)
    requests.addHandler(logging.StreamHandler(sys.stdout))


async def _serve(publication: Publication, app: Starlette, listener: socket.socket, wait: bool) -> int:
    await publication.refresh()
    if publication.current is None and not wait:
        print(f"martlet_host: nothing to serve: {publication.refusal}", file=sys.stderr)
        return 1
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    # Uvicorn finishes the requests in progress, then raises the signal again: for us that is a normal end.
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.signal(signal.SIGINT, lambda *_: None)
    host, port = listener.getsockname()[:2]
    log.info("listening on http://%s:%d", f"[{host}]" if ":" in host else host, port)
    await server.serve(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
