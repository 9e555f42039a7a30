# SPDX-License-Identifier: GPL-2.0-or-later
"""
Random legal sequences from the decode table.

Cases are of two shapes. A wide one is long: most instructions read registers that hold inputs and
write one that nobody has written, so that every result is still there at the end. A tight one is
short and lives on a few registers, with loops.

What is left out, because it may legitimately differ, does not come back, or would take the program
that runs the sequences away:
 - WFE without an event, WFET and WFIT that have not timed out, WFI and HVC at EL1, SP_EL1;
 - system registers and system instructions but a list (counters, identification, translation);
 - store-exclusives that do not belong to the load-exclusive in front of them;
 - CONSTRAINED UNPREDICTABLE: loads of a pair into one register, write-back of a base that is also
   data, a status register of a store-exclusive that is also data or base, overlapping MOPS
   registers.
Branches go forward, to a word of the sequence or its end; the only way back is that of a counted
loop around some of the instructions.
"""
import random

from . import special, values
from .image import MEMORY as USES_MEMORY
from .image import NOP, SCRATCH_VA, VECTORS, WINDOW_BYTES, WINDOW_VA, Case, Fixed
from .special import TEMP, Skip

BASES = (20, 21, 22, 23)
INDEX = 24                           # a small number, for register offsets
COUNT = 26                           # of a loop; 27 is the other half of a pair
ANCHOR = 19                          # the middle of the window, to make bases from
REGS = [r for r in range(31) if not ANCHOR <= r <= 27]
END_IMM = 0x5a5a
ZEROS = ('FCMP_s', 'SB')
CLREX = 0xd5033f5f
MEMORY = ('ldst_', 'compare_swap', 'atomic', 'load_pac')
ALIGNED = ('ldst_exclusive', 'ldst_ordered', 'compare_swap', 'atomic', 'ldst_rcpc2')
FLAGS = ('addsub_imm', 'addsub_shifted', 'addsub_carry', 'cond_compare', 'cond_select',
         'logical_shifted', 'logical_imm', 'bitfield', 'two_source')
SET_FLAGS = ('addsub_', 'logical_', 'cond_compare', 'evaluate_flags', 'rotate_flags', 'fp_compare',
             'fp_ccmp', 'pstate')
CORE_TOO = ('fp_int', 'fp_fixed', 'simd_copy')   # vector lines that name general registers
TAKE_FPSR = (0xd53b4420, 0xd51b443f)             # MRS, and MSR of zero
TAKE_NZCV, CLEAR_NZCV = 0xd53b4200, 0xd51b421f
CLEAR_PAN = 0xd500409f


def should_be(line, word):
    """The word with its (1) and (0) bits as they should be."""
    return word & ~line.free if line.name in ZEROS else word | line.free


class Sequence:
    """A case while it is made."""

    def __init__(self, gen, rng, el, wide):
        self.gen, self.rng, self.el, self.wide = gen, rng, el, wide
        self.regs = rng.sample(REGS, rng.randint(3, 7))
        self.inputs = (rng.sample(REGS, 8), rng.sample(range(32), 12))   # general, vector
        self.fresh = ([], [])
        self.items = []
        self.bases = {}              # register -> address now in it
        self.fixed = []
        self.index = rng.choice((0, 1, 2, 3, 5, 8, 16, 31))
        self.uses = 0
        self.branches = []           # (item, word in it, line, field)
        self.pad = 0                 # a word to follow the branch
        self.loop = self.back = None # items: the first in the loop, its end
        self.lines = {}              # item -> line
        self.targets = {}            # item -> where its branch goes

    def reg(self, zero=True):
        """A register of the few this case uses; 31 at times."""
        if zero and self.rng.random() < .08:
            return 31
        return self.rng.choice(self.regs)

    def written(self, vector):
        """A register for a result."""
        fresh = self.fresh[vector]
        if not fresh:
            inputs = self.inputs[vector]
            fresh += [r for r in (range(32) if vector else REGS) if r not in inputs]
            self.rng.shuffle(fresh)
        return fresh.pop()

    def field(self, name, vector, store):
        """A register for a field of an instruction."""
        if not self.wide:
            return self.reg()
        kind = self.rng.random()
        if name in ('rd', 'rt', 'rt2') and not store:
            return self.written(vector) if kind < .85 else self.rng.choice(self.inputs[vector])
        if kind < .75:
            return self.rng.choice(self.inputs[vector])
        return self.rng.choice(REGS) if kind < .93 else 31

    def add(self, line, words):
        """Another instruction, with what goes in front of it."""
        self.lines[len(self.items)] = line
        self.items.append((words, line.text))

    def executed(self):
        """Lines that certainly execute: no branch passes over them."""
        out, beyond = [], 0
        for i in range(len(self.items)):
            if i >= beyond and i in self.lines:
                out.append(self.lines[i])
            beyond = max(beyond, self.targets.get(i, 0))
        return out


class Generator:
    """Makes cases. `usable`: the lines an instruction may come from."""

    def __init__(self, table, usable, fpcr=0, unaligned=True, avoid=None):
        self.table, self.fpcr, self.unaligned = table, fpcr, unaligned
        self.tags = False            # top bytes of addresses are random
        self.guarded = False         # code is in guarded pages
        self.avoid = avoid or (lambda line, word: False)
        self.lines = list(usable)
        self.by_name = {}
        for e in self.lines:
            self.by_name.setdefault(e.name, []).append(e)
        self.plain = [e for e in self.lines if not e.cls.startswith(('branch', 'exception'))]
        self.flags = [e for e in self.lines if e.cls in FLAGS]
        self.near = {}
        for e in self.lines:
            self.near.setdefault(e.cls, []).append(e)

    # -- Cases --

    def case(self, seed, subjects, runs):
        """A case around one of the lines in @subjects; (case, lines that execute)."""
        rng = random.Random(seed)
        wide = rng.random() < .75
        s = Sequence(self, rng, 1 if rng.random() < .7 else 0, wide)
        subject = rng.choice(subjects)
        if wide:
            self.wide(s, subjects, subject)
        else:
            self.tight(s, subject)
            runs = max(1, runs // 4)
        self.resolve_branches(s)
        fp = subject.cls.startswith(('fp_', 'simd'))
        pool = rng.choice(('single', 'single', 'double', 'double', 'half', 'mixed', 'int') if fp
                          else ('int', 'int', 'int', 'mixed'))
        fpcr = rng.choice(((0, 0), (0, 0), (0, 3), (0, 15), (16, 15), (32, 31), (32, 31)))
        uses = s.uses if rng.random() < .9 else VECTORS | USES_MEMORY
        fixed = s.fixed + [Fixed(INDEX, s.index), Fixed(ANCHOR, WINDOW_VA + WINDOW_BYTES // 2)]
        case = Case(s.items, rng.getrandbits(63), s.el, pool, fpcr, runs, fixed,
                    rng.randbytes(64), uses=uses)
        return case, s.executed()

    def wide(self, s, subjects, subject):
        """A long sequence of much of the same."""
        rng = s.rng
        want = rng.randint(14, 26)
        at, take = rng.randrange(want), rng.random() < .5
        near = self.near[subject.cls]
        for i in range(want):
            pick = subject if i == at or rng.random() < .2 else rng.choice(
                subjects if rng.random() < .8 else
                rng.choice((near, near, self.flags, self.plain, self.lines)))
            self.put_in(s, pick, subject)
            last = s.lines.get(len(s.items) - 1)
            if last and last.vector and take and rng.random() < .7:
                self.take(s, TAKE_FPSR)
            elif last and last.cls.startswith(SET_FLAGS) and rng.random() < .4:
                self.take(s, (TAKE_NZCV,))

    @staticmethod
    def take(s, words):
        """Put flags where the next instruction does not hide them."""
        s.items.append(([words[0] | s.written(False), *words[1:]], 'flags'))

    def tight(self, s, subject):
        """A short sequence, at times with a loop."""
        rng = s.rng
        near = self.near[subject.cls]
        want = rng.choice((1, 2, 3, 4, 6, 8, 12))
        at = rng.randrange(want)
        loop = (rng.randrange(want), rng.randrange(want)) if rng.random() < .25 else (want, want)
        if loop[0] < want:                     # in front of everything: no branch passes it
            times = rng.choice((2, 3, 5, 9) if not self.unaligned else (2, 3, 5, 9, 33, 200))
            s.items.append(([0xd2800000 | times << 5 | COUNT], 'loop'))
        for i in range(want):
            if i == min(loop):
                s.loop = len(s.items)
            self.put_in(s, subject if i == at else rng.choice(
                rng.choice((near, near, self.flags, self.plain, self.lines))), subject)
            if i == max(loop):                 # SUBS, B.NE or SUB, CBNZ
                s.back = len(s.items)
                s.items.append(([0xf1000400 | COUNT << 5 | COUNT, 0x54000001] if rng.random() < .5
                                else [0xd1000400 | COUNT << 5 | COUNT, 0xb5000000 | COUNT], 'loop'))

    def put_in(self, s, pick, subject):
        """An instruction of @pick or of another line."""
        for _ in range(4):
            try:
                self.instruction(s, pick)
                return
            except Skip:
                pick = subject if s.rng.random() < .5 else s.rng.choice(self.lines)

    def resolve_branches(self, s):
        """Point the branches forward."""
        starts, n = [], 0
        for words, _ in s.items:
            starts.append(n)
            n += len(words)
        if s.back is not None:
            delta = starts[s.loop] - starts[s.back] - 1
            s.items[s.back][0][1] |= (delta & 0x7ffff) << 5
        for item, k, line, name in s.branches:
            here = starts[item] + k
            words = s.items[item][0]
            if isinstance(line, special.Literal):
                words[k] = line.put_literal(words[k], n - here)
            else:
                last = item + s.rng.choice((1, 1, 1, 1, 2, 3, 5, len(starts)))
                to = s.rng.randint(item + 1, min(last, len(starts)))
                # Where code is guarded, the exception at the target goes on behind it.
                s.targets[item] = to + (self.guarded and isinstance(line, special.Adr))
                words[k] = line.put(words[k], name, (starts + [n])[to] - here)

    # -- Instructions --

    def instruction(self, s, line):
        """Append a random instruction of @line; Skip when that cannot be."""
        for _ in range(20):
            word = line.random(s.rng)
            n_branches, s.pad = len(s.branches), 0
            if not self.unaligned or s.rng.random() < .7:      # should be one, or zero
                word = should_be(line, word)
            if line.cls == 'pcrel_addr':
                word = self.registers(s, line, word)
                words = [word]
            elif line.name in special.RULES:
                words = special.RULES[line.name](self, s, line, word)
            elif line.cls.startswith('branch') or line.name in ('BRA', 'BLRA'):
                words = special.branch(self, s, line, word)
            elif line.cls in ('load_literal', 'ldr_simd_literal'):
                words = [self.literal(s, line, word)]
            elif line.cls.startswith('system'):
                words = special.system(self, s, line, word)
            elif line.cls == 'memory_copy_set':
                words = self.copy_or_set(s, line, word)
            elif line.cls.startswith(MEMORY):
                words = self.memory(s, line, word)
            else:
                words = [self.registers(s, line, word)]
            if words and not self.avoid(line, words[-1]) \
                    and not any(e.matches(words[-1]) for e in line.earlier) \
                    and not (line.name == 'SVC' and line.get(words[-1], 'imm') == END_IMM):
                s.uses |= VECTORS if line.vector else 0
                s.add(line, words)
                if s.pad and s.rng.random() < .6:
                    s.items.append(([s.pad], 'BTI'))
                return
            del s.branches[n_branches:]
        raise Skip

    def registers(self, s, line, word):
        """Fill the register fields."""
        store = line.name.startswith(('ST', 'MSR')) or line.has('l') and not line.get(word, 'l')
        vector = line.vector and line.cls not in CORE_TOO
        for name in ('rd', 'rn', 'rm', 'ra', 'rt', 'rt2', 'rs'):
            if name in line.fields:
                width = line.fields[name].width()
                r = s.field(name, vector, store)
                if width == 5:
                    word = line.put(word, name, r)
                elif width == 4:
                    word = line.put(word, name, (r >> 1 if line.fields[name].shift else r) & 15)
        if s.wide and s.rng.random() < .15:    # the same register twice
            names = [n for n in ('rd', 'rn', 'rm', 'ra') if n in line.fields
                     and line.fields[n].width() == 5]
            if len(names) > 1:
                one, two = s.rng.sample(names, 2)
                if line.get(word, one) in REGS:
                    word = line.put(word, two, line.get(word, one))
        for name in ('imm', 'immr', 'imms'):
            if name in line.fields and s.rng.random() < .3:
                width = line.fields[name].width()
                word = line.put(word, name, values.integer(s.rng, width))
        return word

    def literal(self, s, line, word):
        """A load of the literals behind the sequence: the place is not known yet."""
        word = self.registers(s, line, word)
        s.branches.append((len(s.items), 0, special.Literal(line, s.rng.randrange(12)), 'imm'))
        return word

    # -- Memory --

    def base(self, s, offset, align):
        """A base register so that base + @offset is in the window (mostly)."""
        rng = s.rng
        known = [r for r, at in s.bases.items()
                 if at is not None
                 and 0 <= (at + offset) % (1 << 56) - WINDOW_VA < WINDOW_BYTES - 64
                 and (at + offset) % align == 0]
        if known and rng.random() < .8:
            return rng.choice(known)
        free = [r for r in BASES if r not in s.bases]
        if rng.random() < .15 and 31 not in s.bases:
            free = [31]
        s.uses |= USES_MEMORY
        if not free:
            return self.made_base(s, offset)
        r = rng.choice(free)
        kind = rng.random()
        if kind < .9:
            at = WINDOW_VA + rng.randrange(0, WINDOW_BYTES - 80) // 16 * 16
        elif kind < .94:                      # the hole; what is UNKNOWN then differs on the peer
            at = SCRATCH_VA + 0x2000 - (rng.choice((4, 8, 16, 24, 32)) if self.unaligned else 0)
        elif kind < .97:
            at = SCRATCH_VA + 0x3000 + rng.randrange(200) * 16          # read-only
        else:
            at = SCRATCH_VA + 0x4000 + rng.randrange(200) * 16          # EL1's
        if rng.random() < .3 and align == 1:
            at += rng.randrange(16)
        if r == 31:
            offset = offset // 16 * 16
        if self.tags and rng.random() < .7:    # of TBI; an offset may borrow from it
            at += rng.getrandbits(8) << 56
        s.fixed.append(Fixed(r, at - offset, 0, rng.choice((0, 0, 1, 3)) if kind < .9 else 0))
        s.bases[r] = at - offset
        return r

    @staticmethod
    def made_base(s, offset):
        """A base again that write-back has led away, made from the anchor."""
        rng = s.rng
        s.uses |= USES_MEMORY
        r = rng.choice(BASES)
        at = WINDOW_VA + rng.randrange(0, WINDOW_BYTES - 80) // 16 * 16 - offset
        delta = at - (WINDOW_VA + WINDOW_BYTES // 2)
        op = 0x91000000 if delta >= 0 else 0xd1000000
        words = [op | (abs(delta) & 0xfff) << 10 | ANCHOR << 5 | r]
        if abs(delta) >> 12:
            words.append(op | 1 << 22 | (abs(delta) >> 12) << 10 | r << 5 | r)
        if abs(delta) >> 24:
            raise Skip
        s.items.append((words, 'base'))
        s.bases[r] = at
        return r

    def offset(self, s, line, word):
        """(word, offset): the immediate, small more often than not."""
        if 'imm' not in line.fields:
            return word, 0
        field, name = line.fields['imm'], line.name
        if s.rng.random() < .75:
            raw = s.rng.choice((0, 1, 2, 3, 4, 6, 8, -1, -2, -4, -8) if field.signed
                               else (0, 0, 1, 2, 3, 4, 5, 8))
            word = line.put(word, 'imm', raw & (1 << field.width()) - 1)
        imm = line.get(word, 'imm')
        if name in ('STR_i', 'LDR_i') and line.consts.get('scale'):
            imm <<= line.get(word, 'size')
        elif name == 'PRFM_i':
            imm <<= 3
        elif name == 'LDST_v_uimm':
            imm <<= line.get(word, 'size')
        elif name == 'LDST_v_pair':
            imm *= 4 << line.get(word, 'opc')
        elif name == 'LDRA':
            imm *= 8
        if line.has('post') and line.has('wback') and line.consts.get('post'):
            imm = 0
        return word, imm

    def memory(self, s, line, word):
        """Loads and stores."""
        word = self.registers(s, line, word)
        word, offset = self.offset(s, line, word)
        index = 'rm' in line.fields and line.cls != 'compare_swap_pair'
        if index:
            post = line.cls.endswith('_post')
            word = line.put(word, 'rm', 31 if post and s.rng.random() < .5 else INDEX)
            if not post:
                shifted = line.get(word, 's_bit' if line.has('s_bit') else 'sh')
                size = line.get(word, 'size') if line.has('size') else 3
                offset = s.index << size if shifted else s.index
        align = 1
        if line.cls.startswith(ALIGNED) and not (self.unaligned and s.rng.random() < .05):
            align = 16
            if offset % 16:
                word = line.put(word, 'imm', 0)
                offset = 0
        r = self.base(s, offset, align)
        word = line.put(word, 'rn', r)
        if line.consts.get('wback') or line.consts.get('post'):
            at = s.bases.get(r)
            near = abs(line.get(word, 'imm') if 'imm' in line.fields else 0) < 64
            s.bases[r] = at if at is not None and near else -(1 << 60)
        if line.name == 'LDRA':                # PACDZA, PACDZB of a copy
            key = 0xdac123e0 | 2 + line.get(word, 'm') << 10 | TEMP
            return [0x91000000 | r << 5 | TEMP, key, line.put(word, 'rn', TEMP)]
        if line.cls.startswith('ldst_exclusive'):
            return self.exclusive(s, line, word, r)
        if self.unpredictable(line, word):
            return None
        front = []
        if line.cls.startswith(ALIGNED):
            front, r = self.align(r)
            word = line.put(word, 'rn', r)
        if line.name in ('CAS', 'CASP') and s.rng.random() < .5:
            front += self.compare_value(line, word, r)
        return [*front, word]

    def align(self, base):
        """(code, register): certainly aligned for the peer, which does not always look."""
        if self.unaligned:
            return [], base
        return [0x91000000 | base << 5 | TEMP, 0x927cec00 | TEMP << 5 | TEMP], TEMP

    def compare_value(self, line, word, r):
        """Make the comparison of a CAS come out equal."""
        rs = line.get(word, 'rs')
        if line.name == 'CAS':
            size = line.get(word, 'size')
            return [size << 30 | 0x39400000 | r << 5 | rs]              # LDR rs, [r]
        sz = line.get(word, 'sz')
        if rs >= 30:
            return []
        return [(0xa9400000 if sz else 0x29400000) | rs + 1 << 10 | r << 5 | rs]

    def copy_or_set(self, s, line, word):
        """The three parts of a memory copy or set, with registers of their own."""
        rng = s.rng
        # What a fault leaves differs by option: the peer gets none, whatever was branched over.
        base = self.base(s, 0, 1) if self.unaligned else ANCHOR
        s.uses |= USES_MEMORY
        size = rng.choice([r for r in s.regs if r != 30])
        front = [0x91000000 | rng.randrange(64) << 10 | base << 5 | TEMP,
                 0xd2800000 | rng.choice((0, 1, 7, 16, 33, 64, 150)) << 5 | size]
        word = line.put(line.put(word, 'rd', TEMP), 'rn', size)
        if line.name == 'CPY':
            front.append(0x91000000 | rng.randrange(64) << 10 | base << 5 | COUNT + 1)
            word = line.put(word, 'rs', COUNT + 1)
        else:
            word = line.put(word, 'rs', rng.choice([r for r in s.regs + [31] if r != size]))
        words = front + [line.put(word, 'stage', n) for n in range(3)]
        if s.el and not self.unaligned:        # PAN may be set, and they would fault
            words.insert(0, CLEAR_PAN)
        if self.unaligned:
            return words
        # A BTI exception of a branch to here skips one word. The flags say which option it was.
        return [NOP, *words, CLEAR_NZCV]

    @staticmethod
    def unpredictable(line, word):
        """CONSTRAINED UNPREDICTABLE combinations of registers."""
        get = {n: line.get(word, n) for n in ('rt', 'rt2', 'rn', 'rs', 'rd') if line.has(n)}
        vector = line.name.startswith(('LDST_', 'LD_'))
        first = get.get('rd') if vector else get.get('rt')
        if 'rt2' in get and get['rt2'] == first and (
                line.name.startswith(('LDP', 'LDXP', 'LDNP')) or vector and line.get(word, 'l')):
            return True
        if line.consts.get('wback') and not vector and get['rn'] != 31 and \
                get['rn'] in (get.get('rt'), get.get('rt2')):
            return True
        return False

    def exclusive(self, s, line, word, base):
        """A load-exclusive and the store-exclusive that belongs to it, or one of them."""
        pair = line.cls == 'ldst_exclusive_pair'
        load = self.by_name.get('LDXP' if pair else 'LDXR')
        store = self.by_name.get('STXP' if pair else 'STXR')
        if not load or not store:
            raise Skip
        rng, size = s.rng, 'sz' if pair else 'size'
        raw = line.get(word, size)
        front, base = self.align(base)
        ld = load[0].put(self.registers(s, load[0], load[0].random(rng)), 'rn', base)
        st = store[0].put(self.registers(s, store[0], store[0].random(rng)), 'rn', base)
        ld, st = load[0].put(ld, size, raw), store[0].put(st, size, raw)
        data = {store[0].get(st, 'rt')} | ({store[0].get(st, 'rt2')} if pair else set())
        status = rng.choice([r for r in s.regs + [31] if r not in data] or [INDEX])
        st = store[0].put(st, 'rs', status)
        if self.unpredictable(load[0], ld) or base in data:
            return None
        kind = rng.random()
        if kind < .7:
            return front + ([ld, NOP, st] if rng.random() < .3 else [ld, st])
        return front + ([ld] if line.name.startswith('LD') else [CLREX, st])
