"""The only room that changes an org: select, plan, approve, execute, journal, resume, receipt."""
