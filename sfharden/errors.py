"""Every error a person may see, and every exit code.

SfhardenError
├── UsageError          arguments that don't go together                       exit 2
├── InputError          a file of the user's that we can't accept              exit 2
├── NoVerdictError      login, network, refusal, disk: nothing can be said     exit 3
│   └── OrgError        the org refused or did not answer
│       ├── AuthError       signing in failed
│       ├── DeniedError     the org answered, and said no
│       ├── LimitError      a limit of the org's, or the caller's own budget
│       │   └── BudgetError     the budget or the reserve: waiting won't help
│       ├── AnswerError     an answer that cannot be understood
│       └── UnreachableError   no answer within the time or retries allowed
├── DeclinedError       no or wrong confirmation; nothing changed              exit 5
└── PartialError        some changes made, some failed                         exit 6
"""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command line. Where several apply: 3, then 1, then 4."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    NO_VERDICT = 3
    INCOMPLETE = 4
    DECLINED = 5
    PARTIAL = 6
    BUG = 70
    INTERRUPTED = 130


class SfhardenError(Exception):
    """An error with one line for a person and a hint at what to do next.

    The message never holds text from a foreign error or an answer of an org: such text may hold a secret.
    """

    exit_code = Exit.NO_VERDICT

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(SfhardenError):
    """Arguments that are wrong or don't go together."""

    exit_code = Exit.USAGE


class InputError(SfhardenError):
    """A file of the user's that we can't accept: integration file, policy, snapshot."""

    exit_code = Exit.USAGE


class NoVerdictError(SfhardenError):
    """Nothing can be said: a login, the network, a refusal, the disk."""

    exit_code = Exit.NO_VERDICT


class OrgError(NoVerdictError):
    """The org refused, did not answer, or answered something that cannot be used."""


class AuthError(OrgError):
    """Signing in to the org failed, or the session ended."""


class DeniedError(OrgError):
    """The org answered that this login may not, or that it knows no such thing."""

    def __init__(self, message: str, hint: str = "", *, code: str = "") -> None:
        super().__init__(message, hint)
        self.code = code


class LimitError(OrgError):
    """A limit of the org's, or the call budget the user set, would be or was passed."""


class BudgetError(LimitError):
    """The call budget that the user set, or the share of the org's calls that is left to others, is reached."""


class AnswerError(OrgError):
    """An answer that is not what the interface promises: not JSON, cut off, the wrong zip."""


class UnreachableError(OrgError):
    """No answer within the time and the retries allowed."""


class DeclinedError(SfhardenError):
    """No or wrong confirmation; nothing changed."""

    exit_code = Exit.DECLINED


class PartialError(SfhardenError):
    """Some changes were made and some failed; the message says which."""

    exit_code = Exit.PARTIAL
