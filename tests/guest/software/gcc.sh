# SPDX-License-Identifier: GPL-2.0-or-later
# gcc compiles, links and runs a program at several levels; all print the same.
. /software/lib.sh
cd /tmp || exit 1
want=
for flags in '-O0' '-O2 -march=armv8-a' '-O3 -march=native' '-O2 -static' '-Os -mbranch-protection=standard'; do
    checks=$((checks + 1))
    if ! gcc -Wall -Werror $flags /software/program.c -o program -lm > gcc.out 2>&1; then
        failed=$((failed + 1))
        echo "FAIL gcc $flags:"
        cat gcc.out
        continue
    fi
    got=$(./program) || got="$got status $?"
    same "program by gcc $flags" "$got" "${want:=$got}"
done
same 'what it prints' "$want" "sieve 9592 matrix a841d091 sort ok text 1a2b crc cbf43926 double 0x1.921fb54442d18p+1"
finish
