"""What a package is made of once it was unzipped."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Component:
    """One file of a package; the path is below the folder of package.xml."""

    path: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Package:
    """A package: its API version (0 if it names none), its members, its files, what it deletes."""

    version: float
    members: list[tuple[str, str]]
    components: list[Component]
    deleted: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a component can't be deployed."""

    path: str
    text: str
