#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests of random code: nothing they do may kill, hang or fill the emulator.

Each case is a kernel Image of random words: plain random ones, system instructions, loads and
stores through registers that point at devices, hypervisor calls with PSCI function numbers.
Exceptions skip the instruction, so that execution goes on; what strays is brought back. Several
vCPUs may take part.
"""
import fuzzlib

LOAD_BASE = 0x40200000
CODE_WORDS = 8191
DEVICES = (0x08000000, 0x08000100, 0x080a0000, 0x080b0000, 0x080c0000, 0x09000000, 0x09010000,
           0x09030000, 0x09080000, 0x090c0000, 0x09020000, 0x0a000000, 0x10000000, 0x3f000000,
           0x40000000, 0x40100000, 0x4fff0000, 0x5ffff000, 0x00000000, 0xffffffffffff0000)
PSCI = (0x84000000, 0xc4000001, 0x84000002, 0xc4000003, 0xc4000003, 0xc4000003, 0xc4000004,
        0x84000006, 0x8400000a, 0x80000000, 0x84000050)


def mov64(reg, value):
    """MOVZ and three MOVK."""
    words = [0xd2800000 | (value & 0xffff) << 5 | reg]
    for i in (1, 2, 3):
        words.append(0xf2800000 | i << 21 | (value >> 16 * i & 0xffff) << 5 | reg)
    return words


def adr(reg, offset):
    """ADR reg, . + offset."""
    return 0x10000000 | (offset & 3) << 29 | (offset >> 2 & 0x7ffff) << 5 | reg


def handler(at, code):
    """The common exception handler, at offset AT of the Image; the random code is at CODE.

    Exceptions of the random code skip an instruction. Anything else has left it, and after 256
    exceptions it may be in a loop: the MMU goes off and execution goes on at some other place of
    the code. x26..x28 are the handler's.
    """
    outside = [
        0xd2810000 | 28,                    # movz x28, #0x800
        0xf2a61a00 | 28,                    # movk x28, #0x30d0, lsl 16
        0xd518101c,                         # msr sctlr_el1, x28: the MMU is off
        0xd5033fdf,                         # isb
        0x910f475a,                         # add x26, x26, #977
        0xd37ef75c,                         # lsl x28, x26, #2
        0x92403b9c,                         # and x28, x28, #0x7fff
        0x8b1c037c,                         # add x28, x27, x28
        0x14000003,                         # b to "go"
    ]
    inside = [
        0xd538403c,                         # mrs x28, elr_el1
        0x9100139c,                         # add x28, x28, #4
        0xd518403c,                         # go: msr elr_el1, x28
        0xd28078bc,                         # movz x28, #0x3c5: EL1h, all masked
        0xd518401c,                         # msr spsr_el1, x28
        0xd69f03e0,                         # eret
    ]
    head = [
        adr(27, code - at),
        0x9100075a,                         # add x26, x26, #1
        0x92401f5c,                         # and x28, x26, #0xff
        0xb4000000 | 5 << 5 | 28,           # cbz x28, outside
        0xd538403c,                         # mrs x28, elr_el1
        0xcb1b039c,                         # sub x28, x28, x27
        0xd34ffc00 | 28 << 5 | 28,          # lsr x28, x28, #15
        0xb4000000 | (1 + len(outside)) << 5 | 28,      # cbz x28, inside
    ]
    return head + outside + inside


def vectors(at, code):
    """The vector table at AT: every entry goes to the handler, which follows the table."""
    words = []
    for entry in range(16):
        here = at + entry * 0x80
        acknowledge = [0xd538cc1c, 0xd518cc3c] if entry % 4 == 1 else []    # ICC_IAR1, ICC_EOIR1
        branch = (at + 0x800 - here - 4 * len(acknowledge)) // 4
        words += acknowledge + [0x14000000 | branch]
        words += [0xd503201f] * (32 - len(acknowledge) - 1)
    return words + handler(at + 0x800, code)


def random_word(rng):
    """One instruction, but none that takes the vectors away; seldom one that turns the MMU on."""
    while True:
        word = any_word(rng)
        if word & ~0x1f == 0xd518c000 or word & ~0x1f == 0xd5181000 and rng.random() < 0.95:
            continue
        return word


def any_word(rng):
    """One instruction, biased to what touches the machine."""
    kind = rng.random()
    if kind < 0.30:
        return rng.getrandbits(32)
    if kind < 0.45:                     # loads and stores by x0..x15
        base, rt = rng.randrange(16), rng.choice((16, 17, 18, 19, 31))
        size, op = rng.randrange(4), rng.choice((0, 1))
        return size << 30 | 0x39000000 | op << 22 | rng.choice(
            (0, 0, 1, 2, rng.randrange(64), rng.randrange(4096))) << 10 | base << 5 | rt
    if kind < 0.50:                     # pairs, exclusives, unscaled, with write-back
        return rng.choice((0xa9000000, 0xa8800000, 0xc8000000, 0x88000000, 0x38000400, 0xb8200000,
                           0xad000000, 0x3d800000)) | rng.getrandbits(22)
    if kind < 0.54:                     # a device's address again
        return 0xd2a00000 | (rng.choice(DEVICES) >> 16 & 0xffff) << 5 | rng.randrange(16)
    if kind < 0.70:                     # MRS, MSR, SYS: op0 op1 CRn CRm op2
        return 0xd5000000 | rng.getrandbits(22)
    if kind < 0.76:                     # system registers that matter, with bits
        reg = rng.choice((0xd5181000, 0xd5182000, 0xd5182020, 0xd5182040, 0xd518a200, 0xd51be220,
                          0xd51be320, 0xd518cca0, 0xd518cc80, 0xd5184600, 0xd518cb20, 0xd518cba0,
                          0xd5184000, 0xd518d020, 0xd508871f, 0xd508831f, 0xd50b7520))
        return reg | rng.randrange(32)
    if kind < 0.82:                     # PSCI: x0 = function
        return 0xd4000002 if rng.random() < 0.5 else 0xd2800000 | rng.choice((0, 1, 2, 3)) | \
            rng.randrange(4) << 5
    if kind < 0.86:                     # DAIFSet, DAIFClr, barriers, WFE, YIELD
        return rng.choice((0xd50342df, 0xd50342ff, 0xd5033fdf, 0xd503205f, 0xd503203f, 0xd5033f9f))
    if kind < 0.92:                     # short branches both ways
        return rng.choice((0x14000000 | rng.randrange(1, 20), 0x54000000 | rng.randrange(1, 8) << 5
                           | rng.randrange(16), 0x35000000 | rng.randrange(1, 8) << 5 | 3,
                           0x54ffff80 | rng.randrange(16)))
    return rng.choice((0x0e000000, 0x1e000000, 0x4e000000, 0x2e000000, 0x6e000000, 0x5e000000,
                       0x0f000000, 0x9b000000, 0x1a000000, 0xd3400000)) | rng.getrandbits(24)


def image(rng):
    """A kernel Image with its header, vectors and random code."""
    setup = []
    vector_offset = 0x800
    code_offset = 0x1800
    setup += mov64(27, LOAD_BASE + vector_offset)
    setup += [0xd518c01b,               # msr vbar_el1, x27
              0xd2a00600 | 27,          # movz x27, #0x30, lsl 16
              0xd518105b]               # msr cpacr_el1, x27
    for reg in range(16):
        setup += mov64(reg, rng.choice(DEVICES) + rng.choice((0, 0, 0, rng.randrange(0x1000) & ~7)))
    if rng.random() < 0.7:              # start another CPU in the same code
        setup += mov64(0, 0xc4000003) + mov64(1, rng.randrange(4))
        setup += mov64(2, LOAD_BASE + code_offset) + mov64(3, rng.getrandbits(64))
        setup += [0xd4000002]
    setup += mov64(0, rng.choice(PSCI)) + mov64(26, rng.randrange(CODE_WORDS))
    header = [0] * 16
    header[0] = 0x14000000 | (0x40 // 4)            # b to the set-up code
    header[4] = 0x200000                            # image_size
    header[6] = 0xa                                 # flags: 4 KiB pages, anywhere
    header[14] = 0x644d5241                         # "ARM\x64"
    words = header + setup
    words += [0xd503201f] * (vector_offset // 4 - len(words))
    words = words[:vector_offset // 4] + vectors(vector_offset, code_offset)
    words += [0xd503201f] * (code_offset // 4 - len(words))
    words += [random_word(rng) for _ in range(CODE_WORDS)]
    # Then again from a place in the middle, for ever.
    words += [0x14000000 | (-rng.randrange(1, CODE_WORDS) & 0x3ffffff)]
    return b''.join(w.to_bytes(4, 'little') for w in words)


def case(context, rng):
    """One random guest, watched for half a second."""
    path = context.tmp / 'Image'
    path.write_bytes(image(rng))
    acpi = rng.choice(('on', 'off')) if rng.random() < 0.1 else 'off'
    vm = context.machine(kernel=path, cpu=rng.choice(('max', 'cortex-a57', 'neoverse-n1')),
                         smp=rng.choice(('1', '2', '4', '2,maxcpus=4')), memory='512M',
                         machine=f'virt,acpi={acpi}',
                         extra=['-no-shutdown'] + rng.choice(([], ['-d', 'unimp,guest_errors',
                                                                   '-D', '/dev/null'])))
    try:
        vm.start()
    except fuzzlib.guestvm.VmError as e:
        fuzzlib.judge(vm.process.poll() or 0, vm.errors())
        if acpi == 'on':
            return                      # this Image has no EFI header: refused, as it should be
        raise fuzzlib.Finding(str(e)) from e
    try:
        end = fuzzlib.time.monotonic() + rng.choice((0.1, 0.3, 0.8))
        while fuzzlib.time.monotonic() < end:
            vm.qmp.client.poll_event(0.05)
        if rng.random() < 0.3:
            vm.qmp.command('system_reset')
            vm.qmp.client.poll_event(0.1)
        if rng.random() < 0.3:
            vm.qmp.command('stop')
            vm.qmp.command('cont')
        if vm.figures().rss_kib > 3 << 20:
            raise fuzzlib.Finding(f'it grew to {vm.figures()}')
        context.finish(vm)
    except (fuzzlib.guestvm.VmError, OSError, FileNotFoundError) as e:
        fuzzlib.judge(vm.process.poll() or 0, vm.errors())
        raise fuzzlib.Finding(f'{e}; {vm.state()}') from e
    finally:
        vm.stop()


if __name__ == '__main__':
    fuzzlib.main('guest', case, __doc__)
