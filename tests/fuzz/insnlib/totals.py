# SPDX-License-Identifier: GPL-2.0-or-later
"""How often each line of the table was executed and found equal, kept from run to run."""
import json
import os
from pathlib import Path

# With the interpreter, another emulator, host features off, blocks, registers laid out otherwise.
KINDS = ('interp', 'peer', 'host', 'shape')
KIND_OF = {'interp': 'interp', 'peer': 'peer', 'plainhost': 'host', 'hide': 'host'}

HEAD = '''# Instructions executed by the fuzzer

Executed in sequences that gave the same state on generated code and on: the interpreter;
another emulator; generated code without some host features; generated code with blocks and
registers laid out otherwise.
'''.splitlines() + ['']


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
        out = [*HEAD, *self._classes(), '', f'| class | line | {" | ".join(KINDS)} | why none |',
               '|---' * (len(KINDS) + 3) + '|']
        for e in self.table.lines:
            n = self.of(e)
            out.append(f'| {e.cls} | {e} ({e.where}) | ' + ' | '.join(map(str, n))
                       + f' | {"" if min(n[:3]) else why(e)} |')
        return '\n'.join(out) + '\n'

    def summary(self, why):
        """The same in short: millions by class, and the lines with none of a kind."""
        out = [*HEAD, 'Millions. `lines`: how many the table has; `least`: of the line with the '
               'fewest on the interpreter.', '', *self._classes(1000000), '',
               '| line | none on | why |', '|---|---|---|']
        for e in self.table.lines:
            none = [k for k, n in zip(KINDS[:3], self.of(e)) if not n]
            if none:
                out.append(f'| {e} ({e.where}) | {", ".join(none)} | {why(e)} |')
        return '\n'.join(out) + '\n'

    def _classes(self, unit=1):
        out = [f'| class | lines | least | {" | ".join(KINDS)} |', '|---' * (len(KINDS) + 3) + '|']
        for cls, row in self.by_class().items():
            of_lines = [self.of(e)[0] for e in self.table.lines if e.cls == cls]
            figures = [min(of_lines), *row]
            out.append(f'| {cls} | {len(of_lines)} | ' + ' | '.join(
                str(n) if unit == 1 else f'{n / unit:.{1 if n >= unit else 3}f}'
                for n in figures) + ' |')
        return out
