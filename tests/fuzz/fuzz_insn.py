#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Generated instructions, differentially: one image of sequences and inputs runs on generated code and
on the IR interpreter, with host features off, blocks unlinked or of one instruction, registers
chosen at random, and, if it is there, on another emulator (docs/devel/testing.md).

The seed, and the number a finding prints, give the same case again; so does --replay FILE.
"""
import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from insnlib import engines, generate, image, shrink, table, values

TOP = Path(__file__).resolve().parents[2]
PEER = '/usr/bin/qemu-system-aarch64'
PEER_CPU = 'max,sve=off,sme=off'
OTHERS = ('interp', 'plainhost', 'nochain', 'single', 'several', 'random=', 'hide=')
# Their encodings do nothing at EL0, where lines are probed, or trap there.
ALWAYS = ('pstate', 'system_insn', 'system_move', 'exception', 'barriers', 'hints', 'branch_reg',
          'branch_imm', 'branch_cond', 'branch_compare', 'branch_test')


def known(path):
    """[(name, {field: value})] of words whose results may differ from the peer's."""
    rows = []
    for line in path.read_text(encoding='utf-8').splitlines():
        words = line.partition('#')[0].split()
        if words:
            name, *terms = words[0].split(',')
            rows.append((name, {k: int(v, 0) for k, _, v in (t.partition('=') for t in terms)}))
    return rows


PAUTH_KEYS = 1 << 31 | 1 << 30 | 1 << 27 | 1 << 13      # SCTLR_EL1.En*
BT = 3 << 35                        # SCTLR_EL1.BT0, BT1
EL0_MAY = (1 << 26, 1 << 15, 1 << 14, image.MSCEN)      # SCTLR_EL1.UCI, UCT, DZE
TBI0 = 1 << 37                      # TCR_EL1
PAUTH, GUARDED, FP_TRAP = 1, 2, 4   # of the guest
SA, A = 0x18, 2                     # SCTLR_EL1: stack alignment at EL1 and EL0, all alignment
BTYPE = 3 << 10                     # SPSR_EL1


class Fuzzer:
    """One run of the fuzzer."""

    def __init__(self, args, seed):
        self.args, self.seed = args, seed
        self.table = table.Table()
        self.builder = image.Builder(args.program)
        self.tmp = Path(tempfile.mkdtemp(prefix='insn-'))
        self.jit = engines.ours(args.binary, 'jit', args.cpu)
        self.like_peer = engines.ours(args.binary, 'jit', args.like_peer)
        self.peer = engines.peer(args.peer, args.peer_cpu) \
            if args.peer and Path(args.peer).exists() else None
        self.known = known(Path(__file__).with_name('insn_known.txt'))
        self.executed = [0] * len(self.table.lines)
        self.found, self.failed = {}, 0
        self.usable, self.lacking = self.probe()
        self.gen = generate.Generator(self.table, self.usable, self.fpcr)
        both = [e for e in self.usable if e not in self.lacking]
        self.peer_gen = generate.Generator(self.table, both, self.fpcr & values.FZ16, False,
                                           self.is_known)

    # -- What there is --

    def scan(self, engine, words):
        """One letter for each word: x, or what it raised."""
        out = ''
        while len(out) < len(words):
            path = engines.write_image(self.tmp, self.builder.scan(image.Setup(self.seed),
                                                                   words[len(out):]))
            try:
                out += ''.join(engine.run(path))
            except engines.EngineError as e:
                if not engine.peer or 'BEGIN' not in e.lines:
                    raise
                # The peer does not survive every word: go on behind it.
                lines = e.lines[e.lines.index('BEGIN') + 1:]
                done = ''.join(t for t in lines if 'ail out' not in t)
                done += next((t.partition('Bail')[0] for t in lines if 'ail out' in t), '')
                print(f'insn: peer ended by word {words[len(out) + len(done)]:08x}', flush=True)
                out += done + '?'
        return out

    def probe(self):
        """(lines this emulator has, those of them the peer lacks)."""
        rng = random.Random(self.seed)
        words = [e.random(rng) for e in self.table.lines for _ in range(16)]
        mine = self.scan(self.jit, words)
        theirs = self.scan(self.peer, words) if self.peer else mine
        usable, lacking = [], set()
        for i, e in enumerate(self.table.lines):
            span = slice(i * 16, i * 16 + 16)
            always = e.cls == 'pstate' or e.feature == 'NONE' and e.cls in ALWAYS
            if e.unimp or mine[span] == '0' * 16 and not always:
                continue
            usable.append(e)
            if theirs[span] == '0' * 16 and not always:
                lacking.add(e)
        self.fpcr = values.FZ16 if any(e.feature == 'FP16' for e in usable) else 0
        if self.id_register(0xd5380720) >> 44 & 15:            # ID_AA64MMFR1_EL1.AFP
            self.fpcr |= values.AFP
        if self.id_register(0xd5380620) >> 44 & 15 == 2:       # ID_AA64ISAR1_EL1.BF16
            self.fpcr |= values.EBF
        self.pauth = any(e.feature == 'PAUTH' for e in usable)
        self.bti = self.id_register(0xd5380420) & 15 != 0      # ID_AA64PFR1_EL1
        return usable, lacking

    def id_register(self, mrs):
        """What MRS X0 reads at EL1."""
        case = image.Case([([mrs], 'MRS')], 1, 1)
        data = self.builder.cases(image.Setup(self.seed), [case], image.DETAIL, 0, 1)
        lines = self.jit.run(engines.write_image(self.tmp, data))
        return int(shrink.parse_detail(lines)[0][1]['x0'], 16)

    def is_known(self, line, word):
        """Is the word on the list?"""
        return any(name == line.name and
                   all(line.has(k) and line.get(word, k) == v for k, v in terms.items())
                   for name, terms in self.known)

    # -- Running --

    def choose_other(self, rng):
        """An engine to compare generated code with."""
        name = rng.choice(self.args.engines or OTHERS)
        if name == 'random=':
            name += str(rng.getrandbits(32) | 1)
        elif name == 'hide=':
            name += str(1 << rng.randrange(18) if rng.random() < .7 else rng.getrandbits(18))
        return engines.ours(self.args.binary, name, self.args.cpu)

    def batch(self, number, subjects):
        """Make and run one image; instructions executed."""
        rng = random.Random(self.seed * 1000003 + number)
        with_peer = self.peer is not None and number % 4 != 3 and \
            any(e in self.peer_gen.lines for e in subjects)
        gen = self.peer_gen if with_peer else self.gen
        lines = [e for e in subjects if e in gen.lines]
        if not lines:
            return 0
        gen.tags, gen.guarded = rng.random() < .25, self.bti and rng.random() < .5
        made = [gen.case(rng.getrandbits(62), lines, self.args.runs)
                for _ in range(self.args.cases)]
        cases = [c for c, _ in made]
        setup = image.Setup(self.seed * 1009 + number // 16,
                            self.fpcr & values.FZ16 if with_peer else self.fpcr)
        setup.tcr = TBI0 if gen.tags else 0
        if rng.random() < .1:
            setup.flags |= FP_TRAP
        if rng.random() < .1:
            setup.sctlr ^= rng.choice(EL0_MAY)
        if self.pauth:
            setup.flags |= PAUTH
            setup.sctlr |= PAUTH_KEYS
        if gen.guarded:
            setup.flags |= GUARDED
            setup.sctlr |= rng.choice((0, BT, BT))
        if with_peer:                          # it never checks SP
            setup.spsr_ignored = BTYPE
        else:
            setup.sctlr |= rng.choice((SA, SA, 0, SA | A))
        path = engines.write_image(self.tmp, self.builder.cases(setup, cases))
        jit = self.like_peer if with_peer else self.jit
        want = jit.run(path)
        others = [self.peer] if with_peer else [self.choose_other(rng)]
        for other in others:
            got = other.run(path)
            for i, (a, b) in enumerate(zip(want, got)):
                if a != b:
                    self.finding(f'{self.seed}-{number}-{i}', cases[i], setup, jit, other)
                    if len(self.found) >= self.args.findings:
                        return 0
        total = 0
        for _, reached in made:
            total += len(reached) * self.args.runs
            for i in reached:
                self.executed[i] += self.args.runs
        return total

    def finding(self, name, case, setup, jit, other):
        """Shrink, print, keep; only the first of those that come down to the same lines."""
        # What is known to come of these lines needs no shrinking again.
        text = {t for _, t in case.items}
        if any(set(sig[1:]) <= text and sig[0] == other.peer for sig in self.found):
            self.failed += 1
            return
        arena = shrink.Arena(self.builder, setup, jit, other, self.tmp)
        small = shrink.shrink(arena, case)
        self.failed += 1
        if small is None:
            print(f'insn: {name}: {other.name}: differs only in company', flush=True)
            small = case
        sig = (other.peer, *sorted({t for _, t in small.items} - {'NOP'}))
        if sig in self.found:
            return
        self.found[sig] = name
        command = f'{Path(__file__).name} --binary {self.args.binary} --program {self.args.program}'
        where = Path(self.args.kept) / f'insn-{name}'
        print(shrink.save(where, arena, small, shrink.report(arena, small, name), command),
              flush=True)

    def replay(self, path):
        """A saved case again; true when it differs."""
        case, setup, names = shrink.load(path)
        with_peer = names[1] == 'peer'
        other = self.peer if with_peer else engines.ours(self.args.binary, names[1], self.args.cpu)
        arena = shrink.Arena(self.builder, setup, self.like_peer if with_peer else self.jit, other,
                             self.tmp)
        print(shrink.report(arena, case, str(path)))
        return arena.differs([case])[0]

    # -- The whole encoding space --

    def space(self, n, number):
        """UNDEFINED where the table says so, on @n random words; complaints."""
        rng = random.Random(self.seed * 7919 + number)
        words = []
        while len(words) < n:
            if rng.random() < .5:
                w = rng.getrandbits(32)
            else:                              # near an encoding
                e = rng.choice(self.table.lines)
                w = e.random(rng) ^ (1 << rng.randrange(32) if rng.random() < .8 else 0)
            if w & 0x7c000000 == 0x14000000 or w & 0xffe0001f == 0xd4000001:
                continue                       # B, BL and SVC say nothing, and go astray
            if w & 0x8ffefc00 == 0x0ef8f800:
                continue                       # unallocated half-precision: the peer aborts
            words.append(w)
        mine = self.scan(self.jit, words)
        theirs = self.scan(self.peer, words) if self.peer else None
        usable, complaints = set(self.usable), {}
        for i, w in enumerate(words):
            e = self.table.find(w, usable)
            undefined = mine[i] == '0'
            if not undefined and (e is None or e not in usable):
                complaints.setdefault(f'{e or "no line"}: not UNDEFINED', []).append(w)
            if e and (e.cls.startswith('branch') or w & e.free != e.free):
                continue                       # what raised is not the word; SBO bits
            if theirs and theirs[i] != '?' and undefined != (theirs[i] == '0') and \
                    (undefined or e):
                if e in self.lacking or undefined and (e is None or e not in usable):
                    key = f'{e.feature if e else "no line"}: only ' + \
                        ('the peer has it' if undefined else 'this emulator has it')
                    self.peer_only.setdefault(key, []).append(w)
                elif not (e and self.is_known(e, w)):
                    complaints.setdefault(
                        f'{e}: UNDEFINED on {"jit" if undefined else "peer"} only', []).append(w)
        return complaints

    peer_only = {}

    # -- Reports --

    def coverage(self):
        """The coverage page."""
        out = ['# Instructions executed by the fuzzer', '', f'seed {self.seed}', '',
               '| class | line | executed | why not |', '|---|---|---|---|']
        usable = set(self.usable)
        for e in self.table.lines:
            why = ''
            if not self.executed[e.index]:
                why = 'not implemented' if e.unimp else \
                    f'UNDEFINED: {e.feature}' if e not in usable else \
                    generate.Generator.reason(e) or 'not reached'
            out.append(f'| {e.cls} | {e} ({e.where}) | {self.executed[e.index]} | {why} |')
        return '\n'.join(out) + '\n'

    def totals(self):
        """{class: executed}"""
        out = {}
        for e in self.table.lines:
            out[e.cls] = out.get(e.cls, 0) + self.executed[e.index]
        return out


def subjects_of(fuzzer, args):
    """The classes to go through: lists of lines."""
    names = args.classes or fuzzer.table.classes
    out = []
    for cls in names:
        lines = [e for e in fuzzer.gen.lines if e.cls == cls
                 and (not args.lines or e.name in args.lines or str(e) in args.lines)]
        if lines:
            out.append((cls, lines))
    return out


def soak(fuzzer, args):
    """Classes in turn until time or count is up."""
    begin = time.monotonic()
    classes = subjects_of(fuzzer, args)
    done = dict.fromkeys((c for c, _ in classes), 0)
    number = 0
    while len(fuzzer.found) < args.findings:
        left = [(c, lines) for c, lines in classes if done[c] < (args.count or 1 << 62)]
        if not left or time.monotonic() - begin > args.seconds and number >= len(classes):
            break
        cls, lines = left[number % len(left)]
        n = fuzzer.batch(number, lines)
        done[cls] += n or 1
        number += 1
        if args.verbose:
            print(f'{time.monotonic() - begin:7.0f} s  {cls:24} {done[cls]:>12}', flush=True)
    return number


def arguments():
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--binary', default=TOP / 'build/qemu-system-aarch64', type=Path)
    p.add_argument('--program', type=Path, help='the guest; default: beside the binary')
    p.add_argument('--seconds', type=float, default=30)
    p.add_argument('--seed', type=int)
    p.add_argument('--kept', default=TOP / 'build/fuzz')
    p.add_argument('--cpu', default='max')
    p.add_argument('--peer', default=PEER, help='another emulator; "" for none')
    p.add_argument('--peer-cpu', default=PEER_CPU)
    p.add_argument('--like-peer', default='max,pauth-qarma5=on', metavar='CPU',
                   help='of this emulator when it is compared with the peer')
    p.add_argument('--engines', type=lambda t: t.split(','), help=', '.join(OTHERS))
    p.add_argument('--classes', type=lambda t: t.split(','))
    p.add_argument('--lines', type=lambda t: t.split(','), help='names, or NAME#N')
    p.add_argument('--count', type=int, help='stop a class after so many instructions')
    p.add_argument('--cases', type=int, default=1000, help='in an image')
    p.add_argument('--runs', type=int, default=64, help='of each case')
    p.add_argument('--space', type=int, default=50000, help='words of the encoding space')
    p.add_argument('--findings', type=int, default=5, help='give up after so many')
    p.add_argument('--coverage', type=Path, help='write the coverage page')
    p.add_argument('--replay', type=Path)
    p.add_argument('--verbose', action='store_true')
    args = p.parse_args()
    args.binary = args.binary.resolve()
    args.program = args.program or args.binary.parent / 'tests/fuzz/insn_guest.img'
    return args


def main():
    args = arguments()
    seed = args.seed if args.seed is not None else random.SystemRandom().randrange(1 << 32)
    if not Path(args.program).exists():
        sys.exit(f'insn: {args.program} is not there: it needs aarch64-linux-gnu-gcc')
    fuzzer = Fuzzer(args, seed)
    try:
        if args.replay:
            sys.exit(1 if fuzzer.replay(args.replay) else 0)
        print(f'insn: seed {seed}, {len(fuzzer.usable)} of {len(fuzzer.table.lines)} lines'
              + (f', the peer lacks {len(fuzzer.lacking)}' if fuzzer.peer else ', no peer'),
              flush=True)
        complaints = {}
        for n in range(0, args.space, 200000):
            complaints |= fuzzer.space(min(200000, args.space - n), n)
        for text, words in sorted(complaints.items()):
            print(f'insn: {text}: {len(words)} words, ' + ' '.join(f'{w:08x}' for w in words[:6]))
        if args.verbose:
            for text, words in sorted(fuzzer.peer_only.items()):
                print(f'insn: {text}: {len(words)} words, '
                      + ' '.join(f'{w:08x}' for w in words[:6]))
        batches = soak(fuzzer, args)
    finally:
        shutil.rmtree(fuzzer.tmp, ignore_errors=True)
    if args.coverage:
        args.coverage.write_text(fuzzer.coverage())
    print(f'insn: seed {seed}: {batches} images, {sum(fuzzer.executed)} instructions, '
          f'{fuzzer.failed + len(complaints)} findings', flush=True)
    sys.exit(1 if fuzzer.failed or complaints else 0)


if __name__ == '__main__':
    main()
