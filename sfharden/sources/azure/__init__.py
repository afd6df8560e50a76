"""Azure from files: exports, templates, projects, and the answers to a script of questions."""
