#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Proves the two commands of the README on a bare Debian 12: makes one in a temporary folder, clones the last commit into it,
# and runs examples/quickstart.sh (at most 5 minutes) and tests/run.sh (at most 15) there on two processors. Needs root,
# mmdebstrap and git. fresh-machine.sh [COMMAND]: runs that one command instead, such as bash, to look around.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ $(id -u) -ne 0 ]]; then
    exec sudo "$0" "$@"
fi

machine=$(mktemp -d)
clean_up() {
    umount --recursive --lazy "$machine/dev" "$machine/proc" 2>/dev/null || true
    # Never into a folder of the host that is still mounted.
    rm -rf --one-file-system "$machine"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# This host may reach the package mirrors in its own way only: its sources, proxies and certificates are the machine's too.
make_machine() {
    local settings sources
    mapfile -t settings < <(grep --no-messages --files-with-matches --recursive --extended-regexp '^\s*Acquire::(http|Check|Retries)' \
        /etc/apt/apt.conf /etc/apt/apt.conf.d)
    mapfile -t sources < <(find /etc/apt/sources.list /etc/apt/sources.list.d -name '*.list' -o -name '*.sources' 2>/dev/null |
        xargs --no-run-if-empty grep --files-with-matches --extended-regexp '(^|\s)bookworm(\s|$)')
    mmdebstrap --quiet --variant=minbase --include=ca-certificates "${settings[@]/#/--aptopt=}" bookworm "$machine" "${sources[@]}"
    local file
    for file in /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/ssl/certs/ca-certificates.crt; do
        [[ ! -f $file ]] || cp --dereference --remove-destination "$file" "$machine$file"
    done
    mount --bind /proc "$machine/proc"
    mount --rbind --make-rslave /dev "$machine/dev"
    git -c safe.directory='*' clone --quiet --no-hardlinks . "$machine/srv/moodleml"
}

# Runs a command in the clone, with nothing of this host's environment but the ways to the packages.
inside() {
    local name kept=()
    for name in {http,https,no}_proxy {HTTP,HTTPS,NO}_PROXY PIP_INDEX_URL PIP_CERT PIP_DEFAULT_TIMEOUT SSL_CERT_FILE; do
        [[ ! -v $name ]] || kept+=("$name=${!name}")
    done
    taskset --cpu-list "$two_processors" chroot "$machine" env --ignore-environment HOME=/root TERM=dumb \
        PATH=/usr/sbin:/usr/bin:/sbin:/bin "${kept[@]}" bash -c 'cd /srv/moodleml && exec "$@"' inside "$@"
}

# timed LIMIT COMMAND…: fails also when it takes more seconds than that.
timed() {
    local limit=$1 start=$SECONDS status=0
    shift
    echo "== $*"
    inside "$@" </dev/null || status=$?
    local seconds=$((SECONDS - start))
    echo "== $*: status $status, $seconds s of $limit s"
    [[ $status -eq 0 && $seconds -le $limit ]]
}

two_processors=$(taskset --cpu-list --pid $$ | sed 's/.*: //' | tr ',' '\n' |
    awk -F- '{for (i = $1; i <= ($2 == "" ? $1 : $2); ++i) print i}' | head -n 2 | paste -sd,)
make_machine
echo "== a bare Debian 12: $SECONDS s"
if [[ $# -gt 0 ]]; then
    inside "$@"
    exit
fi
failed=0
timed 300 examples/quickstart.sh || failed=1
timed 10 examples/quickstart.sh || failed=1
timed 900 tests/run.sh || failed=1
exit "$failed"
