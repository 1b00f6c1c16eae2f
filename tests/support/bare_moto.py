"""`python tests/support/bare_moto.py`: moto's own server on loopback, nothing of the referee in front of it.

Its own IAM authentication is on, with one all-powerful user made before. Writes one JSON line:
{url, access_key_id, secret_access_key, account}. Ends when stdin is closed.
"""

import json
import logging
import sys
import threading
from http.client import HTTPConnection

from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

ACCOUNT = "123456789012"
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def main() -> None:
    logging.getLogger("werkzeug").disabled = True
    app = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    backend = iam_backends[ACCOUNT]["aws"]
    backend.create_user("us-east-1", "admin").put_policy("all", json.dumps(ALL))
    key = backend.create_access_key("admin", "AKIA")
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("POST", "/moto-api/reset-auth", b"0")
    connection.getresponse().read()
    told = {"url": f"http://127.0.0.1:{server.port}", "account": ACCOUNT}
    told |= {"access_key_id": key.access_key_id, "secret_access_key": key.secret_access_key}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
