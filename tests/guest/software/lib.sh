# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the scripts here: paths, and counting of what failed.
export PATH=/usr/bin:/usr/sbin:/bin LC_ALL=C
export LD_LIBRARY_PATH=/usr/lib/aarch64-linux-gnu:/lib/aarch64-linux-gnu
failed=0
checks=0

# same WHAT GOT WANT
same() {
    checks=$((checks + 1))
    if [ "$2" != "$3" ]; then
        failed=$((failed + 1))
        echo "FAIL $1: got $2 want $3"
    fi
}

# good WHAT COMMAND...
good() {
    what=$1
    shift
    checks=$((checks + 1))
    if ! "$@" > /tmp/good.out 2>&1; then
        failed=$((failed + 1))
        echo "FAIL $what: $*"
        tail -n 15 /tmp/good.out
    fi
}

finish() {
    echo "$checks checks, $failed failed"
    [ "$checks" -gt 0 ] && [ "$failed" -eq 0 ]
    exit
}
