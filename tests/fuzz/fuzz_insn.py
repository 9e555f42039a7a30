#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Generated instructions, differentially: one image of sequences and inputs runs on generated code and
on the IR interpreter, with host features off, blocks unlinked or of one instruction, registers
chosen at random, and, if it is there, on another emulator (docs/devel/testing.md).

--count N goes on until N instructions of each class were executed and equal on the interpreter, on
the other emulator, with host features off and with blocks and registers laid out otherwise;
--totals FILE keeps the counts for the next run.

The seed, and the number a finding prints, give the same case again; so does --replay FILE.
"""
import argparse
import concurrent.futures
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from insnlib import engines, generate, image, shrink, soak, table, totals, values

TOP = Path(__file__).resolve().parents[2]
PEER = '/usr/bin/qemu-system-aarch64'
PEER_CPU = 'max,sve=off,sme=off'
HOST = ('plainhost', 'plainhost', 'hide=', 'hide=', 'hide=', 'hide=', 'hide=', 'hide=')
SHAPE = ('nochain', 'single', 'several', 'random=')
OTHERS = (*HOST, *SHAPE)
# x-hide-host-features: no AVX-512 and GFNI, as on most hosts; no SHA either; SSE4.2 alone
HOSTS = (0x43c0, 0x53c0, 0x1ffff)
# Their encodings do nothing at EL0, where lines are probed, or trap there.
ALWAYS = ('pstate', 'system_insn', 'system_move', 'exception', 'barriers', 'hints', 'branch_reg',
          'branch_imm', 'branch_cond', 'branch_compare', 'branch_test')


WAITS = ('WFE', 'WFET', 'WFIT')      # for ever: they are not tried alone
# MRS X0 of
ID_AA64PFR0_EL1, ID_AA64PFR1_EL1 = 0xd5380400, 0xd5380420
ID_AA64ISAR1_EL1, ID_AA64ISAR2_EL1, ID_AA64MMFR1_EL1 = 0xd5380620, 0xd5380640, 0xd5380720


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


@dataclass
class Batch:
    """An image on its way."""
    number: int
    cases: list
    setup: image.Setup
    jit: engines.Engine
    others: list
    lines: Counter              # executed
    results: list = ()


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
        self.known = known(args.known)
        self.totals = totals.Totals(self.table, seed, args.totals)
        self.seed = self.totals.seed
        self.found, self.failed = {}, 0
        self.stopped = False         # by SIGINT or SIGTERM: the totals are written all the same
        self.workers = concurrent.futures.ThreadPoolExecutor(args.jobs)
        self.usable, self.lacking = self.probe()
        self.gen = generate.Generator(self.table, self.usable, self.fpcr)
        both = [e for e in self.usable if e not in self.lacking]
        self.peer_gen = generate.Generator(self.table, both, self.peer_fpcr, False, self.is_known)
        # Lines of the list without further terms are not generated for it at all.
        never = {name for name, terms in self.known if not terms}
        self.peer_lines = {e for e in both if e.name not in never}

    # -- What there is --

    def scan(self, engine, words):
        """One letter for each word: x, or what it raised."""
        out = ''
        while len(out) < len(words):
            path = engines.write_image(self.tmp, self.builder.scan(image.Setup(self.seed),
                                                                   words[len(out):]))
            try:
                out += ''.join(engine.run(path, timeout=60))
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
        words = [image.NOP if e.name in WAITS else generate.should_be(e, e.random(rng))
                 for e in self.table.lines for _ in range(16)]
        mine = self.scan(self.jit, words)
        theirs = self.scan(self.peer, words) if self.peer else mine
        has = {e: (mine[i * 16:i * 16 + 16] != '0' * 16, theirs[i * 16:i * 16 + 16] != '0' * 16)
               for i, e in enumerate(self.table.lines)}
        by_name = {e.name: e for e in self.table.lines}
        has[by_name['ERETA']] = has[by_name['RETA']]           # it is UNDEFINED at EL0
        wfxt = [bool(self.id_register(e, ID_AA64ISAR2_EL1) & 15)
                for e in (self.jit, self.peer) if e]
        usable, lacking = [], set()
        for e, (here, there) in has.items():
            if e.cls == 'pstate' or e.feature == 'NONE' and e.cls in ALWAYS:
                here = there = True
            elif e.feature == 'WFXT':
                here, there = wfxt[0], wfxt[-1]
            if here and not e.unimp:
                usable.append(e)
                if not there:
                    lacking.add(e)
        self.fpcr = self.fpcr_bits(self.jit)
        self.peer_fpcr = self.fpcr & self.fpcr_bits(self.peer) if self.peer else 0
        afp = bool(self.peer_fpcr & values.AFP)
        self.known = [(name, terms) for name, terms in self.known
                      if terms.pop('afp', afp) == afp]
        self.pauth = any(e.feature == 'PAUTH' for e in usable)
        self.bti = self.id_register(self.jit, ID_AA64PFR1_EL1) & 15 != 0
        return usable, lacking

    def fpcr_bits(self, engine):
        """The FPCR bits of extensions it has."""
        bits = 0
        if self.id_register(engine, ID_AA64PFR0_EL1) >> 16 & 15 == 1:      # FP
            bits |= values.FZ16
        if self.id_register(engine, ID_AA64MMFR1_EL1) >> 44 & 15:          # AFP
            bits |= values.AFP
        if self.id_register(engine, ID_AA64ISAR1_EL1) >> 44 & 15 == 2:     # BF16
            bits |= values.EBF
        return bits

    def id_register(self, engine, mrs):
        """What MRS X0 reads at EL1."""
        case = image.Case([([mrs], 'MRS')], 1, 1)
        data = self.builder.cases(image.Setup(self.seed), [case], image.DETAIL, 0, 1)
        lines = engine.run(engines.write_image(self.tmp, data))
        return int(shrink.parse_detail(lines)[0][1]['x0'], 16)

    def is_known(self, line, word):
        """Is the word on the list?"""
        return any(name == line.name and
                   all(self.peer_gen.tags if k == 'tags' else
                       line.has(k) and line.get(word, k) == v for k, v in terms.items())
                   for name, terms in self.known)

    # -- Running --

    def choose_others(self, rng, cpu, enough):
        """What to compare generated code with: those asked for, or the interpreter and one more."""
        names = ['interp', rng.choice(OTHERS)]
        if enough:
            lacking = {'interp': 'interp', 'host': rng.choice(HOST), 'shape': rng.choice(SHAPE)}
            names = [name for k, name in lacking.items() if k not in enough] or names[1:]
        out = []
        for name in self.args.engines or names:
            if name == 'random=':
                name += str(rng.getrandbits(32) | 1)
            elif name == 'hide=':
                bits = rng.choice((1 << rng.randrange(18), rng.getrandbits(18), *HOSTS))
                name += str(bits)
            out.append(engines.ours(self.args.binary, name, cpu))
        return out

    def begin(self, number, subjects, enough=()):
        """Make one image and start the engines; @enough: kinds that need no more of it."""
        rng = random.Random(self.seed * 1000003 + number)
        of_peer = [e for e in subjects if e in self.peer_lines]
        with_peer = self.peer is not None and number % 8 != 7 and bool(of_peer) \
            and 'peer' not in enough
        gen, lines = (self.peer_gen, of_peer) if with_peer else (self.gen, subjects)
        gen.tags, gen.guarded = rng.random() < .25, self.bti and rng.random() < .5
        setup = self.setup(rng, number, with_peer, gen)
        fp_traps = setup.flags & FP_TRAP
        cases, executed = [], Counter()
        for _ in range(self.args.cases):
            case, reached = gen.case(rng.getrandbits(62), lines, self.args.runs)
            cases.append(case)
            for e in reached:
                if not (fp_traps and e.vector and case.el == 0):
                    executed[e] += case.runs
        path = engines.write_image(self.tmp, self.builder.cases(setup, cases), f'{number % 4}.img')
        jit = self.like_peer if with_peer else self.jit
        cpu = self.args.like_peer if with_peer else self.args.cpu
        others = self.choose_others(rng, cpu, enough)
        others += [self.peer] if with_peer else []
        batch = Batch(number, cases, setup, jit, others, executed)
        batch.results = [self.workers.submit(e.run, path, self.args.patience)
                         for e in (jit, *others)]
        return batch

    def setup(self, rng, number, with_peer, gen):
        """What is the same for the cases of an image."""
        setup = image.Setup(self.seed * 1009 + number // 16,
                            self.peer_fpcr if with_peer else self.fpcr)
        setup.tcr = TBI0 if gen.tags else 0
        if rng.random() < .04:
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
        return setup

    def end(self, batch):
        """Compare what the engines print."""
        want, *rest = [self.result(batch, e, r) for e, r in
                       zip((batch.jit, *batch.others), batch.results)]
        for other, got in zip(batch.others, rest):
            if want and want == got:
                self.totals.add(other.name, batch.lines)
            for i, (a, b) in enumerate(zip(want, got)):
                if a != b and len(self.found) < self.args.findings:
                    self.finding(f'{self.seed}-{batch.number}-{i}', batch.cases[i], batch.setup,
                                 batch.jit, other)

    def result(self, batch, engine, future):
        """What an engine printed; its end before the end of the image is a finding too."""
        try:
            return future.result()
        except engines.EngineError as e:
            self.failed += 1
            done = e.lines[e.lines.index('BEGIN') + 1:] if 'BEGIN' in e.lines else ['']
            i = len(done) - 1
            self.found[(engine.name, 'ended', i, batch.number)] = batch.number
            case = batch.cases[min(i, len(batch.cases) - 1)]
            words = case.words()
            print(f'{self.seed}-{batch.number}-{i}: {e}\nEL{case.el}\n'
                  + '\n'.join(f'  {w:08x}  {t}' for w, t in
                              zip(words, shrink.disassemble(words))), flush=True)
            return []

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
            if w & 0xffffffc0 == 0xd5031000 or w == 0xd503205f:
                continue                       # WFET, WFIT, WFE wait
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

    def why_none(self, e):
        """Why there is a zero in a line of the coverage page."""
        if e.unimp:
            return 'not implemented'
        if e not in self.usable and not min(self.totals.of(e)[:3]):
            return f'UNDEFINED on {self.args.cpu}: {e.feature}'
        if e in self.lacking:
            return 'the peer lacks it'
        return 'known to differ on the peer' if any(n == e.name for n, _ in self.known) \
            else 'not reached'


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
    p.add_argument('--known', type=Path, default=Path(__file__).with_name('insn_known.txt'),
                   help='what is not compared with the peer')
    p.add_argument('--engines', type=lambda t: t.split(','), help=f'interp, {", ".join(OTHERS)}')
    p.add_argument('--classes', type=lambda t: t.split(','))
    p.add_argument('--lines', type=lambda t: t.split(','), help='names, or NAME#N')
    p.add_argument('--count', type=int, help='stop a class after so many instructions')
    p.add_argument('--totals', type=Path, help='go on counting in this file')
    p.add_argument('--jobs', type=int, default=2, help='engines at a time')
    p.add_argument('--cases', type=int, default=400, help='in an image')
    p.add_argument('--runs', type=int, default=512,
                   help='of a long case, four times those of a short one')
    p.add_argument('--space', type=int, default=50000, help='words of the encoding space')
    p.add_argument('--patience', type=float, default=600, help='seconds for an image')
    p.add_argument('--findings', type=int, default=5, help='give up after so many')
    p.add_argument('--coverage', type=Path, help='write the coverage page')
    p.add_argument('--summary', type=Path, help='write the short form of it')
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

    def stop(*_):
        fuzzer.stopped = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        if args.replay:
            sys.exit(1 if fuzzer.replay(args.replay) else 0)
        print(f'insn: seed {fuzzer.seed}, {len(fuzzer.usable)} of {len(fuzzer.table.lines)} lines'
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
        batches = soak.Soak(fuzzer, args).run()
    finally:
        shutil.rmtree(fuzzer.tmp, ignore_errors=True)
    if args.coverage:
        args.coverage.write_text(fuzzer.totals.page(fuzzer.why_none))
    if args.summary:
        args.summary.write_text(fuzzer.totals.summary(fuzzer.why_none))
    done = sum(map(sum, fuzzer.totals.by_class().values()))
    print(f'insn: seed {fuzzer.seed}: {batches} images, {done} instructions compared, '
          f'{fuzzer.failed + len(complaints)} findings', flush=True)
    sys.exit(1 if fuzzer.failed or complaints else 0)


if __name__ == '__main__':
    main()
