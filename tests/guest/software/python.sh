# SPDX-License-Identifier: GPL-2.0-or-later
# Parts of Python's own test suite. usage: python.sh TEST...
. /software/lib.sh
export HOME=/tmp PYTHONDONTWRITEBYTECODE=1
ip link set lo up 2> /dev/null || ifconfig lo 127.0.0.1 up
good "$*" python3 -m test -u none --timeout 1500 "$@"
grep -E 'tests OK|tests? failed|Total tests|skipped' /tmp/good.out
finish
