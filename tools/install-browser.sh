#!/bin/sh
# Chromium with its driver, and axe-core: what tests/report/test_check_html.py tries the page of a report with.
# Never fails: without them these tests are skipped.
set -u

as_root() {
	if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

if ! command -v chromedriver >/dev/null && command -v apt-get >/dev/null; then
	{ as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends chromium chromium-driver; } >/dev/null 2>&1 ||
		echo "No Chromium can be had here: the page is not tried in a browser." >&2
fi
if command -v npm >/dev/null && [ ! -e "$(npm root -g)/axe-core" ]; then
	as_root npm install --global --silent --no-audit --no-fund axe-core@4.14.1 >/dev/null 2>&1 ||
		echo "No axe-core can be had here: nobody looks for what a screen reader can't read." >&2
fi
exit 0
