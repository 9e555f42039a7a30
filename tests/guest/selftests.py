# SPDX-License-Identifier: GPL-2.0-or-later
"""Read what a kernel by build_kernel.py says about its self tests.

A verdict is a list of complaints, empty if all is well, and a list of lines with figures. A test
that has said nothing is a complaint, as one that failed is: a log cut short never passes.
"""
import re

TIME = re.compile(r'^\[ *\d+\.\d+\](?:\[ *[CT]\d+\])? ?', re.M)

# What a failing test of lib/, crypto/ or the torture tests says.
BAD = re.compile(
    r'alg: .*(?:failed|mismatch|unexpected|error|inconsistent)|self-tests for .* failed|'
    r'\b[1-9]\d* (?:FAILED|failures|unexpected failures|errors?|failed)\b|\bFAIL(?:ED|URE)?\b|'
    r'self ?tests? failed|test failed|failed \d+ out of|failed: [1-9]|inconsistent lock state|'
    r'possible (?:recursive|circular) locking|invalid wait context|suspicious RCU usage|'
    r'Oops|BUG:|BUG at|WARNING:|rcu.*(?:detected|self-detected)|soft lockup|Unable to handle|'
    r'Internal error|Kernel panic')
# Words of BAD in lines that are no failures.
HARMLESS = re.compile(r'\b0 (?:FAILED|failures|failed|errors)\b|passed: \d+ failed: 0\b|'
                      r'^ *(?:not )?ok |^ *#|No test for')
# A test that provokes warnings says so.
PROVOKED = re.compile(r'^vvv Ignore .*?^\^\^\^ [^\n]*', re.M | re.S)

# {what: what it says when it has passed}; what is in parentheses is shown.
SAYS = {
    'extra crypto tests': r'alg: extra crypto tests enabled',
    'atomic64_t': r'atomic64_test: passed',
    'locking API': r'Good, all +(\d+) testcases passed',
    'pseudo-random numbers': r'prandom: (\d+) self tests passed',
    'CRC32': r'crc32: self tests (passed)',
    'CRC32C': r'crc32c: self tests (passed)',
    'RAID6, chosen': r'raid6: using algorithm (\S+)',
    'RAID6 recovery': r'raid6test: complete \((\d+) tests, 0 failures\)',
    'BPF JIT': r'test_bpf: Summary: (\d+) PASSED, 0 FAILED',
    'BPF tail calls': r'test_bpf: test_tail_calls: Summary: (\d+) PASSED, 0 FAILED',
    'RCU torture': r'rcu-torture:--- End of test: (SUCCESS)',
    'lock torture': r'spin_lock-torture:--- End of test: (SUCCESS)',
    'function call torture': r'scftorture: --- End of test: (SUCCESS)',
    'wound/wait mutexes': r'All ww mutex selftests (passed)',
    'XArray': r'XArray: (\d+) of \1 tests passed',
    'maple tree': r'maple_tree: (\d+) of \1 tests passed',
    'IDA': r'IDA: (\d+) of \1 tests passed',
    'printf': r'test_printf: all (\d+) tests passed',
    'scanf': r'test_scanf: all (\d+) tests passed',
    'bitmap': r'test_bitmap: all (\d+) tests passed',
    'hexdump': r'test_hexdump: all (\d+) tests passed',
    'UUID': r'test_uuid: all (\d+) tests passed',
    'glob': r'glob: (\d+) self-tests passed, 0 failed',
    'bit operations': r'test_bitops: (Completed) bitops test',
    'division': r'test_div64: (Completed) 64bit/32bit division',
    'multiplication': r'(Completed) mul_u64_u64_div_u64\(\) test',
    'per-CPU operations': r'percpu test (done)',
    'vmalloc': r'Summary: fix_size_alloc_test (passed): \d+ failed: 0 ',
    'heap': r'min_heap_test: test (passed)',
}


def read_kunit(text):
    """(complaints, tests passed, tests skipped, suites) of the KTAP lines in TEXT."""
    bad, passed, skipped, suites = [], 0, 0, set()
    plan = None
    for line in text.splitlines():
        m = re.match(r'( *)(not ok|ok) (\d+) (.*)', line)
        if m and not m[1]:
            suites.add(int(m[3]))
            if m[2] != 'ok':
                bad.append(f'KUnit: {line.strip()}')
        elif m and '# SKIP' in m[4]:
            skipped += 1
        elif m and m[2] == 'ok':
            passed += 1
        elif m:
            bad.append(f'KUnit: {line.strip()}')
        elif re.match(r'1\.\.\d+$', line):
            plan = int(line[3:])
    if plan is None:
        bad.append('KUnit: no plan, its tests have not run')
    elif suites != set(range(1, plan + 1)):
        bad.append(f'KUnit: {len(suites)} suites of {plan} have ended')
    return bad, passed, skipped, len(suites)


def read_crypto(text):
    """(complaints, {driver: priority}) of TEXT, /proc/crypto."""
    bad, drivers = [], {}
    for block in re.split(r'\n\s*\n', text.strip()):
        fields = dict(re.findall(r'^(\w+)\s*: (.*)$', block, re.M))
        if 'driver' not in fields:
            continue
        drivers[fields['driver']] = int(fields.get('priority', '0'))
        if fields.get('selftest') != 'passed':
            bad.append(f'{fields["driver"]}: self test {fields.get("selftest")}')
    return bad, drivers


def read(log, crypto, needed=SAYS, drivers=()):
    """(complaints, figures) of a kernel LOG and its /proc/crypto.

    NEEDED: what must have spoken. DRIVERS: algorithms that must be there and have passed.
    """
    text = PROVOKED.sub('', TIME.sub('', log))
    bad, passed, skipped, suites = read_kunit(text)
    figures = [f'KUnit: {passed} tests of {suites} suites passed, {skipped} skipped']
    more, found = read_crypto(crypto)
    bad += more + [f'crypto: no driver {d}' for d in drivers if d not in found]
    figures.append(f'crypto: {len(found)} drivers passed')
    for what, pattern in needed.items():
        m = re.search(pattern, text)
        if m:
            figures.append(f'{what}: {m[1] if m.groups() else "passed"}')
        else:
            bad.append(f'{what}: "{pattern}" was never said')
    bad += [line for line in text.splitlines() if BAD.search(line) and not HARMLESS.search(line)]
    return bad, figures
