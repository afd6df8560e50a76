"""An old name for parts of the healthy org; see the package."""

from tests.orgs.constants import ADMIN as ADMIN
from tests.orgs.constants import ADMIN_DESK as ADMIN_DESK
from tests.orgs.constants import APP_ID as APP_ID
from tests.orgs.constants import DANA as DANA
from tests.orgs.constants import EGRESS as EGRESS
from tests.orgs.constants import ELSEWHERE as ELSEWHERE
from tests.orgs.constants import HARDENED as HARDENED
from tests.orgs.constants import HARDENED_INTEGRATION as HARDENED_INTEGRATION
from tests.orgs.constants import NOW
from tests.orgs.constants import OPERATOR as OPERATOR
from tests.orgs.constants import P_ADMIN as P_ADMIN
from tests.orgs.constants import P_STANDARD as P_STANDARD
from tests.orgs.constants import P_SVC as P_SVC
from tests.orgs.constants import SVC as SVC
from tests.orgs.tables import ANY_CLIENT as ANY_CLIENT
from tests.orgs.tables import APPROVE as APPROVE
from tests.orgs.tables import FILES as FILES
from tests.orgs.tables import MANAGE as MANAGE
from tests.orgs.tables import PROFILES as PROFILES
from tests.orgs.tables import SETS as SETS
from tests.orgs.tables import STANDARD as STANDARD
from tests.orgs.tables import TABLES as TABLES
from tests.orgs.tables import UNLOCKED as UNLOCKED
from tests.orgs.tables import USERS as USERS
from tests.orgs.tables import assigned as assigned
from tests.orgs.tables import changed as changed
from tests.orgs.tables import login as login
from tests.orgs.tables import proposed as proposed
from tests.orgs.tables import running as running
from tests.orgs.tables import token as token

TAKEN = NOW
