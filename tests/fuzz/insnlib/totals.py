# SPDX-License-Identifier: GPL-2.0-or-later
"""How often each line of the table was executed and found equal, kept from run to run."""
import json
import os
from pathlib import Path

# With the interpreter, another emulator, host features off, blocks and registers laid out otherwise.
KINDS = ('interp', 'peer', 'host', 'shape')
KIND_OF = {'interp': 'interp', 'peer': 'peer', 'plainhost': 'host', 'hide': 'host'}


class Totals:
    """Counts by line and kind of engine; the seed and number the next images are made with."""

    def __init__(self, table, seed, path=None):
        self.table, self.path = table, path
        self.seed, self.number, self.lines = seed, 0, {}
        if path and Path(path).exists():
            data = json.loads(Path(path).read_text())
            self.seed, self.number = data['seed'], data['next']
            known = {e.text for e in table.lines}
            self.lines = {k: v for k, v in data['lines'].items() if k in known}

    def save(self):
        """Write the file, all or nothing."""
        if self.path:
            new = Path(f'{self.path}.new')
            new.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps({'seed': self.seed, 'next': self.number,
                                       'lines': self.lines}, indent=0))
            os.replace(new, self.path)

    def add(self, engine, lines):
        """@lines: {line: times}, the same on generated code and on @engine."""
        kind = KINDS.index(KIND_OF.get(engine.partition('=')[0], 'shape'))
        for line, n in lines.items():
            self.lines.setdefault(line.text, [0] * len(KINDS))[kind] += n

    def of(self, line):
        """Counts of a line."""
        return self.lines.get(line.text, [0] * len(KINDS))

    def by_class(self):
        """{class: counts}"""
        out = {}
        for e in self.table.lines:
            row = out.setdefault(e.cls, [0] * len(KINDS))
            for i, n in enumerate(self.of(e)):
                row[i] += n
        return out

    def page(self, why):
        """The coverage page; why(line): why there are none."""
        head = '| executed |' + '|'.join(f' {k} ' for k in KINDS) + '|'
        out = ['# Instructions executed by the fuzzer', '',
               'Executed in sequences that gave the same state on generated code and, by column: on the',
               'interpreter; on another emulator; on generated code without some host features; on',
               'generated code with blocks and registers laid out otherwise.', '',
               head.replace('executed', 'class'), '|---' * (len(KINDS) + 1) + '|']
        out += [f'| {c} | ' + ' | '.join(map(str, n)) + ' |' for c, n in self.by_class().items()]
        out += ['', head.replace('executed', 'class | line')[:-1] + '| why none |',
                '|---' * (len(KINDS) + 3) + '|']
        for e in self.table.lines:
            n = self.of(e)
            out.append(f'| {e.cls} | {e} ({e.where}) | ' + ' | '.join(map(str, n))
                       + f' | {"" if min(n[:3]) else why(e)} |')
        return '\n'.join(out) + '\n'
