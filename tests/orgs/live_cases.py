"""An old name for parts of the healthy org; see the package."""

from tests.orgs.cases import APP_POLICY as APP_POLICY
from tests.orgs.cases import APP_UNREAD as APP_UNREAD
from tests.orgs.cases import EGRESS_ONLY as EGRESS_ONLY
from tests.orgs.cases import FAILING as FAILING
from tests.orgs.cases import OPERATOR_ONLY as OPERATOR_ONLY
from tests.orgs.cases import PROFILE_UNREAD as PROFILE_UNREAD
from tests.orgs.cases import UNREADABLE as UNREADABLE
from tests.orgs.cases import Make as Make
from tests.orgs.cases import app as app
from tests.orgs.cases import approved_for_admins_too as approved_for_admins_too
from tests.orgs.cases import override as override
from tests.orgs.cases import setting as setting
from tests.orgs.cases import settings_unread as settings_unread
from tests.orgs.cases import stranger_on_the_profile as stranger_on_the_profile
from tests.orgs.cases import table_unread as table_unread
from tests.orgs.cases import trusted_everything as trusted_everything
