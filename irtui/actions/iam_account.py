"""Reading the IAM of an account for the family tree: one large reply, and the little that it lacks."""

from irtui.actions.interface import Reader
from irtui.actions.observe import words
from irtui.aws.paging import truncated
from irtui.errors import AwsFault, SimulatorGap
from irtui.model.call import Call
from irtui.policy.document import read_document
from irtui.trail.account import Account, Entity, Key, anything, read_account

PAGES = 100
USERS = 200
"""Users whose keys are listed."""


class Standing:
    """Reads on behalf of one look, each thing once, and writes down what could not be read."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.gaps: list[str] = []
        self.unread: list[str] = []
        """What was not read and had to be: nothing is proven without it."""

    def account(self, number: str) -> Account:
        filters = ["User", "Role", "Group", "LocalManagedPolicy"]
        try:
            data = self._reader.read(
                Call("iam", "GetAccountAuthorizationDetails", {"Filter": filters, "MaxItems": 1000}), pages=PAGES
            ).data
        except (AwsFault, SimulatorGap) as error:
            self._lacks(f"the users, roles and policies could not be read: {words(_passing(error))}")
            return Account(number, {}, read=False)
        if truncated(data):
            self._lacks("the account has more users, roles and policies than were read")
        if not number:
            arns = [str(item.get("Arn", "")) for item in (*data.get("UserDetailList", ()), *data["RoleDetailList"])]
            number = next((arn.split(":")[4] for arn in arns if arn.count(":") >= 5), "")
        return read_account(number, data)

    def keys(self, account: Account, user: str) -> tuple[Key, ...]:
        """The access keys of a user (`user/NAME`); none where it is gone, or they could not be read."""
        if user in account.keys or (account.read and user not in account.entities):
            return account.keys.get(user) or ()
        if len(account.keys) >= USERS:
            self._gap(f"the keys of more than {USERS} users were not listed")
            return ()
        try:
            call = Call("iam", "ListAccessKeys", {"UserName": user.partition("/")[2]})
            found = self._reader.read(call, pages=PAGES).data.get("AccessKeyMetadata") or ()
        except (AwsFault, SimulatorGap) as error:
            absent = isinstance(_passing(error), AwsFault) and error.kind == "absent"  # type: ignore[union-attr]
            account.keys[user] = () if absent else None
            if not absent:
                self._gap(f"the keys of {user} could not be read: {words(error)}")
            return ()
        account.keys[user] = tuple(Key(str(k["AccessKeyId"]), str(k["Status"]), str(k["CreateDate"])) for k in found)
        return account.keys[user] or ()

    def read_managed(self, account: Account, entity: Entity) -> None:
        """The documents of the managed policies that AWS keeps, once each; what cannot be read may allow anything."""
        for arn in (*entity.attached, *([entity.boundary] if entity.boundary else ())):
            if arn in account.managed:
                continue
            try:
                policy = self._reader.read(Call("iam", "GetPolicy", {"PolicyArn": arn})).data["Policy"]
                version = {"PolicyArn": arn, "VersionId": str(policy["DefaultVersionId"])}
                document = self._reader.read(Call("iam", "GetPolicyVersion", version)).data["PolicyVersion"]["Document"]
            except (AwsFault, SimulatorGap) as error:
                self._gap(f"the policy {arn} could not be read: {words(_passing(error))}")
                account.managed[arn] = anything(arn)
            else:
                account.managed[arn] = read_document(arn, document)

    def _gap(self, sentence: str) -> None:
        if sentence not in self.gaps:
            self.gaps.append(sentence)

    def _lacks(self, sentence: str) -> None:
        self._gap(sentence)
        self.unread.append(sentence)


def _passing(error: AwsFault | SimulatorGap) -> AwsFault | SimulatorGap:
    """`error`, unless the operator's session has ended: that is no gap, it is raised."""
    if isinstance(error, AwsFault) and error.kind == "expired":
        raise error
    return error
