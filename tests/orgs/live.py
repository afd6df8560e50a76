"""An old name for parts of the healthy org; see the package."""

from tests.orgs.served import EXTERNAL as EXTERNAL
from tests.orgs.served import HARDENED as HARDENED
from tests.orgs.served import INTEGRATION as INTEGRATION
from tests.orgs.served import LOGINS_SINCE as LOGINS_SINCE
from tests.orgs.served import by_subject as by_subject
from tests.orgs.served import changed as changed
from tests.orgs.served import component as component
from tests.orgs.served import granting as granting
from tests.orgs.served import healthy as healthy
from tests.orgs.served import judged as judged
from tests.orgs.served import login as login
from tests.orgs.served import org_with as org_with
from tests.orgs.served import own_set as own_set
from tests.orgs.served import partial as partial
from tests.orgs.served import read_snapshot
from tests.orgs.served import replaced as replaced
from tests.orgs.served import results as results
from tests.orgs.served import status as status
from tests.orgs.served import table as table
from tests.orgs.served import token as token
from tests.orgs.served import unread as unread
from tests.orgs.served import user as user
from tests.orgs.served import verdict as verdict
from tests.orgs.served import with_ranges as with_ranges
from tests.orgs.served import with_value as with_value
from tests.orgs.served import without as without

read = read_snapshot
