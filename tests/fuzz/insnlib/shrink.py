# SPDX-License-Identifier: GPL-2.0-or-later
"""From a case that two emulators disagree on to the smallest one, and what a person needs of it."""
import json
import re
import struct
import subprocess
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from . import engines, special
from .image import CODE_VA, DETAIL, NOP, TRACE, Case, Fixed, Setup


class Arena:
    """Two engines, and where images for them are put."""

    def __init__(self, builder, setup, a, b, directory):
        self.builder, self.setup, self.a, self.b = builder, setup, a, b
        self.directory = directory

    def lines(self, cases, mode=0, first=0, runs=0, extra=()):
        """What both print."""
        path = engines.write_image(self.directory,
                                   self.builder.cases(self.setup, cases, mode, first, runs),
                                   'shrink.img')
        return self.a.run(path, 60, extra), self.b.run(path, 60)

    def differs(self, cases):
        """Which of the cases they disagree on."""
        try:
            a, b = self.lines(cases)
        except engines.EngineError:            # one of them never ends: do not go that way
            return [False] * len(cases)
        return [x != y for x, y in zip(a, b)]


def nops(item):
    """The same length, no effect."""
    return ([NOP] * len(item[0]), 'NOP')


def without(case):
    """Cases with one instruction less each; the parts of a loop go together, or it never ends."""
    tries = [replace(case, items=[nops(i) if i[1] == 'loop' else i for i in case.items])]
    for i, item in enumerate(case.items):
        if item[1] in ('NOP', 'loop'):
            continue
        tries.append(replace(case, items=[*case.items[:i], nops(item), *case.items[i + 1:]]))
        if item[0][0] & 0x9f000000 == 0x10000000 or item[0][0] == special.SEVL:
            continue                           # the branch needs its ADR, WFE an event
        tries += [replace(case, items=[*case.items[:i],
                                       ([*item[0][:k], NOP, *item[0][k + 1:]], item[1]),
                                       *case.items[i + 1:]])
                  for k, w in enumerate(item[0]) if len(item[0]) > 1 and w != NOP]
    return tries if any(i[1] == 'loop' for i in case.items) else tries[1:]


def shrink(arena, case):
    """The smallest case that still differs; None: it does not differ any more."""
    if not arena.differs([case])[0]:
        return None
    a, b = arena.lines([case], TRACE, case.first, case.runs)
    bad = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), None)
    if bad is not None:
        one = replace(case, first=case.first + bad, runs=1)
        case = one if arena.differs([one])[0] else replace(case, runs=bad + 1)
    while True:
        tries = without(case)
        good = [t for t, d in zip(tries, arena.differs(tries) if tries else []) if d]
        if not good:
            break
        case = good[0]
    changes = [{'fpcr': (0, 0)}, {'fixed': []}]
    if not any(i[1] == 'loop' for i in case.items):
        changes.append({'items': [i for i in case.items if i[1] != 'NOP']})
    for change in changes:
        smaller = replace(case, **change)
        if smaller.items and arena.differs([smaller])[0]:
            case = smaller
    return case


# -- Reports --

def disassemble(words):
    """Text of words, by objdump if there is one."""
    with tempfile.NamedTemporaryFile(suffix='.bin') as f:
        f.write(struct.pack(f'<{len(words)}I', *words))
        f.flush()
        try:
            out = subprocess.run(['aarch64-linux-gnu-objdump', '-D', '-b', 'binary', '-m',
                                  'aarch64', '-M', 'no-aliases', f.name], capture_output=True,
                                 text=True, check=False).stdout
        except OSError:
            out = ''
    lines = [' '.join(m[1].split()) for m in re.finditer(r'^\s*[0-9a-f]+:\t[0-9a-f]{8} \t(.*)$',
                                                         out, re.M)]
    return lines if len(lines) == len(words) else ['?'] * len(words)


def parse_detail(lines):
    """[(in, out)] of the runs: dicts of what was printed."""
    runs = []
    for line in lines:
        if line == 'IN':
            runs.append(({}, {}))
        elif line == 'OUT':
            runs[-1][1]['out'] = ''
        elif '=' in line and runs:
            name, value = line.split('=')
            runs[-1][1 if 'out' in runs[-1][1] else 0][name] = value
    for _, out in runs:
        out.pop('out', None)
    return runs


def mentioned(listing):
    """Names, as the guest prints them, of the registers in a listing."""
    names = ['sp', 'pstate', 'fpcr', 'fpsr']
    for text in listing:
        for kind, n in re.findall(r'\b([xwvqdshb])(\d+)\b', text):
            name = ('x' if kind in 'xw' else 'v') + n
            if name not in names:
                names.append(name)
    return names


def report(arena, case, case_id):
    """The text of a finding."""
    words = case.words()
    listing = disassemble(words)
    out = [f'{case_id}: {arena.a.name} and {arena.b.name} differ', '',
           f'EL{case.el}, pool {case.pool}, FPCR {case.fpcr}, run {case.first} of seed '
           f'{case.seed:#x}']
    out += [f'  {CODE_VA + 4 * i:#x}  {w:08x}  {t}' for i, (w, t) in enumerate(zip(words, listing))]
    out += [f'  x{f.reg} = {f.base + f.offset:#x}'
            + (f' + 16 * (0..{f.jitter})' if f.jitter else '')
            for f in case.fixed]
    a, b = arena.lines([case], DETAIL, case.first, case.runs)
    runs_a, runs_b = parse_detail(a), parse_detail(b)
    if not runs_a or not runs_b:
        return '\n'.join(out + ['no detail'])
    (before, after_a), (_, after_b) = runs_a[-1], runs_b[-1]
    names = mentioned(listing)
    out += ['', 'before:'] + [f'  {n:7} {before[n]}' for n in names if n in before]
    differing = [n for n in {**after_a, **after_b} if after_a.get(n) != after_b.get(n)]
    out += ['', f'after: {arena.a.name:>26} {arena.b.name:>34}']
    for n in dict.fromkeys(names + differing):
        x, y = after_a.get(n, '-'), after_b.get(n, '-')
        out.append(f'{"*" if n in differing else " "} {n:9} {x:>32}  {y:>32}')
    if not differing:
        out.append('  (no register: memory outside the window, or only after other runs)')
    return '\n'.join(out)


def save(directory, arena, case, text, command):
    """Keep a finding: case, image, report, what the translator made of it."""
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / 'case.json'
    data = asdict(case)
    data['literals'] = case.literals.hex()
    path.write_text(json.dumps({'case': data, 'setup': asdict(arena.setup),
                                'engines': [arena.a.name, arena.b.name]}, indent=1))
    text += f'\n\nagain: {command} --replay {path}\n'
    image = engines.write_image(directory, arena.builder.cases(
        arena.setup, [case], DETAIL, case.first, case.runs))
    log = directory / 'translation.log'
    arena.a.run(image, extra=('-d', 'in_asm,op,op_opt,out_asm', '-D', str(log)))
    if log.exists():
        blocks = re.split(r'(?m)^-{4,}\n', log.read_text(errors='replace'))
        mine = [b for b in blocks if b.startswith(f'IN: 0x{CODE_VA >> 16:012x}')]
        log.write_text(''.join(mine) or log.read_text(errors='replace'))
        text += f'IR and host code: {log}\n'
    (directory / 'report.txt').write_text(text)
    return text


def load(path):
    """(case, setup, engine names) of a saved finding."""
    data = json.loads(Path(path).read_text())
    c = data['case']
    c['fixed'] = [Fixed(**f) for f in c['fixed']]
    c['items'] = [(words, name) for words, name in c['items']]
    c['literals'] = bytes.fromhex(c['literals'])
    c['fpcr'] = tuple(c['fpcr'])
    return Case(**c), Setup(**data['setup']), data['engines']
