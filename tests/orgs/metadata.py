"""An old name for parts of the healthy org; see the package."""

from tests.orgs.constants import INTEGRATION as INTEGRATION
from tests.orgs.constants import NOW as NOW
from tests.orgs.files import APP as APP
from tests.orgs.files import HEALTHY as HEALTHY
from tests.orgs.files import PROFILE as PROFILE
from tests.orgs.files import RANGES as RANGES
from tests.orgs.files import SECURITY as SECURITY
from tests.orgs.files import XMLNS as XMLNS
from tests.orgs.files import changed as changed
from tests.orgs.files import loaded as loaded
from tests.orgs.files import login_range as login_range
from tests.orgs.files import parsed as parsed
from tests.orgs.files import permission as permission
from tests.orgs.files import snapshot_of as snapshot_of
from tests.orgs.files import without as without
from tests.orgs.files import write as write
from tests.orgs.files import xml as xml
from tests.orgs.judging import judged as judged
from tests.orgs.judging import statuses as statuses
