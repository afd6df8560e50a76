"""The healthy org, once: as files (`files`), as tables (`tables`), as served on loopback (`served`).

`constants` holds what is true of it in every form, `judging` what the controls say of it. `cases` has changes that
turn each control, `unhardened` one thing let go of in the org as real ones are, untidy. `fakes` are stand-ins for
parts of an org, `sized` orgs of any size. The other modules are old names for these; none is needed in a new test.
"""
