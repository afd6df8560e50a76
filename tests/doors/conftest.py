"""What the tests of commands start from serves the tests of their doors, too."""

from tests.commands.conftest import ask as ask
from tests.commands.conftest import integration as integration
from tests.commands.conftest import org as org
from tests.commands.conftest import run as run
from tests.commands.conftest import server as server
