# SPDX-License-Identifier: GPL-2.0-or-later
# OpenSSL's own test programs (tests/guest/build_openssl.py), by the CPU's instructions and, those
# with vectors, by the portable code.
. /software/lib.sh
cd /openssl || exit 1
export TEMPDIR=/tmp
while read -r program arguments; do
    good "$program $arguments" ./$program $arguments
    if [ "$program" = evp_test ]; then
        grep -oE 'Completed [0-9]+ tests with 0 errors and [0-9]+ skipped' /tmp/good.out >> /tmp/counts
        good "portable: $program $arguments" env OPENSSL_armcap=0 ./$program $arguments
    fi
done < run
awk '{ n += $2; s += $8 } END { print "evp_test: " n " vectors, " s " of them skipped" }' /tmp/counts
finish
