"""An old name for parts of the healthy org; see the package."""

from tests.orgs.files import CONNECTED as CONNECTED
from tests.orgs.files import ECA as ECA
from tests.orgs.files import ECA_GLOBAL as ECA_GLOBAL
from tests.orgs.files import ECA_OAUTH as ECA_OAUTH
from tests.orgs.files import ECA_OAUTH_POLICY as ECA_OAUTH_POLICY
from tests.orgs.files import ECA_POLICY as ECA_POLICY
from tests.orgs.files import ECA_SECURITY as ECA_SECURITY
from tests.orgs.files import EXTERNAL as EXTERNAL
from tests.orgs.files import OVERRIDE as OVERRIDE
from tests.orgs.files import Files as Files
from tests.orgs.files import assembled as assembled
from tests.orgs.files import cut_off as cut_off
from tests.orgs.files import elements as elements
from tests.orgs.files import outcome as outcome
from tests.orgs.files import snapshot_of
from tests.orgs.files import swapped as swapped
from tests.orgs.judging import by_subject as by_subject
from tests.orgs.judging import control as control
from tests.orgs.judging import integration as integration
from tests.orgs.judging import policy_of as policy_of
from tests.orgs.judging import report as report
from tests.orgs.judging import setting as setting
from tests.orgs.judging import shipped as shipped
from tests.orgs.judging import shown as shown
from tests.orgs.judging import status as status
from tests.orgs.judging import verdict as verdict

snapshot = snapshot_of
