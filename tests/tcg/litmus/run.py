#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the memory model tests (harness.c) and print TAP.

usage: run.py EMULATOR IMAGE [--iterations N] [--seconds N] [--seed N] [--only PREFIX] [--cpu MODEL]
              [PLAN ...]

A PLAN is cpus=N (that many vCPUs, generated code), interp=N (the IR interpreter), unfenced (both
barriers and release stores do nothing: the run must fail) or turns (the same with thread=single: it
must not, for no two vCPUs run at a time). Default: cpus=2 cpus=4 unfenced turns.
What fails prints its histogram and the seed; --seed and --only repeat it.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

PLANS = ("cpus=2", "cpus=4", "unfenced", "turns")
UNFENCED = "SB+dmb.ish+dmb"     # what must be seen to fail then; '_' would be a space


def run(args, cpus, options, extra, timeout):
    """(text of the serial line and errors, whether it ended in time)."""
    words = [f"litmus:cpus={cpus}"] + [f"litmus:{k}={v}" for k, v in options.items()]
    argv = [args.emulator, "-machine", "virt,gic-version=3", "-cpu", args.cpu, "-m", "1G",
            "-smp", str(cpus), "-display", "none", "-monitor", "none",
            "-kernel", args.image, "-append", " ".join(words), *extra]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as out:
        with subprocess.Popen([*argv, "-serial", "stdio"], stdin=subprocess.DEVNULL, stdout=out,
                              stderr=out) as p:
            try:
                p.wait(timeout)
                ended = True
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
                ended = False
        out.seek(0)
        return out.read(), ended


def judge(args, cpus, extra, iterations):
    """(passed, report) of a run that must not show what is forbidden."""
    options = {"iterations": iterations}
    if args.seconds:
        options["seconds"] = args.seconds
    if args.seed:
        options["seed"] = args.seed
    if args.only:
        options["only"] = args.only.replace(" ", "_")
    text, ended = run(args, cpus, options, extra, args.timeout)
    lines = text.splitlines()
    passed = ended and bool(lines) and lines[-1].startswith("PASS ")
    if not passed:
        return False, text if ended else f"{text}\nno end within {args.timeout} s"
    return True, "\n".join(l for l in lines if l.startswith(("relaxed", "differs", "PASS")))


def judge_unfenced(args):
    """Without barriers store buffering must be seen, or these tests see nothing."""
    end = time.monotonic() + args.timeout / 2
    while True:
        text, _ = run(args, 2, {"iterations": 100000, "stop": 1, "only": UNFENCED},
                      ["-accel", "tcg,x-no-fences=on"], args.timeout)
        if re.search(rf"^FAIL +{re.escape(UNFENCED)}", text, re.M):
            return True, next(l for l in text.splitlines() if l.startswith("FAIL"))
        if time.monotonic() > end:
            return False, f"no forbidden outcome without fences:\n{text}"


def judge_turns(args):
    """What is seen in no time without barriers is not seen when vCPUs take turns."""
    text, ended = run(args, 2, {"iterations": 2000, "only": UNFENCED},
                      ["-accel", "tcg,thread=single,x-no-fences=on"], args.timeout)
    passed = ended and re.search(rf"^never +{re.escape(UNFENCED)}\S* +0 of", text, re.M)
    return bool(passed), text.splitlines()[-1] if passed else text


def main():
    parser = argparse.ArgumentParser(description="Run the memory model tests.")
    parser.add_argument("emulator")
    parser.add_argument("image")
    parser.add_argument("--iterations", type=int, default=10000)
    parser.add_argument("--seconds", type=int,
                        help="end a plan after about so long, with fewer iterations")
    parser.add_argument("--seed", help="as a failure printed it")
    parser.add_argument("--only", help="tests whose name begins so")
    parser.add_argument("--cpu", default="max")
    parser.add_argument("--timeout", type=float, default=240)
    parser.add_argument("plans", nargs="*", default=PLANS, metavar="PLAN")
    args = parser.parse_intermixed_args()
    failed = 0
    print(f"1..{len(args.plans)}")
    for n, plan in enumerate(args.plans, 1):
        kind, _, count = plan.partition("=")
        if kind == "unfenced" and len(os.sched_getaffinity(0)) < 2:
            print(f"ok {n} - {plan} # SKIP two vCPUs never run at the same time on one host CPU")
            continue
        if kind == "unfenced":
            passed, report = judge_unfenced(args)
        elif kind == "turns":
            passed, report = judge_turns(args)
        elif kind == "interp":
            passed, report = judge(args, int(count), ["-accel", "tcg,x-interpret=on"],
                                   args.iterations // 20 + 1)
        elif kind == "cpus":
            passed, report = judge(args, int(count), [], args.iterations)
        else:
            sys.exit(f'run.py: "{plan}" is no plan')
        failed += not passed
        for line in report.splitlines():
            print("# " + line)
        print(f"{'ok' if passed else 'not ok'} {n} - {plan}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
