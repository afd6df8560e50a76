"""An old name for parts of the healthy org; see the package."""

from tests.orgs.constants import NOW as NOW
from tests.orgs.fakes import Event as Event
from tests.orgs.fakes import InTurn as InTurn
from tests.orgs.fakes import ScriptedOrg as ScriptedOrg
from tests.orgs.served import EVERYTHING as EVERYTHING
from tests.orgs.served import INTEGRATION_FILE as INTEGRATION_FILE
from tests.orgs.served import LOGINS as LOGINS
from tests.orgs.served import SINCE as SINCE
from tests.orgs.served import TOKENS as TOKENS
from tests.orgs.served import connected as connected
from tests.orgs.served import doors as doors
from tests.orgs.served import no_waiting as no_waiting
from tests.orgs.served import read as read
from tests.orgs.served import read_once as read_once
from tests.orgs.served import reasons as reasons
from tests.orgs.served import secrets_of as secrets_of
