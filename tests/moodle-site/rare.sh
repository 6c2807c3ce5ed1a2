#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Whom Moodle tells a teacher about where few drop out: rare.sh [FOLDER FOR PICTURES]. A twelfth of the students stop before the last
# quarter, and none of them had a probability over one half before. One model flags the most probable class, the other by the default rule. The
# pictures are what the teacher sees of each. On a copy of the site of tests/moodle.sh, as pages.sh.
set -euo pipefail
. "$(dirname "$0")/site.sh" rare "$@"

copy_test_site
seed() { php "$here/seed_pages.php" "$moodle/config.php" "$@"; }
seed courses 120
php "$here/age_courses.php" "$moodle/config.php" rare
serve
for choice in surest best; do
    php "$moodle/admin/cli/cfg.php" --component=mlbackend_moodleml --name=flag --set="$choice"
    quiet "$choice" seed flags
    tail -n 1 "$folder/$choice.log" >"$folder/$choice.json"
    python3 -B "$here/rare.py" "$url" "$choice" "$folder/$choice.json" "$pictures"
done
