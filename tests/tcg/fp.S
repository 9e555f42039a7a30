/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floating point and SIMD, the basics: each row states operand bits, the result's bits and the
 * cumulative flags of FPSR (IOC 1, DZC 2, OFC 4, UFC 8, IXC 16, IDC 128), under FPCR = x25.
 */
#include "rt.h"

.macro fp_begin
    msr     fpcr, x25
    msr     fpsr, xzr
.endm
.macro arg n, bits
    MOVQ    x\n, \bits
    fmov    d\n, x\n
.endm
.macro x0_is want, flags, line
    mrs     x9, fpsr
    rt_expect x0, \want, \line
    rt_expect x9, \flags, \line
.endm
.macro fp_end want, flags, line
    fmov    x0, d0
    x0_is   \want, \flags, \line
.endm
.macro fp1 insn, t, a, want, flags, line
    fp_begin
    arg     1, \a
    \insn   \t\()0, \t\()1
    fp_end  \want, \flags, \line
.endm
.macro fp2 insn, t, a, b, want, flags, line
    fp_begin
    arg     1, \a
    arg     2, \b
    \insn   \t\()0, \t\()1, \t\()2
    fp_end  \want, \flags, \line
.endm
.macro fp3 insn, t, a, b, c, want, flags, line
    fp_begin
    arg     1, \a
    arg     2, \b
    arg     3, \c
    \insn   \t\()0, \t\()1, \t\()2, \t\()3
    fp_end  \want, \flags, \line
.endm
.macro fcompare insn, t, a, b, nzcv, flags, line
    fp_begin
    arg     1, \a
    arg     2, \b
    \insn   \t\()1, \t\()2
    mrs     x0, nzcv
    lsr     x0, x0, #28
    x0_is   \nzcv, \flags, \line
.endm
/* Float to integer: the result is in x0. */
.macro to_int insn, r, t, a, want, flags, line
    fp_begin
    arg     1, \a
    \insn   \r\()0, \t\()1
    x0_is   \want, \flags, \line
.endm
.macro from_int insn, t, r, a, want, flags, line
    fp_begin
    MOVQ    x1, \a
    \insn   \t\()0, \r\()1
    fp_end  \want, \flags, \line
.endm
.macro convert insn, to, from, a, want, flags, line
    fp_begin
    arg     1, \a
    \insn   \to\()0, \from\()1
    fp_end  \want, \flags, \line
.endm
#define D1(insn, a, want, f)        fp1 insn, d, a, want, f, __LINE__
#define S1(insn, a, want, f)        fp1 insn, s, a, want, f, __LINE__
#define D2(insn, a, b, want, f)     fp2 insn, d, a, b, want, f, __LINE__
#define S2(insn, a, b, want, f)     fp2 insn, s, a, b, want, f, __LINE__
#define D3(insn, a, b, c, want, f)  fp3 insn, d, a, b, c, want, f, __LINE__
#define S3(insn, a, b, c, want, f)  fp3 insn, s, a, b, c, want, f, __LINE__
#define DC(insn, a, b, n, f)     fcompare insn, d, a, b, n, f, __LINE__
#define SC(insn, a, b, n, f)     fcompare insn, s, a, b, n, f, __LINE__
#define XD(insn, a, want, f)        to_int insn, x, d, a, want, f, __LINE__
#define WD(insn, a, want, f)        to_int insn, w, d, a, want, f, __LINE__
#define XS(insn, a, want, f)        to_int insn, x, s, a, want, f, __LINE__
#define WS(insn, a, want, f)        to_int insn, w, s, a, want, f, __LINE__
#define DX(insn, a, want, f)        from_int insn, d, x, a, want, f, __LINE__
#define SW(insn, a, want, f)        from_int insn, s, w, a, want, f, __LINE__
#define SX(insn, a, want, f)        from_int insn, s, x, a, want, f, __LINE__
#define CONV(insn, to, from, a, want, f) convert insn, to, from, a, want, f, __LINE__

#define ONE   0x3ff0000000000000
#define TWO   0x4000000000000000
#define THREE 0x4008000000000000
#define TENTH 0x3fb999999999999a
#define MONE  0xbff0000000000000
#define INF   0x7ff0000000000000
#define MINF  0xfff0000000000000
#define QNAN  0x7ff8000000000000
#define QNAN1 0x7ff8000000000123
#define SNAN  0xfff0000000000456
#define MZERO 0x8000000000000000
#define MAXD  0x7fefffffffffffff
#define MIND  0x0010000000000000
#define SUBN  0x0000000000000003
#define FONE   0x3f800000
#define FTWO   0x40000000
#define FTHREE 0x40400000
#define FINF   0x7f800000
#define FQNAN  0x7fc00000
#define FSNAN  0x7f800001
#define FMAX   0x7f7fffff
#define FMIN   0x00800000
#define FSUB   0x00000001
#define IOC 1
#define DZC 2
#define OFC 4
#define UFC 8
#define IXC 16
#define IDC 128

    .text
    .global main
main:
    mov     x25, #0
    TEST("add, subtract, multiply, divide")
    D2(fadd, ONE, TWO, THREE, 0)
    D2(fadd, TENTH, TWO, 0x4000cccccccccccd, IXC)
    D2(fadd, MAXD, MAXD, INF, OFC | IXC)
    D2(fadd, INF, MINF, QNAN, IOC)
    D2(fadd, MZERO, 0, 0, 0)
    D2(fadd, SUBN, SUBN, 6, 0)
    D2(fsub, ONE, ONE, 0, 0)
    D2(fsub, MIND, 0x0010000000000001, 0x8000000000000001, 0)
    D2(fmul, THREE, TENTH, 0x3fd3333333333334, IXC)
    D2(fmul, MIND, MIND, 0, UFC | IXC)
    D2(fmul, MIND, 0x3fe0000000000001, 0x0008000000000000, UFC | IXC)
    D2(fmul, 0, INF, QNAN, IOC)
    D2(fnmul, ONE, TWO, 0xc000000000000000, 0)
    D2(fdiv, ONE, THREE, 0x3fd5555555555555, IXC)
    D2(fdiv, ONE, 0, INF, DZC)
    D2(fdiv, MONE, 0, MINF, DZC)
    D2(fdiv, 0, 0, QNAN, IOC)
    S2(fadd, FONE, FTWO, FTHREE, 0)
    S2(fadd, FMAX, FMAX, FINF, OFC | IXC)
    S2(fsub, FONE, 0x3f800001, 0xb4000000, 0)
    S2(fmul, FMIN, FMIN, 0, UFC | IXC)
    S2(fmul, FSUB, FTWO, 2, 0)
    S2(fdiv, FONE, FTHREE, 0x3eaaaaab, IXC)
    S2(fdiv, FONE, 0x80000000, 0xff800000, DZC)
    D1(fsqrt, TWO, 0x3ff6a09e667f3bcd, IXC)
    D1(fsqrt, MONE, QNAN, IOC)
    D1(fsqrt, MZERO, MZERO, 0)
    S1(fsqrt, FTWO, 0x3fb504f3, IXC)
    D1(fabs, MONE, ONE, 0)
    D1(fneg, SNAN, 0x7ff0000000000456, 0)
    S1(fneg, FONE, 0xbf800000, 0)

    TEST("NaN")
    D2(fadd, QNAN1, ONE, QNAN1, 0)
    D2(fadd, ONE, QNAN1, QNAN1, 0)
    D2(fadd, SNAN, ONE, 0xfff8000000000456, IOC)
    D2(fadd, QNAN1, SNAN, 0xfff8000000000456, IOC)
    D2(fmul, QNAN1, QNAN, QNAN1, 0)
    D2(fdiv, QNAN, QNAN1, QNAN, 0)
    S2(fadd, FSNAN, FONE, 0x7fc00001, IOC)
    S2(fsub, FONE, 0xffc00007, 0xffc00007, 0)
    D1(fsqrt, SNAN, 0xfff8000000000456, IOC)
    mov     x25, #1 << 25           /* default NaN */
    D2(fadd, QNAN1, ONE, QNAN, 0)
    D2(fadd, SNAN, ONE, QNAN, IOC)
    S2(fmul, 0xffc00007, FONE, FQNAN, 0)
    mov     x25, #0

    TEST("fused")
    D3(fmadd, TENTH, TENTH, MONE, 0xbfefae147ae147ae, IXC)
    D3(fmsub, TWO, TWO, ONE, 0xc008000000000000, 0)
    D3(fnmadd, TWO, TWO, ONE, 0xc014000000000000, 0)
    D3(fnmsub, TWO, TWO, ONE, THREE, 0)
    D3(fmadd, 0x3ff0000000000001, 0x3ff0000000000001, 0xbff0000000000002, 0x3970000000000000, 0)
    D3(fmadd, INF, 0, QNAN1, QNAN, IOC)
    D3(fmadd, INF, 0, ONE, QNAN, IOC)
    S3(fmadd, 0x3f800001, 0x3f800001, 0xbf800002, 0x28800000, 0)
    S3(fmsub, FTWO, FTHREE, FONE, 0xc0a00000, 0)

    TEST("minimum and maximum")
    D2(fmax, ONE, TWO, TWO, 0)
    D2(fmax, MZERO, 0, 0, 0)
    D2(fmin, 0, MZERO, MZERO, 0)
    D2(fmin, ONE, QNAN1, QNAN1, 0)
    D2(fmaxnm, ONE, QNAN1, ONE, 0)
    D2(fminnm, SNAN, ONE, 0xfff8000000000456, IOC)
    S2(fmaxnm, FQNAN, FONE, FONE, 0)
    S2(fmin, FONE, 0xff800000, 0xff800000, 0)

    TEST("compare")
    DC(fcmp, ONE, TWO, 8, 0)
    DC(fcmp, TWO, ONE, 2, 0)
    DC(fcmp, ONE, ONE, 6, 0)
    DC(fcmp, MZERO, 0, 6, 0)
    DC(fcmp, ONE, QNAN, 3, 0)
    DC(fcmp, ONE, SNAN, 3, IOC)
    DC(fcmpe, ONE, QNAN, 3, IOC)
    SC(fcmp, FONE, FTWO, 8, 0)
    SC(fcmpe, FQNAN, FTWO, 3, IOC)
    SC(fcmp, FINF, FMAX, 2, 0)

    TEST("rounding modes")
    mov     x25, #1 << 22           /* towards plus infinity */
    D2(fdiv, ONE, THREE, 0x3fd5555555555556, IXC)
    D2(fadd, MAXD, MAXD, INF, OFC | IXC)
    D2(fsub, ONE, ONE, 0, 0)
    mov     x25, #2 << 22           /* minus infinity */
    D2(fdiv, ONE, THREE, 0x3fd5555555555555, IXC)
    D2(fadd, MAXD, MAXD, MAXD, OFC | IXC)
    D2(fsub, ONE, ONE, MZERO, 0)
    mov     x25, #3 << 22           /* zero */
    S2(fdiv, 0xc0000000, FTHREE, 0xbf2aaaaa, IXC)
    D1(fsqrt, TWO, 0x3ff6a09e667f3bcc, IXC)
    D1(frinti, 0xc004cccccccccccd, 0xc000000000000000, 0)
    mov     x25, #0

    TEST("flush to zero")
    mov     x25, #1 << 24
    D2(fadd, SUBN, ONE, ONE, IDC)
    D2(fmul, MIND, 0x3fe0000000000000, 0, UFC)
    S2(fmul, FSUB, FTWO, 0, IDC)
    mov     x25, #0

    TEST("round to integral")
    D1(frintn, 0x4004000000000000, TWO, 0)
    D1(frintn, 0x400c000000000000, 0x4010000000000000, 0)
    D1(frinta, 0x4004000000000000, THREE, 0)
    D1(frintp, 0x3fb999999999999a, ONE, 0)
    D1(frintm, 0xbfb999999999999a, MONE, 0)
    D1(frintz, 0xbfe8000000000000, MZERO, 0)
    D1(frintx, 0x3ff8000000000000, TWO, IXC)
    S1(frintn, 0x3f000000, 0, 0)

    TEST("to integers")
    XD(fcvtzs, 0xc004cccccccccccd, 0xfffffffffffffffe, IXC)
    WD(fcvtzs, 0x41e0000000000000, 0x7fffffff, IOC)
    WD(fcvtzs, 0xc1e0000000000000, 0x80000000, 0)
    XD(fcvtzs, QNAN, 0, IOC)
    XD(fcvtzs, INF, 0x7fffffffffffffff, IOC)
    XD(fcvtzs, MINF, 0x8000000000000000, IOC)
    XD(fcvtzu, MONE, 0, IOC)
    XD(fcvtzu, 0x43e0000000000000, 0x8000000000000000, 0)
    XD(fcvtzu, 0x43f0000000000000, 0xffffffffffffffff, IOC)
    WD(fcvtzu, 0x41efffffffe00000, 0xffffffff, 0)
    WD(fcvtzu, 0xbfe0000000000000, 0, IXC)
    XD(fcvtns, 0x4004000000000000, 2, IXC)
    XD(fcvtas, 0x4004000000000000, 3, IXC)
    XD(fcvtps, 0x4000000000000001, 3, IXC)
    XD(fcvtms, 0xc000000000000001, 0xfffffffffffffffd, IXC)
    XS(fcvtzs, 0x5f000000, 0x7fffffffffffffff, IOC)
    WS(fcvtzu, 0x4f800000, 0xffffffff, IOC)
    WS(fcvtzs, 0x3fc00000, 1, IXC)

    TEST("from integers")
    DX(scvtf, 0xffffffffffffffff, MONE, 0)
    DX(ucvtf, 0xffffffffffffffff, 0x43f0000000000000, IXC)
    DX(scvtf, 0x7fffffffffffffff, 0x43e0000000000000, IXC)
    DX(ucvtf, 0x8000000000000401, 0x43e0000000000001, IXC)
    SW(scvtf, 0x80000000, 0xcf000000, 0)
    SW(ucvtf, 0xffffffff, 0x4f800000, IXC)
    SX(ucvtf, 0x8000008000000001, 0x5f000001, IXC)
    SX(scvtf, 0xffffff7fffffffff, 0xd3000000, IXC)

    TEST("between formats")
    CONV(fcvt, d, s, FONE, ONE, 0)
    CONV(fcvt, d, s, FSNAN, 0x7ff8000020000000, IOC)
    CONV(fcvt, d, s, FSUB, 0x36a0000000000000, 0)
    CONV(fcvt, s, d, TENTH, 0x3dcccccd, IXC)
    CONV(fcvt, s, d, MAXD, FINF, OFC | IXC)
    CONV(fcvt, s, d, 0x36a0000000000000, FSUB, 0)
    CONV(fcvt, s, d, 0x3690000000000000, 0, UFC | IXC)
    CONV(fcvt, h, s, FONE, 0x3c00, 0)
    CONV(fcvt, h, d, 0x40effc0000000000, 0x7bff, 0)
    CONV(fcvt, s, h, 0x0001, 0x33800000, 0)
    CONV(fcvt, d, h, 0x7c00, INF, 0)

    TEST("moves and selects")
    fmov    d0, #1.0
    fmov    x0, d0
    EXPECT(x0, ONE)
    fmov    s0, #-2.5
    fmov    x0, d0
    EXPECT(x0, 0xc0200000)
    fmov    d1, #3.0
    cmp     x0, x0
    fcsel   d2, d0, d1, ne
    fmov    x0, d2
    EXPECT(x0, THREE)
    fccmp   d1, d1, #0, ne
    EXPECT_NZCV(0)
    fccmp   d1, d1, #0, eq
    EXPECT_NZCV(0)
    cmp     x0, x0
    fccmp   d1, d1, #0, eq
    EXPECT_NZCV(6)

    TEST("vectors")
    MOVQ    x1, 0x0102030405060708
    MOVQ    x2, 0x7f80ff00fe01807f
    fmov    d1, x1
    mov     v1.d[1], x2
    fmov    d2, x2
    mov     v2.d[1], x1
    .macro  vec low, high, line, insn:vararg
    \insn
    mov     x0, v0.d[0]
    mov     x9, v0.d[1]
    rt_expect x0, \low, \line
    rt_expect x9, \high, \line
    .endm
#define VEC(low, high, ...) vec low, high, __LINE__, __VA_ARGS__
    VEC(0x8082020403078787, 0x8082020403078787, add v0.16b, v1.16b, v2.16b)
    VEC(0x8082020403078787, 0x8082020403078787, add v0.8h, v1.8h, v2.8h)
    VEC(0x7f8202040307877f, 0x7f8202040307877f, sqadd v0.16b, v1.16b, v2.16b)
    VEC(0x400050000, 0x7e7efc00f9007977, uqsub v0.16b, v1.16b, v2.16b)
    VEC(0x0, 0, movi v0.2d, #0)
    VEC(0xffffffffffffffff, 0, movi d0, #0xffffffffffffffff)
    VEC(0x8000017f02040608, 0x20406088000017f, uzp1 v0.16b, v1.16b, v2.16b)
    VEC(0x1807f0102030405, 0x1807f7f80ff00fe, ext v0.16b, v1.16b, v2.16b, #3)
    VEC(0x800070000, 0x70605040302017f, tbl v0.16b, {v1.16b}, v2.16b)
    VEC(0xfe05010680077f08, 0x7f018002ff030004, zip1 v0.16b, v1.16b, v2.16b)
    VEC(0x7f00fc00f9067cf8, 0x7f00fc00f9067cf8, mul v0.8h, v1.8h, v2.8h)
    VEC(0xfff60006fc8003f8, 0x7fff00fffd0000, smull v0.8h, v1.8b, v2.8b)
    VEC(0x100fff9ffebf8fe, 0x100fff9ffebf8fe, sqdmulh v0.8h, v1.8h, v2.8h)
    VEC(0xffffffffffff00, 0xff000000000000ff, cmgt v0.16b, v1.16b, v2.16b)
    VEC(0x0, 0xffffffffffffffff, cmhs v0.4s, v1.4s, v2.4s)
    VEC(0x7f80030405060708, 0x7f80030405060708, smax v0.8h, v1.8h, v2.8h)
    VEC(0xffffffff03070b0f, 0x3070b0fffffffff, addp v0.16b, v1.16b, v2.16b)
    VEC(0x20, 0, saddlv h0, v2.16b)
    VEC(0xfe00f800c0400000, 0x104010c0000, sshl v0.16b, v2.16b, v1.16b)
    VEC(0xff0ffe0ffc0f00f, 0x20006000a000e1, sshr v0.8h, v2.8h, #3)
    VEC(0x10305070f8f0e007, 0, shrn v0.8b, v2.8h, #4)
    VEC(0x7f7f7f7f7f808080, 0, sqxtn v0.8b, v2.8h)
    VEC(0x701080007010107, 0x101020102020301, cnt v0.16b, v2.16b)
    VEC(0x7f8001fe00ff807f, 0x807060504030201, rev64 v0.16b, v2.16b)
    VEC(0x100ff04fe060008, 0x900070005050509, bsl v0.16b, v1.16b, v2.16b)
    VEC(0x3060006038003f8, 0x7f010001010000, pmull v0.8h, v1.8b, v2.8b)
    VEC(0x7fc0ff00fe01807f, 0x7fc0ff00fe01807f, fadd v0.4s, v1.4s, v2.4s)
    VEC(0x4b8101824ca0c0e1, 0x4eff01fecbff3fc0, scvtf v0.4s, v1.4s)
    VEC(0xfe01fe01fe01fe01, 0xfe01fe01fe01fe01, dup v0.8h, v2.h[1])
    VEC(0xf0cf36b0c635401, 0x637b997c16c57cf3, aese v0.16b, v1.16b)

    rt_test "QC: set by saturation alone, kept by what follows, cleared by a write of FPSR"
    .macro  qc want, line
    mrs     x9, fpsr
    rt_expect x9, \want, \line
    .endm
#define QC(want) qc want, __LINE__
    msr     fpcr, xzr
    msr     fpsr, xzr
    movi    v1.16b, #0x7f
    movi    v2.16b, #1
    sqsub   v0.16b, v1.16b, v2.16b
    QC(0)
    uqadd   v0.16b, v1.16b, v2.16b
    QC(0)
    sqadd   v0.16b, v1.16b, v2.16b
    sqsub   v0.16b, v1.16b, v2.16b
    QC(0x08000000)
    b       1f
1:  add     v0.16b, v1.16b, v2.16b
    QC(0x08000000)
    fmov    d3, #1.0
    fmov    d4, #3.0
    fdiv    d3, d3, d4
    QC(0x08000010)
    mov     x9, #0x10
    msr     fpsr, x9
    QC(0x10)
    mov     x9, #0x08000000
    msr     fpsr, x9
    sqsub   v0.16b, v1.16b, v2.16b
    QC(0x08000000)
    msr     fpsr, xzr
    QC(0)
    /* Lanes the form does not have do not count. */
    mov     v1.d[0], xzr
    sqadd   v0.8b, v1.8b, v2.8b
    sqadd   b0, b1, b2
    sqadd   d0, d1, d2
    QC(0)
    sqadd   v0.16b, v1.16b, v2.16b
    QC(0x08000000)
    msr     fpsr, xzr
    TRY
    sqadd   v0.16b, v1.16b, v2.16b
    .inst   0x00000000
    TRY_END
    QC(0x08000000)

    TEST("tiny before rounding, normal after")
    D2(fmul, MIND, 0x3fefffffffffffff, MIND, UFC | IXC)
    D2(fmul, 0x8010000000000000, 0x3fefffffffffffff, 0x8010000000000000, UFC | IXC)
    D2(fmul, MIND, ONE, MIND, 0)
    D3(fmadd, MIND, 0x3fefffffffffffff, 0, MIND, UFC | IXC)
    S2(fmul, FMIN, 0x3f7fffff, FMIN, UFC | IXC)
    S2(fdiv, 0x00ffffff, FTWO, FMIN, UFC | IXC)
    CONV(fcvt, s, d, 0x380fffffffffffff, FMIN, UFC | IXC)
    msr     fpsr, xzr
    movi    v1.4s, #0x80, lsl #16   /* FMIN */
    MOVQ    x2, 0x3f7fffff3f800000
    fmov    d2, x2
    VEC(0x0080000000800000, 0, fmul v0.4s, v1.4s, v2.4s)
    QC(0x18)
    /* The lanes above a short form raise nothing. */
    msr     fpsr, xzr
    movi    v1.4s, #0x7f, msl #16   /* 0x007fffff */
    mov     v1.d[0], xzr
    mov     v2.d[1], xzr
    fdiv    v0.2s, v1.2s, v2.2s
    fmul    v0.2s, v1.2s, v1.2s
    fsqrt   d0, d1
    QC(0)
    fdiv    v0.4s, v1.4s, v2.4s
    QC(2)

    TEST("rounding changes under the same code")
    msr     fpsr, xzr
    fmov    d1, #1.0
    fmov    d2, #3.0
    mov     x4, #0
    mov     x5, #0
1:  lsl     x6, x4, #22
    msr     fpcr, x6
    fdiv    d0, d1, d2
    fmov    x7, d0
    ror     x5, x5, #1
    add     x5, x5, x7
    add     x4, x4, #1
    cmp     x4, #4
    b.ne    1b
    msr     fpcr, xzr
    EXPECT(x5, 0x17afffffffffffff)
    fdiv    d0, d1, d2
    fmov    x7, d0
    EXPECT(x7, 0x3fd5555555555555)

    TEST("flags: kept across blocks, loops, exceptions; a write separates equal operations")
    msr     fpsr, xzr
    mov     x4, #5
1:  fadd    d0, d1, d2
    subs    x4, x4, #1
    b.ne    1b
    QC(0)
    mov     x4, #5
1:  fdiv    d3, d1, d2
    fmov    d3, d1
    subs    x4, x4, #1
    b.ne    1b
    b       1f
1:  QC(0x10)
    fdiv    d0, d1, d2
    msr     fpsr, xzr
    fdiv    d3, d1, d2
    QC(0x10)
    msr     fpsr, xzr
    TRY
    fdiv    d0, d1, d2
    .inst   0x00000000
    TRY_END
    QC(0x10)
    fmov    d4, xzr
    fdiv    d0, d1, d4
    QC(0x12)
    mov     x6, #1 << 24            /* by helpers, and back */
    msr     fpcr, x6
    fmul    d0, d4, d0
    msr     fpcr, xzr
    QC(0x13)
    msr     fpsr, xzr
    fdiv    d0, d4, d1
    QC(0)

    TEST("FPCR.FZ once inexact is set: flushed results, denormal operands, and no other flags")
    .arch_extension fp16
    .macro  flushing insn, t, a, b, want, flags, line
    mov     x9, #0x10
    msr     fpsr, x9
    arg     1, \a
    arg     2, \b
    \insn   \t\()0, \t\()1, \t\()2
    fp_end  \want, \flags, \line
    .endm
    mov     x9, #1 << 24
    msr     fpcr, x9
    flushing fadd, s, 0x00000001, 0x3f800000, 0x3f800000, 0x90, __LINE__
    flushing fadd, s, 0x3f800000, 0x33000000, 0x3f800000, 0x10, __LINE__
    flushing fmul, s, 0x00800000, 0x3f000000, 0, 0x18, __LINE__
    flushing fmul, s, 0x80800000, 0x3f000000, 0x80000000, 0x18, __LINE__
    flushing fmul, s, 0x00ffffff, 0x3f000000, 0, 0x18, __LINE__
    flushing fsub, d, 0x0018000000000000, 0x0010000000000000, 0, 0x18, __LINE__
    flushing fmax, d, 0x8000000000000001, 0x8010000000000000, 0x8000000000000000, 0x90, __LINE__
    flushing fdiv, s, 0x3f800000, 0x80000001, 0xff800000, 0x92, __LINE__
    flushing fadd, h, 0x0001, 0x0001, 0x0002, 0x10, __LINE__
    msr     fpcr, xzr
    msr     fpsr, xzr
    fmov    d1, #1.0
    fmov    d2, #3.0

    TEST("each condition after a comparison")
    .macro  conds a, b, want, line
    mov     x5, #0
    mov     x6, #0
    .irp    cond, le, gt, lt, ge, ls, hi, vc, vs, pl, mi, cc, cs, ne, eq
    fcmp    \a, \b
    cset    x7, \cond
    add     x5, x7, x5, lsl #1
    fcmp    \a, \b
    mov     x7, #1
    b.\cond 1f
    mov     x7, #0
1:  add     x6, x7, x6, lsl #1
    fcmp    \a, \b
    fcsel   d16, d1, d4, \cond
    csel    x8, x9, xzr, \cond
    .endr
    rt_expect x5, \want, \line
    rt_expect x6, \want, \line
    fcmp    \a, \b
    mov     x5, #0
    .irp    cond, le, gt, lt, ge, ls, hi, vc, vs, pl, mi, cc, cs, ne, eq
    cset    x7, \cond
    add     x5, x7, x5, lsl #1
    .endr
    rt_expect x5, \want, \line
    fcmp    \a, \b
    mov     x5, #0
    mov     x9, #1
    .irp    cond, eq, ne, cs, cc, mi, pl, vs, vc, hi, ls, ge, lt, gt, le
    csel    x8, x9, xzr, \cond
    fcsel   d16, d1, d4, \cond
    fmov    x7, d16
    cmp     x7, #0
    csetm   x7, ne
    and     x7, x7, x8
    orr     x5, x5, x7
    lsl     x9, x9, #1
    fcmp    \a, \b
    .endr
    rt_expect x5, \want, \line
    .endm
#define CONDS(a, b, want) conds a, b, want, __LINE__
    MOVQ    x5, QNAN
    fmov    d5, x5
    CONDS(d1, d2, 0x2a9a)
    CONDS(d1, d1, 0x26a5)
    CONDS(d2, d1, 0x15a6)
    CONDS(d2, d5, 0x2966)
    DONE
