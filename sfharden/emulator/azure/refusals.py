"""How ARM says no, in both of its shapes (reference 2.5, errors)."""

from typing import Any

from sfharden.emulator.wire import Reply, json_reply


class ArmRefusalError(Exception):
    """An error answer. `pascal` is the shape of Insights: `{"Code", "Message"}` without a wrapper."""

    def __init__(self, status: int, code: str, message: str, *, pascal: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.pascal = pascal

    @property
    def body(self) -> dict[str, Any]:
        """The answer's JSON."""
        if self.pascal:
            return {"Code": self.code, "Message": self.message}
        return {"error": {"code": self.code, "message": self.message}}

    def reply(self) -> Reply:
        """The whole answer; a 401 says how to sign in."""
        headers = (("WWW-Authenticate", f'Bearer error="{self.code}"'),) if self.status == 401 else ()
        plain = json_reply(self.body, self.status)
        return Reply(plain.status, plain.body, plain.content_type, headers)


def no_token() -> ArmRefusalError:
    """There is no Authorization header."""
    return ArmRefusalError(
        401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."
    )


def invalid_token() -> ArmRefusalError:
    """The token is none of this tenant."""
    return ArmRefusalError(401, "InvalidAuthenticationToken", "The access token is invalid.")


def expired_token() -> ArmRefusalError:
    """The token's time is over."""
    return ArmRefusalError(
        401,
        "ExpiredAuthenticationToken",
        "The access token expiry UTC time '11/28/2026 8:00:00 AM' is earlier than current UTC time.",
    )


def forbidden(caller: str, action: str, scope: str) -> ArmRefusalError:
    """The caller may not: the message has the object id and the action that is missing (reference 2.5)."""
    return ArmRefusalError(
        403,
        "AuthorizationFailed",
        f"The client '{caller}' with object id '{caller}' does not have authorization to perform action "
        f"'{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please "
        "refresh your credentials.",
    )


def no_subscription(name: str) -> ArmRefusalError:
    """No such subscription."""
    return ArmRefusalError(404, "SubscriptionNotFound", f"The subscription '{name}' could not be found.")


def no_group(name: str) -> ArmRefusalError:
    """No such resource group."""
    return ArmRefusalError(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")


def no_resource(kind: str, name: str, group: str) -> ArmRefusalError:
    """No such resource."""
    return ArmRefusalError(
        404,
        "ResourceNotFound",
        f"The Resource '{kind}/{name}' under resource group '{group}' was not found. For more details please "
        "go to https://aka.ms/ARMResourceNotFoundFix",
    )


def no_lifecycle_policy(account: str) -> ArmRefusalError:
    """The account keeps its blobs forever: no error at all for who asks for retention (reference 0.4)."""
    return ArmRefusalError(
        404, "ManagementPolicyNotFound", f"No ManagementPolicy found for account {account}"
    )


def no_role(path: str) -> ArmRefusalError:
    """No such role."""
    return ArmRefusalError(
        404,
        "RoleDefinitionDoesNotExist",
        f"The specified role definition with ID '{path.rpartition('/')[2]}' does not exist.",
    )


def unknown_kind(kind: str) -> ArmRefusalError:
    """Nothing of this type."""
    namespace, _, name = kind.partition("/")
    return ArmRefusalError(
        404,
        "InvalidResourceType",
        f"The resource type '{name}' could not be found in the namespace '{namespace}'.",
    )


def no_version() -> ArmRefusalError:
    """The query has no api-version."""
    return ArmRefusalError(
        400,
        "MissingApiVersionParameter",
        "The api-version query parameter (?api-version=) is required for all requests.",
    )


def wrong_version(version: str, good: tuple[str, ...]) -> ArmRefusalError:
    """An api-version that this type never had; the good ones are listed (reference 2.5)."""
    return ArmRefusalError(
        400,
        "InvalidApiVersionParameter",
        f"The api-version '{version}' is invalid. The supported versions are '{','.join(good)}'.",
    )


def not_allowed(method: str) -> ArmRefusalError:
    """Nothing but reading is served here."""
    return ArmRefusalError(
        405, "MethodNotAllowed", f"The requested resource does not support http method '{method}'."
    )


def bad_request(message: str, *, pascal: bool = False) -> ArmRefusalError:
    """The request's parameters can't be understood."""
    return ArmRefusalError(400, "BadRequest", message, pascal=pascal)
