"""Lets `python -m sfharden` do what `sfharden` does."""

import sys

from sfharden.cli import main

sys.exit(main())
