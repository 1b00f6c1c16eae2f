"""irtui as it is, except that the network of a real incident ends in a simulated world.

Usage: live_program.py URL ARGUMENTS… An empty URL is a network in which every request fails the test.
"""

import functools
import sys

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

import irtui.desk.desk
from irtui.__main__ import main
from tests.support.forwarding import Forwarding


def nowhere(request: AWSPreparedRequest) -> AWSResponse:
    raise AssertionError(f"a request left for {request.url.partition('?')[0]}")


if __name__ == "__main__":
    url = sys.argv.pop(1)
    transport = Forwarding(url) if url else nowhere
    irtui.desk.desk.Desk = functools.partial(irtui.desk.desk.Desk, transport=transport)  # type: ignore[misc, assignment]
    sys.exit(main())
