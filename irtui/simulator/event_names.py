"""What CloudTrail calls a service and an operation where botocore calls them otherwise. Light: loads no moto."""

from irtui.simulator import s3_records

_SOURCES = {"cloudwatch": "monitoring"}


def source(service: str) -> str:
    """The part of an event's `eventSource` before `.amazonaws.com`, and of the service's host."""
    return _SOURCES.get(service, service)


def name(service: str, operation: str) -> str:
    """An event's `eventName`."""
    return s3_records.name(operation) if service == "s3" else operation


def service_of(source: str) -> str:
    """botocore's name of the service of that event source."""
    return next((service for service, other in _SOURCES.items() if other == source), source)
