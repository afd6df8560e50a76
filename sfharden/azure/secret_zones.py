"""The kinds of places in Azure's documents, and what stays of a text that stands in one."""

from enum import Enum, auto
from typing import Final

from sfharden.azure.masked_texts import Keep


class Zone(Enum):
    """What a part of a document is."""

    OPEN = auto()  # configuration
    CLOSED = auto()
    VALUE = auto()
    SETTINGS = auto()  # of an app, as a list of names and values or as an object
    SECURE = auto()  # the value of a parameter that is declared as secure
    SIGN_IN = auto()  # an `authentication`
    ADDRESS = auto()
    PATH = auto()
    ID = auto()
    NAME = auto()
    WORD = auto()  # a method, a way to sign in, or a type
    PARAMETERS = auto()
    PARAMETER = auto()
    SECURE_PARAMETER = auto()
    CONNECTIONS = auto()
    DEFINITION = auto()
    STEPS = auto()
    STEP = auto()
    INPUTS = auto()
    QUERIES = auto()
    HOST = auto()
    ORIGIN = auto()  # the `metadata` of a step
    VARIABLES = auto()  # the inputs of a step that sets a variable
    FILES = auto()  # of a Standard app
    TEMPLATE = auto()
    RESOURCES = auto()
    OUTPUTS = auto()
    OUTPUT = auto()
    SITE_CONFIG = auto()  # below `properties` of one of a site's `config`
    FOREIGN = (
        auto()
    )  # configuration of a resource that no check asks about: closed but for numbers and switches
    STATE = auto()
    COMPARED = auto()  # a definition for its digest: what isn't a secret stays


_KEEPS: Final = {
    Zone.OPEN: Keep.OPEN,
    Zone.TEMPLATE: Keep.OPEN,
    Zone.RESOURCES: Keep.OPEN,
    Zone.COMPARED: Keep.OPEN,
    Zone.VALUE: Keep.VALUE,
    Zone.ADDRESS: Keep.ADDRESS,
    Zone.PATH: Keep.PATH,
    Zone.ID: Keep.ID,
    Zone.HOST: Keep.ID,
    Zone.NAME: Keep.NAME,
    Zone.WORD: Keep.WORD,
    Zone.STATE: Keep.STATE,
}


def keep_in(zone: Zone) -> Keep:
    """What stays of a text that stands there."""
    return _KEEPS.get(zone, Keep.NOTHING)
