"""The settings of a Standard app: its `config/web`, or what its own resource says of them.

The site's own answer has null for most of them while the app runs with others (recorded), so null there is not read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sfharden.azure.index import AzureIndex, AzureValue, given, value
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureForm, AzureResource

CONFIG: Final = "config/web"
_OWN: Final = "properties.siteConfig"
_ANSWERS: Final = (AzureForm.REST, AzureForm.GRAPH, AzureForm.POWERSHELL)


@dataclass(frozen=True, slots=True)
class SettingsHolder:
    """The resource whose answer has the settings, and where in it they stand."""

    resource: AzureResource
    below: str

    def setting(self, name: str) -> AzureValue:
        """A setting that has a value. Raises CannotTell."""
        return given(self.resource, f"{self.below}.{name}")

    def beside(self, name: str) -> AzureValue:
        """One that may be absent. Raises CannotTell where null may only mean that it wasn't returned."""
        found = value(self.resource, f"{self.below}.{name}")
        if found.is_absent and self.below == _OWN and self.resource.form in _ANSWERS:
            raise CannotTell(f"{name} is not in the answer", found.where)
        return found


def settings_holder(index: AzureIndex, site: AzureResource, name: str) -> SettingsHolder:
    """Who has that setting: `config/web`, or else the site itself. Raises CannotTell where neither does."""
    try:
        child = SettingsHolder(
            index.resource(f"{site.id}/{CONFIG}", f"{CONFIG} of {site.shown}"), "properties"
        )
        child.setting(name)
        return child
    except CannotTell as reason:
        if value(site, f"{_OWN}.{name}").is_absent:
            raise reason from None
        return SettingsHolder(site, _OWN)


def site_setting(index: AzureIndex, site: AzureResource, name: str) -> AzureValue:
    """A setting's value and place. Raises CannotTell where it is nowhere to be read, or null."""
    return settings_holder(index, site, name).setting(name)


def public_access_is_off(index: AzureIndex, site: AzureResource) -> AzureValue | None:
    """Where it says that the app can't be reached from public networks; None if it says otherwise, or nothing."""
    own = _told(lambda: value(site, "properties.publicNetworkAccess"))
    if own is not None and own.is_absent:
        own = _told(lambda: site_setting(index, site, "publicNetworkAccess"))
    return own if own is not None and str(own.value).casefold() == "disabled" else None


def _told(read: Callable[[], AzureValue]) -> AzureValue | None:
    try:
        return read()
    except CannotTell:
        return None
