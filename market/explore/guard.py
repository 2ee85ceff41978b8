"""Who may ask the page's server what: the page that it served, in messages of bounded size."""

import sys
import traceback
from collections.abc import Sequence
from typing import Any

from flask import Flask, Request, Response, abort, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler

from market.foundation.names import escaped

NAMES = {"127.0.0.1", "localhost"}
LARGEST_BODY = 4 * 2**20  # bytes; a page with hundreds of controls sends tens of thousands
_POLICY = {
    "default-src": "'none'",
    "connect-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # charts write style elements
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}


class QuietHandler(WSGIRequestHandler):
    """Takes requests: a connection that says nothing is given up, and one that errs is no news."""

    timeout = 60

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: what a visitor sends is no message for the terminal."""


def guard(server: Flask, scripts: Sequence[str]) -> None:
    """Let a server answer its own page alone.

    Parameters
    ----------
    server
        Before it answers anything.
    scripts
        Sources of the page's own inline scripts for a content security policy: no other runs.
    """
    server.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    sources = " ".join(["'self'", *scripts])
    policy = "; ".join(f"{kind} {of}" for kind, of in {**_POLICY, "script-src": sources}.items())

    def protect(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = policy
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["X-Frame-Options"] = "DENY"
        answer.headers["Referrer-Policy"] = "same-origin"  # the layout reads the page's address
        answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return answer

    server.before_request(lambda: _refuse_strangers(request))
    server.after_request(protect)
    server.register_error_handler(Exception, _refused)


def _refuse_strangers(asked: Request) -> None:
    """Refuse other sites: what they send, and a name of theirs for this machine (DNS rebinding)."""
    if asked.host.rpartition(":")[0] not in NAMES and asked.host not in NAMES:
        abort(403)
    origin = asked.headers.get("Origin")
    if origin is not None and origin != f"http://{asked.host}":
        abort(403)
    if asked.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        followed = asked.headers.get("Sec-Fetch-Mode"), asked.headers.get("Sec-Fetch-Dest")
        # a link on another site may lead to the page; it cannot read it, frame it or send to it
        if asked.method != "GET" or asked.path != "/" or followed != ("navigate", "document"):
            abort(403)
    if (asked.content_length or 0) > LARGEST_BODY:
        abort(413)


def _refused(error: Exception) -> Response | HTTPException:
    """Answer what cannot be answered: 400, and where it failed in a line for who maintains this."""
    if isinstance(error, HTTPException):
        return error
    where = traceback.extract_tb(error.__traceback__)[-1]
    told = escaped(f"{type(error).__name__}: {str(error)[:200]}").replace("\n", " ")
    sys.stderr.write(f"a request was refused: {told} ({where.filename}:{where.lineno})\n")
    return Response("This request cannot be answered.\n", 400, mimetype="text/plain")
