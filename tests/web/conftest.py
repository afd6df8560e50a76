"""Settings for the tests of the wire."""

from hypothesis import settings

# A busy machine is no fault of the code's: no property here is about time.
settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")
