"""Answers and files, damaged at random: seeded, a small number in the suite, more by SFHARDEN_TEST_MUTANTS.

`damage` changes bytes and JSON, `answers` what an org answers, `proxy` runs the command line on an org whose
answers are changed. A failing mutant is made again by its number alone.
"""
