#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A new administrator's way through a fresh Moodle, by the plugin's README.md alone: run.sh [FOLDER] packages and installs the
# plugin, turns analytics on, makes courses, evaluates, trains and predicts by the scheduled tasks, and looks at the pages in
# Chromium, whose pictures go to FOLDER. After tests/moodle.sh, whose PostgreSQL it uses, and a build. Minutes.
set -euo pipefail
. "$(dirname "$0")/site.sh" site "$@"

mkdir "$moodle"
tar --extract --xz --file="$MOODLEML_SHARED/moodle/moodle-5.1.3.tar.xz" --directory="$moodle" --no-same-owner
cp -r "$rig/moodle/vendor" "$moodle"
"${database[@]}" "drop database if exists site with (force)" --command "create database site"
write_config mdl_ <<<"\$CFG->tool_generator_users_password = 'Moodle-1-trial';"

# The plugin, as its README.md says.
cmake/package.sh plugin "$folder/package" >"$folder/package.log"
unzip -q "$folder/package/mlbackend_moodleml.zip" -d "$moodle/public/lib/mlbackend"

cd "$moodle"
php admin/cli/install_database.php --agree-license --adminpass=Moodle-1-trial --adminemail=admin@example.com --fullname=Trial --shortname=trial |
    tail -n 1
php public/lib/mlbackend/moodleml/cli/check.php
php admin/cli/cfg.php --name=enableanalytics --set=1
php admin/cli/cfg.php --component=analytics --name=predictionsprocessor --set='\mlbackend_moodleml\processor'

for number in 1 2 3; do
    php public/admin/tool/generator/cli/maketestcourse.php --shortname="course$number" --size=S --filesizelimit=1000 --bypasscheck --quiet
done
php "$here/age_courses.php" "$moodle/config.php"

interval='\core\analytics\time_splitting\quarters'
php public/admin/tool/analytics/cli/evaluate_model.php --modelid=1 --analysisinterval="$interval" --non-interactive | tail -n 6
php public/admin/tool/analytics/cli/enable_model.php --modelid=1 --analysisinterval="$interval"
for task in train_models predict_models; do
    php admin/cli/scheduled_task.php --execute="\\tool_analytics\\task\\$task" | grep --fixed-strings -e moodleml -e finished -e complete
done

serve
cd "$here/../.."
build/python/bin/python -B tests/moodle-site/look.py "$url" "$pictures"

# A server that was taken over: no script of its answers runs in the administrator's browser.
hostile_port=$(free_port)
python3 "$here/hostile.py" "$hostile_port" &
started+=("$!")
set_plugin() { php "$moodle/admin/cli/cfg.php" --component=mlbackend_moodleml --name="$1" --set="$2"; }
set_plugin runner server
set_plugin serverurl "http://127.0.0.1:$hostile_port/page"
build/python/bin/python -B tests/moodle-site/attack.py "$url" page
set_plugin serverurl "http://127.0.0.1:$hostile_port/answers"
(cd "$moodle" && php public/admin/tool/analytics/cli/evaluate_model.php --modelid=1 --analysisinterval="$interval" --non-interactive) | tail -n 4
build/python/bin/python -B tests/moodle-site/attack.py "$url" log

# A folder that was deleted while the plugin is the processor breaks core's settings pages; the lines of README.md mend them.
rm -r "$moodle/public/lib/mlbackend/moodleml"
php "$moodle/admin/cli/cfg.php" --component=analytics --name=predictionsprocessor --unset
php "$moodle/admin/cli/upgrade.php" --non-interactive | tail -n 1
build/python/bin/python -B tests/moodle-site/attack.py "$url" removed
