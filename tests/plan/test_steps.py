"""The commands around a plan: as a shell takes them, whatever the names in them hold."""

import shlex

import pytest

from sfharden.plan.steps import Commands, wrapped


@pytest.mark.parametrize("name", ["plan", "my plan's folder", "x" * 90])
def test_long_commands_are_wrapped_so_that_a_shell_takes_them(name: str) -> None:
    commands = Commands(name, source="--source 'my  files'", integration="it's mine.yaml", apps=("A  B",))
    for one in (commands.simulate(), *commands.deploy(), *commands.revoke(), commands.verify()):
        text = wrapped(one, 78)
        assert shlex.split(text.replace("\\\n", "")) == shlex.split(one)
        assert all(len(line) <= 78 for line in text.splitlines() if name not in line or len(name) < 20)
