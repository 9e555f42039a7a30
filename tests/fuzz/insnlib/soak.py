# SPDX-License-Identifier: GPL-2.0-or-later
"""Images of one class after the other until time or count is up."""
import time

from insnlib.totals import KINDS

NEVER = 1 << 62


class Soak:
    """The classes to go through, and how far they are."""

    def __init__(self, fuzzer, args):
        self.fuzzer, self.args = fuzzer, args
        self.begun = self.told = time.monotonic()
        self.classes = {}            # name: lines
        for cls in args.classes or fuzzer.table.classes:
            lines = [e for e in fuzzer.gen.lines if e.cls == cls
                     and (not args.lines or e.name in args.lines or e.text in args.lines)]
            if lines:
                self.classes[cls] = lines
        self.sums = {}

    def counts(self, cls):
        """Instructions of a class by the kinds of engine that count."""
        counts = dict(zip(KINDS, self.sums[cls]))
        if not (self.fuzzer.peer and any(e in self.fuzzer.peer_lines for e in self.classes[cls])):
            del counts['peer']
        if self.args.engines:
            del counts['host'], counts['shape']
        return counts

    def least(self, cls):
        """Instructions of a class with the kind of engine that has seen the fewest."""
        return min(self.counts(cls).values())

    def enough(self, cls):
        """Kinds of engine that have seen the count of a class."""
        return {k for k, n in self.counts(cls).items() if n >= (self.args.count or NEVER)}

    def left(self):
        """Classes that have not come to the count."""
        self.sums = self.fuzzer.totals.by_class()
        return [c for c in self.classes if self.least(c) < (self.args.count or NEVER)]

    def is_over(self, images):
        """Time is up, or enough has been found?"""
        fuzzer = self.fuzzer
        return fuzzer.stopped or len(fuzzer.found) >= self.args.findings or \
            time.monotonic() - self.begun > self.args.seconds and images >= len(self.classes)

    def run(self):
        """The number of images."""
        totals, images, waiting, queue = self.fuzzer.totals, 0, None, list(self.classes)
        while (left := self.left()) and not self.is_over(images):
            if not queue:            # all of them once, then always the half that is behind
                queue = sorted(left, key=self.least)[:(len(left) + 1) // 2]
            cls = queue.pop(0)
            if cls not in left:
                continue
            batch = self.fuzzer.begin(totals.number, self.classes[cls], self.enough(cls))
            totals.number += 1
            images += 1
            if waiting:
                self.fuzzer.end(waiting)
            waiting = batch
            if self.args.verbose:
                print(f'{time.monotonic() - self.begun:7.0f} s  {cls:24} '
                      + ' '.join(f'{n:>12}' for n in self.sums[cls]), flush=True)
            if time.monotonic() - self.told > 60:
                self.tell(left)
        if waiting:
            self.fuzzer.end(waiting)
        totals.save()
        return images

    def tell(self, left):
        """Progress; the totals are safe."""
        self.told = time.monotonic()
        self.fuzzer.totals.save()
        rows = sorted((self.least(c), c) for c in self.classes)
        print(f'insn: {self.told - self.begun:.0f} s: '
              f'{sum(map(sum, self.sums.values())) / 1e6:.0f} M compared, '
              f'{len(left)} of {len(rows)} classes to do, least {rows[0][1]} '
              f'{rows[0][0] / 1e6:.1f} M, median {rows[len(rows) // 2][0] / 1e6:.1f} M', flush=True)
