"""The healthy org, once: as files (`files`), as tables (`tables`), as served on loopback (`served`).

`constants` holds what is true of it in every form, `judging` what the controls say of it, `cases` one change a
control that turns it, `fakes` stand-ins for parts of an org, `sized` orgs of any size. The other modules are
old names for these.
"""
