# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions that need something in front of them or behind them, or a register of a list."""
from . import values

TEMP = 25                            # addresses of branches, values for system registers
SEVL = 0xd50320bf
# (op1, crn, crm, op2) of SYS with an address, all at EL0 too
BY_ADDRESS = ((3, 7, 10, 1), (3, 7, 11, 1), (3, 7, 14, 1), (3, 7, 5, 1), (3, 7, 12, 1))
# op0<0> (o0 = 1), op1, crn, crm, op2
FPCR, FPSR, TPIDR, TPIDRRO = (1, 3, 4, 4, 0), (1, 3, 4, 4, 1), (1, 3, 13, 0, 2), (1, 3, 13, 0, 3)
PLAIN = ('MSR_NZCV', 'MRS_NZCV', 'MRS_CURRENTEL', 'MRS_SP_EL0', 'MSR_SP_EL0', 'MRS_DAIF')


class Skip(Exception):
    """This line cannot be used here."""


class Adr:
    """ADR as a branch: the same place, the immediate in its two pieces."""

    def __init__(self, line):
        self.line = line

    def put(self, word, _, delta):
        """Words to the target."""
        return self.line.put(self.line.put(word, 'immhi', delta), 'immlo', 0)


class Literal:
    """A literal load: so many words behind the end of the sequence."""

    def __init__(self, line, word):
        self.line, self.word = line, word

    def put_literal(self, word, end):
        """Distance in words from here to the end of the sequence (the SVC)."""
        return self.line.put(word, 'imm', end + 1 + self.word)


def move(value, reg=TEMP):
    """MOVZ, MOVK of 32 bits."""
    return [0x52800000 | (value & 0xffff) << 5 | reg, 0x72a00000 | (value >> 16) << 5 | reg]


# -- Branches by registers --

def branch(gen, s, line, word):
    """A branch forward; with a register, its address is made in front of it."""
    word = gen.registers(s, line, word)
    if 'imm' in line.fields:
        s.branches.append((len(s.items), 0, line, 'imm'))
        return [word]
    target = 30 if line.name == 'RETA' else TEMP
    if line.name in ('BR', 'BLR', 'RET'):
        sign = []
    elif line.name in ('BRA', 'BLRA'):               # PACIA or PACIB with the same modifier
        sign = [0xdac10000 | line.get(word, 'm') << 10 | line.get(word, 'rm') << 5 | TEMP]
    elif line.name in ('BRAZ', 'BLRAZ'):             # PACIZA, PACIZB
        sign = [0xdac123e0 | line.get(word, 'm') << 10 | TEMP]
    elif line.name == 'RETA':                        # PACIASP, PACIBSP
        sign = [0xd503233f | line.get(word, 'm') << 6]
    else:
        raise Skip
    if sign and gen.guarded and not gen.unaligned:
        raise Skip                       # a branch to the ADR skips it: what fails then differs
    if 'rn' in line.fields:
        word = line.put(word, 'rn', TEMP)
    s.pad = 0xd503241f | s.rng.randrange(4) << 6     # BTI, BTI c, j, jc
    return [address(gen, s, target), *sign, word]


def address(gen, s, reg):
    """ADR of a place further on."""
    adr = gen.by_name['ADR'][0]
    s.branches.append((len(s.items), 0, Adr(adr), 'imm'))
    return adr.put(0x10000000, 'rd', reg)


def exception_return(gen, s, line, word):
    """From EL1 to EL1 or EL0 with other flags and PAN, or illegally."""
    if s.el == 0:
        return [word]
    if gen.guarded and not gen.unaligned:
        raise Skip
    rng = s.rng
    sign = [0xdac103e0 | line.get(word, 'm') << 10 | TEMP] if line.name == 'ERETA' else []
    spsr = 0x3c0 | rng.getrandbits(4) << 28 | (4 if rng.random() < .7 else 0)
    if rng.random() < .1:
        spsr |= 1 << 22                              # PAN
    if rng.random() < .05:
        spsr = spsr & ~15 | rng.choice((1, 9, 13))   # reserved; EL2 and EL3, which are not there
    return [address(gen, s, TEMP), *sign, 0xd5184020 | TEMP, *move(spsr), 0xd5184000 | TEMP, word]


# -- Those that wait, and calls --

def wait_for_event(_gen, _s, _line, word):
    """There is one."""
    return [SEVL, word]


def at_el0(_gen, s, _line, word):
    """It traps, or is undefined there."""
    if s.el:
        raise Skip
    return [word]


def timed_out(gen, s, line, word):
    """Until the counter reaches zero: it has. The peer waits all the same."""
    word = line.put(word, 'rd', 31)
    if gen.unaligned:
        return [word]
    if line.name == 'WFIT' and s.el:
        raise Skip
    return [word] if line.name == 'WFIT' else [SEVL, word]


def anywhere(gen, s, line, word):
    """It is undefined."""
    return [gen.registers(s, line, word)]


def not_gcs(gen, s, line, word):
    """SYSL: undefined, but for those of FEAT_GCS, which a peer may have."""
    if line.get(word, 'crn') == 7:
        raise Skip
    return anywhere(gen, s, line, word)


def forget(gen, s, line, word):
    """A random number: only the flags stay."""
    word = gen.registers(s, line, word)
    return [word, 0xd2800000 | line.get(word, 'rt')]


def keep_sp(_gen, s, _line, word):
    """MSR SPSel: the same stack pointer as before."""
    return [word & ~0x100 if s.el else word]


RULES = {
    'ERET': exception_return, 'ERETA': exception_return, 'WFE': wait_for_event, 'WFI': at_el0,
    'WFET': timed_out, 'WFIT': timed_out, 'HVC': at_el0, 'SMC': anywhere, 'SYSL': not_gcs,
    'MRS_RND': forget, 'MSR_SPSEL': keep_sp,
}


# -- System registers and instructions --

def system(gen, s, line, word):
    """System registers and instructions, of a short list."""
    rng = s.rng
    word = gen.registers(s, line, word)
    if line.name in PLAIN:
        return [word]
    if line.name == 'MSR_DAIF':
        return [word] if s.el == 0 else [line.put(word, 'rt', 31)]
    if line.name == 'DC_ZVA':
        base = gen.base(s, 0, 64)
        return [line.put(word, 'rt', base)]
    if line.name == 'SYS':
        word = _fields(line, word, (*rng.choice(BY_ADDRESS),))
        return [line.put(word, 'rt', gen.base(s, 0, 1))]
    if line.name == 'MRS':
        reg = rng.choice((FPCR, FPSR, FPSR, TPIDR, TPIDRRO))
        return [_fields(line, line.put(word, 'o0', reg[0]), reg[1:])]
    if line.name == 'MSR_r':
        reg = rng.choice((FPCR, FPSR))
        bits = values.RMODE | values.FZ | values.DN | gen.fpcr
        val = rng.getrandbits(32) & (bits if reg == FPCR else 0x0800009f)
        word = _fields(line, line.put(word, 'o0', 1), reg[1:])
        return [*move(val), line.put(word, 'rt', TEMP)]
    raise Skip


def _fields(line, word, reg):
    for name, v in zip(('op1', 'crn', 'crm', 'op2'), reg):
        word = line.put(word, name, v)
    return word
