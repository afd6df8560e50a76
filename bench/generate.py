"""Makes metadata of a given size for the benchmark, with the mix of sections that real profiles have."""

from pathlib import Path

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<Profile xmlns="http://soap.sforce.com/2006/04/metadata">\n'
_FIELD = (
    "    <fieldPermissions>\n        <editable>true</editable>\n        <field>Account.Field_{n}__c</field>\n"
    "        <readable>true</readable>\n    </fieldPermissions>\n"
)
_RANGE = (
    "    <loginIpRanges>\n        <endAddress>192.0.2.{n}</endAddress>\n"
    "        <startAddress>192.0.2.{n}</startAddress>\n    </loginIpRanges>\n"
)
_PERMISSION = (
    "    <userPermissions>\n        <enabled>true</enabled>\n        <name>Permission{n}</name>\n"
    "    </userPermissions>\n"
)


def write_profile(path: Path, megabytes: float) -> None:
    """One profile of about that size: field permissions, 70 permissions, 5 ranges."""
    fields = int(megabytes * 1e6 / len(_FIELD))
    with path.open("w", encoding="utf-8") as stream:
        stream.write(_HEAD)
        stream.writelines(_FIELD.format(n=n) for n in range(fields))
        stream.writelines(_RANGE.format(n=n) for n in range(5))
        stream.writelines(_PERMISSION.format(n=n) for n in range(70))
        stream.write("</Profile>\n")


def write_tree(folder: Path, *, files: int, megabytes_each: float) -> None:
    """A folder of profiles."""
    profiles = folder / "profiles"
    profiles.mkdir(parents=True)
    for number in range(files):
        write_profile(profiles / f"Profile {number}.profile-meta.xml", megabytes_each)


def write_integration(path: Path, items: int) -> Path:
    """An integration file with so many users, and as many ranges."""
    users = ", ".join(f"u{number}@acme.example" for number in range(items))
    ranges = ", ".join(f"10.{number >> 8}.{number & 255}.7" for number in range(items))
    path.write_text(
        "version: 1\nintegrations:\n  - name: long\n    app: A\n    profile: P\n"
        f"    users: [{users}]\n    egress: [{{ranges: [{ranges}]}}]\n    operator_ranges: [198.51.100.7]\n"
    )
    return path
