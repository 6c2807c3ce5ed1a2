#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Looks at the plugin's pages in Chromium with axe-core: pages.sh [FOLDER FOR PICTURES]. The site is a copy of the one that tests/moodle.sh made,
# database and code, with courses, a model and insights of its own, so that it is there within seconds. After tests/moodle.sh and a build.
set -euo pipefail
. "$(dirname "$0")/site.sh" pages "$@"

copy_test_site
seed() { php "$here/seed_pages.php" "$moodle/config.php" "$@"; }
seed courses
php "$here/age_courses.php" "$moodle/config.php"
quiet seed seed model
tail -n 1 "$folder/seed.log" >"$folder/seed.json"
serve
python3 -B "$here/pages.py" "$url" "$folder/seed.json" "$moodle/public/lib/behat/axe/axe.min.js" "$pictures"
