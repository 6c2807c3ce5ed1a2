#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Looks at the plugin's pages in Chromium with axe-core: pages.sh [FOLDER FOR PICTURES]. The site is a copy of the one that tests/moodle.sh made,
# database and code, with courses, a model and insights of its own, so that it is there within seconds. After tests/moodle.sh and a build.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."

build=$PWD/build
pictures=$(realpath --canonicalize-missing "${1:-build/moodle-pictures}")
rig=${MOODLE_TESTS_DIR:-/var/tmp/moodle-tests}
database=(psql --quiet --host=127.0.0.1 --port="${PGPORT:-54329}" --username=postgres --command)
folder=$(mktemp --directory --tmpdir="$rig")
web=
trap '[[ -z $web ]] || kill -- -"$web"; "${database[@]}" "drop database if exists pages with (force)"; rm -rf "$folder"' EXIT
export PHP_INI_SCAN_DIR=:$rig/ini
moodle=$folder/moodle
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

mkdir -p "$pictures" "$folder/data"
cp --archive --link "$rig/moodle" "$moodle"
plugin=$moodle/public/lib/mlbackend/moodleml
rm -r "$plugin" "$moodle/config.php"
mkdir "$plugin"
tar -C bindings/moodle -ch . | tar -C "$plugin" -x --no-same-owner
"${database[@]}" "drop database if exists pages with (force)" --command "create database pages template moodle"
cat >"$moodle/config.php" <<PHP
<?php
\$CFG = new stdClass();
\$CFG->dbtype = 'pgsql';
\$CFG->dblibrary = 'native';
\$CFG->dbhost = '127.0.0.1';
\$CFG->dbname = 'pages';
\$CFG->dbuser = 'postgres';
\$CFG->dbpass = '';
\$CFG->prefix = 'phpu_';
\$CFG->dboptions = ['dbport' => ${PGPORT:-54329}, 'dbsocket' => ''];
\$CFG->wwwroot = 'http://127.0.0.1:$port';
\$CFG->dataroot = '$folder/data';
\$CFG->directorypermissions = 02770;
\$CFG->noemailever = true;
\$CFG->forced_plugin_settings['mlbackend_moodleml'] = [
    'runner' => 'ffi',
    'librarypath' => '$build/lib/libmoodleml.so.1',
    'programpath' => '$build/bin/moodleml',
];
require_once(__DIR__ . '/public/lib/setup.php');
PHP

cd "$moodle"
php admin/cli/upgrade.php --non-interactive >"$folder/upgrade.log" || grep --quiet "No upgrade needed" "$folder/upgrade.log" || { cat "$folder/upgrade.log" >&2; exit 1; }
php admin/cli/reset_password.php --username=admin --password=Moodle-1-trial --ignore-password-policy
php "$here/seed_pages.php" "$moodle/config.php" courses
php "$here/age_courses.php" "$moodle/config.php"
php "$here/seed_pages.php" "$moodle/config.php" model >"$folder/seed.log" || { cat "$folder/seed.log" >&2; exit 1; }
tail -n 1 "$folder/seed.log" >"$folder/seed.json"

PHP_CLI_SERVER_WORKERS=4 setsid php -S "127.0.0.1:$port" -t public >"$folder/web.log" 2>&1 &
web=$!
python3 -B "$here/pages.py" "http://127.0.0.1:$port" "$folder/seed.json" "$moodle/public/lib/behat/axe/axe.min.js" "$pictures"
