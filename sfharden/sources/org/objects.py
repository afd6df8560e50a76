"""What profiles permit of objects and fields: of those alone that a user of an integration has, or is to have, and the
permission sets that are to give back what the one permits and the other doesn't.

Object Reference, ObjectPermissions and FieldPermissions: one row for each permission set and object or field, those that
profiles own among them. What View All Data and Modify All Data permit has no rows.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sfharden.model.integration import Integration
from sfharden.model.org import ObjectRights, User
from sfharden.salesforce.rest import OrgClient
from sfharden.salesforce.soql import soql_in
from sfharden.sources.org.values import flag, required
from sfharden.text.names import literal

_PREFIX: Final = "Permissions"
# By table: the column that names what a row is about, and the rights that it tells.
_TABLES: Final = {
    "ObjectPermissions": (
        "SobjectType",
        ("Create", "Delete", "Edit", "ModifyAllRecords", "Read", "ViewAllRecords"),
    ),
    "FieldPermissions": ("Field", ("Edit", "Read")),
}


def object_rights(
    client: OrgClient,
    integrations: Iterable[Integration],
    users: Iterable[User],
    labels: Mapping[str, str],
    sets: Iterable[str] = (),
) -> tuple[ObjectRights, ...]:
    """Nothing is asked where every user has their integration's profile. `labels` are those of profiles, by id.

    `sets` are names of permission sets; the org needn't have them.
    """
    ids = sorted(profiles_to_compare(tuple(integrations), tuple(users), labels))
    if not ids:
        return ()
    wanted = [f"Parent.ProfileId IN {some}" for some in soql_in(ids)]
    named = [f"Parent.Name IN {some}" for some in soql_in(sets)]
    if named:  # as a rule, one query of each table
        wanted[-1] += f" OR {named.pop()}"
    found = {row for table in _TABLES for which in (*wanted, *named) for row in _rows(client, table, which)}
    return tuple(sorted(found))


def _rows(client: OrgClient, table: str, which: str) -> Iterator[ObjectRights]:
    about, rights = _TABLES[table]
    columns = ", ".join(("ParentId", about, *(_PREFIX + one for one in rights)))
    query = f"SELECT {columns} FROM {table} WHERE {which}"  # noqa: S608 - quoted
    for row in client.query(query):
        held = tuple(one for one in rights if flag(row, _PREFIX + one))
        yield ObjectRights(required(row, "ParentId"), required(row, about), held)


def profiles_to_compare(
    integrations: tuple[Integration, ...], users: tuple[User, ...], labels: Mapping[str, str]
) -> set[str]:
    """The ids of the profiles that users have and are to have, where these differ."""
    found = set[str]()
    for integration in integrations:
        names = {literal(name) for name in integration.users}
        target = {key for key, label in labels.items() if literal(label) == literal(integration.profile)}
        has = {one.profile_id for one in users if one.profile_id and literal(one.username) in names}
        if has - target:
            found |= has | target
    return found
