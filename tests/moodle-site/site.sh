# SPDX-License-Identifier: Apache-2.0
# What the scripts of this folder share; each sources it with its name: . site.sh NAME [FOLDER FOR PICTURES]. It goes to the project's folder
# and sets here, pictures, rig (what tests/moodle.sh made), folder (removed at the end), moodle, port and url. The database is called NAME.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."

site=$1
pictures=$(realpath --canonicalize-missing "${2:-build/moodle-pictures}")
rig=${MOODLE_TESTS_DIR:-/var/tmp/moodle-tests}
database=(psql --quiet --host=127.0.0.1 --port="${PGPORT:-54329}" --username=postgres --command)
folder=$(mktemp --directory --tmpdir="$rig")
moodle=$folder/moodle
started=()
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free_port)
url=http://127.0.0.1:$port
export PHP_INI_SCAN_DIR=:$rig/ini
mkdir -p "$pictures" "$folder/data"

clean_up() {
    for process in "${started[@]}"; do kill -- "$process"; done
    "${database[@]}" "drop database if exists $site with (force)"
    rm -rf "$folder"
}
trap clean_up EXIT

# quiet NAME COMMAND…: shows what it printed only if it fails.
quiet() { "${@:2}" >"$folder/$1.log" 2>&1 || { cat "$folder/$1.log" >&2; return 1; }; }

# write_config PREFIX: the site's config.php, with the lines of standard input as well.
write_config() {
    cat >"$moodle/config.php" <<PHP
<?php
\$CFG = new stdClass();
\$CFG->dbtype = 'pgsql';
\$CFG->dblibrary = 'native';
\$CFG->dbhost = '127.0.0.1';
\$CFG->dbname = '$site';
\$CFG->dbuser = 'postgres';
\$CFG->dbpass = '';
\$CFG->prefix = '$1';
\$CFG->dboptions = ['dbport' => ${PGPORT:-54329}, 'dbsocket' => ''];
\$CFG->wwwroot = '$url';
\$CFG->dataroot = '$folder/data';
\$CFG->directorypermissions = 02770;
$(cat)
require_once(__DIR__ . '/public/lib/setup.php');
PHP
}

# A copy of the test site, database and code, with the plugin of this checkout on the library of its build.
copy_test_site() {
    local build=$PWD/build plugin=$moodle/public/lib/mlbackend/moodleml
    cp --archive --link "$rig/moodle" "$moodle"
    rm -r "$plugin" "$moodle/config.php"
    mkdir "$plugin"
    tar -C bindings/moodle -ch . | tar -C "$plugin" -x --no-same-owner
    "${database[@]}" "drop database if exists $site with (force)" --command "create database $site template moodle"
    write_config phpu_ <<PHP
\$CFG->noemailever = true;
\$CFG->forced_plugin_settings['mlbackend_moodleml'] = [
    'runner' => 'ffi',
    'librarypath' => '$build/lib/libmoodleml.so.1',
    'programpath' => '$build/bin/moodleml',
];
PHP
    # It ends with 1 where nothing is to upgrade.
    php "$moodle/admin/cli/upgrade.php" --non-interactive >"$folder/upgrade.log" || grep --quiet "No upgrade needed" "$folder/upgrade.log" ||
        { cat "$folder/upgrade.log" >&2; return 1; }
    php "$moodle/admin/cli/reset_password.php" --username=admin --password=Moodle-1-trial --ignore-password-policy
}

serve() {
    PHP_CLI_SERVER_WORKERS=4 setsid php -S "127.0.0.1:$port" -t "$moodle/public" >"$folder/web.log" 2>&1 &
    started+=("-$!")
}
