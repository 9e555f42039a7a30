# SPDX-License-Identifier: GPL-2.0-or-later
# The modules of a kernel by build_kernel.py, one after the other; tests/avocado/kernel_selftests.py
# reads what they say. Torture tests run for some seconds each and speak when removed.
. /software/lib.sh
while read -r module; do
    checks=$((checks + 1))
    options=
    seconds=
    case $module in
    tcrypt) options='mode=0' ;;
    torture) ;;
    rcutorture|locktorture|scftorture) seconds=15 ;;
    test_vmalloc) options='run_test_mask=63 test_loop_count=2000' ;;
    esac
    echo "selftests: insmod $module" > /dev/kmsg
    insmod /selftests/$module.ko $options > /tmp/insmod.out 2>&1
    status=$?
    [ "$seconds" ] && sleep $seconds && { rmmod $module || status=1; }
    # Many tests end by refusing to stay, two with another error; what they print says how they
    # went.
    case $module in
    test_ida|test_kstrtox) stays='Invalid argument' ;;
    *) stays='Resource temporarily unavailable' ;;
    esac
    if [ $status != 0 ] && ! grep -q "$stays" /tmp/insmod.out; then
        failed=$((failed + 1))
        echo "FAIL $module:"
        cat /tmp/insmod.out
    fi
done < /selftests/order
finish
