# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel's self tests: each algorithm is tested as its module registers it; tcrypt asks for
# every one again; test_bpf, test_static_keys and what else lib/ has complain by themselves.
# usage: kernel.sh [quick]
. /software/lib.sh
while read -r module; do
    case $module in
    tcrypt|test_firmware) continue ;;
    test_bpf) [ "$1" = quick ] && continue ;;
    esac
    checks=$((checks + 1))
    if ! insmod /software/modules/$module.ko > /tmp/insmod.out 2>&1; then
        # Not for this CPU (its instructions are missing), or a test that ends by refusing to stay.
        grep -qE 'No such device|Resource temporarily unavailable' /tmp/insmod.out || {
            failed=$((failed + 1)); cat /tmp/insmod.out; }
    fi
done < /software/order
if [ "$1" != quick ]; then
    insmod /software/modules/tcrypt.ko mode=0 2> /dev/null     # never stays
fi
dmesg > /tmp/dmesg
complaints=$(grep -E 'self-tests for .* failed|alg: .*(test failed|mismatch|error|unexpected)|FAIL:|[1-9][0-9]* FAILED|Oops|BUG:|WARNING:' \
                   /tmp/dmesg | head -20)
same 'complaints of the kernel' "$complaints" ''
bad=$(awk '/^driver/ { d = $3 } /^selftest/ && $3 != "passed" { print d }' /proc/crypto)
same 'drivers whose self test has not passed' "$bad" ''
same 'some drivers' "$([ "$(grep -c '^driver' /proc/crypto)" -ge 40 ] && echo yes)" yes
grep -E 'test_bpf: .*Summary' /tmp/dmesg
awk '/^driver/ { n++; if ($3 ~ /^[a-z0-9-]*(-ce|-neon|-neonbs|-arm64)$/) s = s " " $3 }
     END { print n " drivers, of them by special instructions:" s }' /proc/crypto
finish
