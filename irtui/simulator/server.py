"""The HTTP server: loopback only, a port of the system's choosing, one thread per connection, silent."""

from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server


class _Silent(MotoRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """The world keeps its own log of requests."""


def serve(app: Any) -> BaseWSGIServer:
    """A bound server; `serve_forever` runs it, `.port` is where."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    server.daemon_threads = True  # type: ignore[attr-defined]
    return server
