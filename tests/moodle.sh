#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs tests of a real Moodle, its own and the plugin's: moodle.sh CASE [REPORT]. CASE is
#   ffi, cli   every core test that asks for a backend, and the plugin's, on the plugin with that runner
#   server     the same with the runner server, and on Moodle's Python backend in server mode, both against our REST service
#   process    Moodle's Python backend in process mode, with the program moodleml as its Python
# REPORT gets the results as JUnit's XML. $MOODLEML_SHARED/moodle holds Moodle and what runs its tests; the site is kept in
# $MOODLE_TESTS_DIR for the next case. A skipped test is a failure: there must be no want of a backend.
set -euo pipefail
cd "$(dirname "$0")/.."

case_name=${1:?usage: tests/moodle.sh ffi|cli|server|process [REPORT]}
report=${2:-}
export MOODLE_TESTS_DIR=${MOODLE_TESTS_DIR:-/var/tmp/moodle-tests}
build=$PWD/build
folder=$(mktemp --directory)
service=
sweeper=
trap '[[ -z $sweeper ]] || kill "$sweeper"; [[ -z $service ]] || { kill "$service"; wait "$service" || true; }; rm -rf "$folder"' EXIT

# One site, so that cases wait for each other. PostgreSQL is started by the first and outlives it: it must not keep the lock.
mkdir -p "$MOODLE_TESTS_DIR"
exec 9>"$MOODLE_TESTS_DIR/lock"
flock 9

start_service() {
    local port log=$folder/service.log
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    mkdir "$folder/models"
    env PYTHONPATH="$build/python-packages" MOODLE_MLBACKEND_PYTHON_DIR="$folder/models" \
        MOODLE_MLBACKEND_PYTHON_USERS=default:pw "$build/python/bin/python" -m moodlemlbackend.webapp --port "$port" \
        >"$log" 2>&1 9>&- &
    service=$!
    if ! curl --silent --fail --retry 60 --retry-delay 1 --retry-connrefused "http://127.0.0.1:$port/version"; then
        cat "$log" >&2
        return 1
    fi
    export SERVER_URL=127.0.0.1:$port
}

# The site's PostgreSQL does not vacuum by itself. What each test leaves behind of thousands of courses and users slows the next
# ones, in this case and those that follow.
sweep() {
    while sleep 10; do
        psql --host=127.0.0.1 --port="${PGPORT:-54329}" --username=postgres --quiet --command=VACUUM moodle || true
    done >/dev/null 2>&1 9>&-
}

# What config.php of the test site gets: the plugin's settings, and that long tests run too.
write_config() {
    cat >"$folder/config.php" <<PHP
<?php
define('PHPUNIT_LONGTEST', true);
define('TEST_MLBACKEND_MOODLEML', [
    'runner' => '$case_name',
    'librarypath' => '$build/lib/libmoodleml.so.1',
    'programpath' => '$build/bin/moodleml',
    'serverurl' => '${SERVER_URL:+http://$SERVER_URL}',
    'serverusername' => 'default',
    'serverpassword' => 'pw',
]);
PHP
    export EXTRA_CONFIG=$folder/config.php
}

# The test classes of one backend are filtered out where the other is meant: they would be skipped.
filter='/^(?!.*mlbackend_python)/'
export TESTS=ALL AS_DEFAULT=1
case $case_name in
    ffi | cli) ;;
    server)
        start_service
        export BACKEND=server
        filter=
        ;;
    process)
        export BACKEND=process PYTHON_CMD=$build/bin/moodleml TESTS="analytics/tests/prediction_test.php"
        filter='/mlbackend_python/'
        ;;
    *)
        echo "$0: there is no case \"$case_name\"" >&2
        exit 2
        ;;
esac
write_config

sweep &
sweeper=$!
rm -f "$MOODLE_TESTS_DIR"/junit-*.xml # of a case with more test files
status=0
"$MOODLEML_SHARED/moodle/run-moodle-tests.sh" bindings/moodle "$filter" 9>&- | tee "$folder/output" || status=$?
if [[ -n $report ]]; then
    { echo "<reports>"; sed '/^<?xml/d' "$MOODLE_TESTS_DIR"/junit-*.xml; echo "</reports>"; } >"$report"
fi
[[ $status -eq 0 ]] && tail -n 1 "$folder/output" | grep --quiet ' skipped=0 '
