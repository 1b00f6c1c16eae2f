"""Enforcement probes: one rule of AWS each, asked over HTTP of the referee and of bare moto."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from irtui.gameday.world import World

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DENY = {"Effect": "Deny", "Action": "*", "Resource": "*"}
_client: Any = boto3.client  # the stubs know a service by its literal name only
_numbers = itertools.count()


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(*principals: str, **more: Any) -> str:
    return policy({"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": "sts:AssumeRole", **more})


def tell(call: Any, **params: Any) -> str:
    """`ok`, the error code, or what botocore made of an answer that it could not read."""
    try:
        call(**params)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    except BotoCoreError as error:
        return type(error).__name__
    return "ok"


class Ground:
    """Where a probe is made: the referee's world, or bare moto. Keys are replies of STS or of CreateAccessKey."""

    def __init__(self, url: str, operator: tuple[str, str, str | None], account: str, world: World | None) -> None:
        self.url, self.operator, self.account = url, operator, account
        self.world = world
        """None: bare moto."""
        self._clients: dict[Any, Any] = {}
        self._organization: tuple[str, str, Any] | None = None

    def client(self, service: str, key: Any = None, *, region: str = "us-east-1") -> Any:
        """A boto3 client that sends once; without a key the operator's."""
        if isinstance(key, dict):
            made = key.get("Credentials") or key["AccessKey"]
            key = (made["AccessKeyId"], made["SecretAccessKey"], made.get("SessionToken"))
        held = key or self.operator
        if (service, held, region) not in self._clients:
            config = Config(
                retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=10, proxies={}
            )
            self._clients[service, held, region] = _client(
                service, region_name=region, endpoint_url=self.url, config=config,
                aws_access_key_id=held[0], aws_secret_access_key=held[1], aws_session_token=held[2],
            )  # fmt: skip
        return self._clients[service, held, region]

    def name(self) -> str:
        return f"probe-{next(_numbers)}"

    def user(self, *statements: dict[str, Any], by: Any = None, **more: Any) -> Any:
        """A new user with these statements: the reply of CreateAccessKey. NAME in them is the user's name."""
        name, iam = self.name(), self.client("iam", by)
        iam.create_user(UserName=name, **more)
        if statements:
            document = policy(*statements).replace("NAME", name).replace("ACCOUNT", self.account)
            iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
        return iam.create_access_key(UserName=name)

    def role(self, trusted: str, *statements: dict[str, Any], by: Any = None, **more: Any) -> str:
        """A new role's ARN."""
        name, iam = self.name(), self.client("iam", by)
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted, **more)
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy(*statements))
        return str(made["Role"]["Arn"])

    def assume(self, role: str, key: Any = None, **more: Any) -> Any:
        return self.client("sts", key).assume_role(RoleArn=role, RoleSessionName="probe", **more)

    def managed(self, *statements: dict[str, Any]) -> str:
        made = self.client("iam").create_policy(PolicyName=self.name(), PolicyDocument=policy(*statements))
        return str(made["Policy"]["Arn"])

    def bucket(self, *statements: dict[str, Any], by: Any = None) -> str:
        """A new bucket with one object `k`; BUCKET in the statements of its policy is its ARN."""
        name, s3 = self.name(), self.client("s3", by)
        s3.create_bucket(Bucket=name)
        s3.put_object(Bucket=name, Key="k", Body=b"x")
        if statements:
            s3.put_bucket_policy(Bucket=name, Policy=policy(*statements).replace("BUCKET", f"arn:aws:s3:::{name}"))
        return name

    def member(self) -> tuple[str, str, Any]:
        """(account, root of the organization, key of its administrator) of a member account."""
        if self._organization is None:
            organizations = self.client("organizations")
            organizations.create_organization(FeatureSet="ALL")
            root = organizations.list_roots()["Roots"][0]["Id"]
            organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
            made = organizations.create_account(AccountName="member", Email="member@example.com")
            account = made["CreateAccountStatus"]["AccountId"]
            access = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
            administrator = self.assume(access, DurationSeconds=3600)
            self._organization = account, root, administrator
        return self._organization

    def root(self, account: str = "") -> Any:
        """An access key of an account's root user, which bare moto has not."""
        if self.world is None:
            raise NoRoot
        return self.world._ask("root", {"account": account or self.account})

    def later(self, seconds: float) -> None:
        """World time passes; bare moto has none."""
        if self.world is not None:
            self.world.advance(seconds)


class NoRoot(ClientError):
    def __init__(self) -> None:
        super().__init__({"Error": {"Code": "no root user", "Message": ""}}, "root")


@dataclass(frozen=True, slots=True)
class Probe:
    id: str
    rule: str
    """What AWS does, in a sentence."""
    ask: Callable[[Ground], str]
    """Set-up and call; the answer of the call."""
    aws: str
    """`ok` or the error code that AWS gives, and so must the referee."""
    moto: str
    """What bare moto gives: shown, and noticed when an upgrade changes it."""

    def asked(self, ground: Ground) -> str:
        """The answer; `not set up: code` where the ground cannot even be prepared."""
        try:
            return self.ask(ground)
        except ClientError as error:
            return f"not set up: {error.response['Error']['Code']}"
        except (BotoCoreError, KeyError) as error:
            return f"not set up: {type(error).__name__}"


class Table(list[Probe]):
    """Probes in the order of the file."""

    def row(self, rule: str, *, aws: str, moto: str) -> Callable[[Callable[[Ground], str]], Callable[[Ground], str]]:
        """The function below is the probe, its name the id."""

        def add(ask: Callable[[Ground], str]) -> Callable[[Ground], str]:
            self.append(Probe(ask.__name__, rule, ask, aws, moto))
            return ask

        return add
