/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Armv8.2 and later: the standards' examples by SHA512, SHA3, SM3 and SM4 instructions (FIPS 180-4,
 * FIPS 202, GB/T 32905, GB/T 32907), FJCVTZS, dot products, half precision and bfloat16, and
 * FPCR.AH, FIZ, NEP (FEAT_AFP).
 */
#include "rt.h"

    .arch   armv8.6-a+fp16fml+sha3+sm4+bf16+i8mm

.macro expect_v n, lo, hi, line
    umov    x0, v\n\().d[0]
    umov    x1, v\n\().d[1]
    rt_expect x0, \lo, \line
    rt_expect x1, \hi, \line
.endm
#define VECTOR(n, lo, hi) expect_v n, lo, hi, __LINE__

/* v\reg := hi:lo */
.macro set_v reg, lo, hi
    MOVQ    x9, \lo
    MOVQ    x10, \hi
    fmov    d\reg, x9
    ins     v\reg\().d[1], x10
.endm

/* Flags and x0 behind an instruction that ran under FPCR = x25. */
.macro fp_begin
    msr     fpcr, x25
    msr     fpsr, xzr
.endm
.macro fp_end want, flags, line
    mrs     x9, fpsr
    msr     fpcr, xzr
    rt_expect x0, \want, \line
    rt_expect x9, \flags, \line
.endm

.macro fjs in, want, z, flags, line
    MOVQ    x1, \in
    fmov    d1, x1
    fp_begin
    fjcvtzs w0, d1
    mrs     x2, nzcv
    fp_end  \want, \flags, \line
    rt_expect x2, ((\z) << 30), \line
.endm
#define JS(in, want, z, flags) fjs in, want, z, flags, __LINE__

.macro fp2 want, flags, insn, t, a, b, line
    set_v   1, \a, 0
    set_v   2, \b, 0
    fp_begin
    \insn   \t\()0, \t\()1, \t\()2
    fmov    x0, d0
    fp_end  \want, \flags, \line
.endm
#define FP(want, flags, insn, t, a, b) fp2 want, flags, insn, t, a, b, __LINE__

.macro fp3 want, flags, a, b, c, line
    set_v   1, \a, 0
    set_v   2, \b, 0
    set_v   3, \c, 0
    fp_begin
    fmadd   s0, s1, s2, s3
    fmov    x0, d0
    fp_end  \want, \flags, \line
.endm
#define FMADD(want, flags, a, b, c) fp3 want, flags, a, b, c, __LINE__

.macro fp1 want, flags, in, line, insn:vararg
    set_v   1, \in, 0
    fp_begin
    \insn
    fmov    x0, d0
    fp_end  \want, \flags, \line
.endm
#define UNARY(want, flags, insn, rn, in) fp1 want, flags, in, __LINE__, insn, rn

.macro bf want, c, a, b, line
    set_v   0, \c, 0
    set_v   1, \a, 0
    set_v   2, \b, 0
    fp_begin
    bfdot   v0.2s, v1.4h, v2.4h
    fmov    x0, d0
    fp_end  \want, 0, \line
.endm
#define BFDOT(want, c, a, b) bf want, c, a, b, __LINE__

.macro dot lo, hi, line, insn:vararg
    set_v   0, 0x000000140000000a, 0x000000280000001e
    set_v   1, 0x807f01ff80808080, 0x0102030405060708
    set_v   2, 0x7f80ff0180807f7f, 0xfefffdff80017f02
    \insn
    expect_v 0, \lo, \hi, \line
.endm
#define DOT(lo, hi, ...) dot lo, hi, __LINE__, __VA_ARGS__

.macro nep insn, lo, hi, line
    set_v   0, 0xaaaaaaaaaaaaaaaa, 0xbbbbbbbbbbbbbbbb
    set_v   1, 0x111111113f800000, 0x2222222222222222
    set_v   2, 0x3333333340000000, 0x4444444444444444
    fp_begin
    \insn
    msr     fpcr, xzr
    expect_v 0, \lo, \hi, \line
.endm
#define NEP(insn, lo, hi) nep insn, lo, hi, __LINE__

.macro chi a, b, c, d, e
    bcax    v25.16b, v\a\().16b, v\c\().16b, v\b\().16b
    bcax    v29.16b, v\b\().16b, v\d\().16b, v\c\().16b
    bcax    v\c\().16b, v\c\().16b, v\e\().16b, v\d\().16b
    bcax    v\d\().16b, v\d\().16b, v\a\().16b, v\e\().16b
    bcax    v\e\().16b, v\e\().16b, v\b\().16b, v\a\().16b
    mov     v\a\().16b, v25.16b
    mov     v\b\().16b, v29.16b
.endm

/* Round i of v8 = ABCD, v9 = EFGH with words v16, v10 = W xor the words four on; v4: T, turned. */
.macro sm3_round k, i
    sm3ss1  v5.4s, v8.4s, v4.4s, v9.4s
    shl     v6.4s, v4.4s, #1
    sri     v6.4s, v4.4s, #31
    mov     v4.16b, v6.16b
    sm3tt1\k v8.4s, v5.4s, v10.s[\i]
    sm3tt2\k v9.4s, v5.4s, v16.s[\i]
.endm
.macro sm3_group k
    eor     v10.16b, v16.16b, v17.16b
    sm3_round \k, 0
    sm3_round \k, 1
    sm3_round \k, 2
    sm3_round \k, 3
    ext     v11.16b, v17.16b, v18.16b, #12  /* W[7..10] */
    ext     v12.16b, v16.16b, v17.16b, #12  /* W[3..6] */
    ext     v13.16b, v18.16b, v19.16b, #8   /* W[10..13] */
    sm3partw1 v11.4s, v16.4s, v19.4s
    sm3partw2 v11.4s, v13.4s, v12.4s
    mov     v16.16b, v17.16b
    mov     v17.16b, v18.16b
    mov     v18.16b, v19.16b
    mov     v19.16b, v11.16b
.endm

    .text
    .global main
main:
    rt_test "SHA-512 of abc"
    adr     x0, sha512_block
    ld1     {v16.2d-v19.2d}, [x0], #64
    ld1     {v20.2d-v23.2d}, [x0]
    adr     x0, sha512_h
    ld1     {v0.2d-v3.2d}, [x0]             /* ab, cd, ef, gh */
    mov     v4.16b, v0.16b
    mov     v5.16b, v1.16b
    mov     v6.16b, v2.16b
    mov     v7.16b, v3.16b
    adr     x2, sha512_k
    mov     x3, #40
1:  ld1     {v24.2d}, [x2], #16             /* two rounds */
    add     v24.2d, v24.2d, v16.2d
    ext     v24.16b, v24.16b, v24.16b, #8
    add     v24.2d, v24.2d, v3.2d
    ext     v25.16b, v2.16b, v3.16b, #8
    ext     v26.16b, v1.16b, v2.16b, #8
    sha512h q24, q25, v26.2d
    mov     v3.16b, v2.16b
    add     v2.2d, v1.2d, v24.2d
    sha512h2 q24, q1, v0.2d
    mov     v1.16b, v0.16b
    mov     v0.16b, v24.16b
    ext     v25.16b, v20.16b, v21.16b, #8   /* two words */
    sha512su0 v16.2d, v17.2d
    sha512su1 v16.2d, v23.2d, v25.2d
    mov     v24.16b, v16.16b
    mov     v16.16b, v17.16b
    mov     v17.16b, v18.16b
    mov     v18.16b, v19.16b
    mov     v19.16b, v20.16b
    mov     v20.16b, v21.16b
    mov     v21.16b, v22.16b
    mov     v22.16b, v23.16b
    mov     v23.16b, v24.16b
    subs    x3, x3, #1
    b.ne    1b
    add     v0.2d, v0.2d, v4.2d
    add     v1.2d, v1.2d, v5.2d
    add     v2.2d, v2.2d, v6.2d
    add     v3.2d, v3.2d, v7.2d
    VECTOR(0, 0xddaf35a193617aba, 0xcc417349ae204131)
    VECTOR(1, 0x12e6fa4e89a97ea2, 0xa9eeee64b55d39a)
    VECTOR(2, 0x2192992a274fc1a8, 0x36ba3c23a3feebbd)
    VECTOR(3, 0x454d4423643ce80e, 0x2a9ac94fa54ca49f)

    rt_test "Keccak-f[1600] of zeros"
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
    movi    v\n\().2d, #0
    .endr
    .irp    n, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24
    movi    v\n\().2d, #0
    .endr
    adr     x2, keccak_rc
    mov     x3, #24
1:
    eor3    v25.16b, v0.16b, v5.16b, v10.16b
    eor3    v26.16b, v1.16b, v6.16b, v11.16b
    eor3    v27.16b, v2.16b, v7.16b, v12.16b
    eor3    v28.16b, v3.16b, v8.16b, v13.16b
    eor3    v29.16b, v4.16b, v9.16b, v14.16b
    eor3    v25.16b, v25.16b, v15.16b, v20.16b
    eor3    v26.16b, v26.16b, v16.16b, v21.16b
    eor3    v27.16b, v27.16b, v17.16b, v22.16b
    eor3    v28.16b, v28.16b, v18.16b, v23.16b
    eor3    v29.16b, v29.16b, v19.16b, v24.16b
    rax1    v30.2d, v29.2d, v26.2d          /* theta */
    rax1    v31.2d, v25.2d, v27.2d
    rax1    v26.2d, v26.2d, v28.2d
    rax1    v27.2d, v27.2d, v29.2d
    rax1    v28.2d, v28.2d, v25.2d
    eor     v0.16b, v0.16b, v30.16b
    mov     v25.16b, v1.16b                 /* rho, pi */
    xar     v1.2d, v6.2d, v31.2d, #20
    xar     v6.2d, v9.2d, v28.2d, #44
    xar     v9.2d, v22.2d, v26.2d, #3
    xar     v22.2d, v14.2d, v28.2d, #25
    xar     v14.2d, v20.2d, v30.2d, #46
    xar     v20.2d, v2.2d, v26.2d, #2
    xar     v2.2d, v12.2d, v26.2d, #21
    xar     v12.2d, v13.2d, v27.2d, #39
    xar     v13.2d, v19.2d, v28.2d, #56
    xar     v19.2d, v23.2d, v27.2d, #8
    xar     v23.2d, v15.2d, v30.2d, #23
    xar     v15.2d, v4.2d, v28.2d, #37
    xar     v4.2d, v24.2d, v28.2d, #50
    xar     v24.2d, v21.2d, v31.2d, #62
    xar     v21.2d, v8.2d, v27.2d, #9
    xar     v8.2d, v16.2d, v31.2d, #19
    xar     v16.2d, v5.2d, v30.2d, #28
    xar     v5.2d, v3.2d, v27.2d, #36
    xar     v3.2d, v18.2d, v27.2d, #43
    xar     v18.2d, v17.2d, v26.2d, #49
    xar     v17.2d, v11.2d, v31.2d, #54
    xar     v11.2d, v7.2d, v26.2d, #58
    xar     v7.2d, v10.2d, v30.2d, #61
    xar     v10.2d, v25.2d, v31.2d, #63
    chi     0, 1, 2, 3, 4
    chi     5, 6, 7, 8, 9
    chi     10, 11, 12, 13, 14
    chi     15, 16, 17, 18, 19
    chi     20, 21, 22, 23, 24
    ld1r    {v25.2d}, [x2], #8              /* iota */
    eor     v0.16b, v0.16b, v25.16b
    subs    x3, x3, #1
    b.ne    1b
    VECTOR(0, 0xf1258f7940e1dde7, 0xf1258f7940e1dde7)
    VECTOR(1, 0x84d5ccf933c0478a, 0x84d5ccf933c0478a)
    VECTOR(2, 0xd598261ea65aa9ee, 0xd598261ea65aa9ee)
    VECTOR(7, 0x8c5bda0cd6192e76, 0x8c5bda0cd6192e76)
    VECTOR(13, 0x43b831cd0347c826, 0x43b831cd0347c826)
    VECTOR(24, 0xeaf1ff7b5ceca249, 0xeaf1ff7b5ceca249)

    rt_test "SM3 of abc"
    adr     x0, sm3_block
    ld1     {v16.4s-v19.4s}, [x0]
    adr     x0, sm3_iv
    ld1     {v8.4s, v9.4s}, [x0]            /* A and E in the last lanes */
    mov     v20.16b, v8.16b
    mov     v21.16b, v9.16b
    MOVQ    x1, 0x79cc4519
    dup     v4.4s, w1
    mov     x3, #4
1:  sm3_group a
    subs    x3, x3, #1
    b.ne    1b
    MOVQ    x1, 0x9d8a7a87                  /* 7a879d8a turned by 16 */
    dup     v4.4s, w1
    mov     x3, #12
1:  sm3_group b
    subs    x3, x3, #1
    b.ne    1b
    eor     v8.16b, v8.16b, v20.16b
    eor     v9.16b, v9.16b, v21.16b
    VECTOR(8, 0xd1f2d46bdc10e4e2, 0x66c7f0f462eeedd9)
    VECTOR(9, 0x297da02b8f4ba8e0, 0x4167c4875cf2f7a2)

    rt_test "SM4 of the standard's example"
    adr     x0, sm4_key
    ld1     {v0.4s, v1.4s}, [x0]            /* the key is the text too; FK */
    eor     v1.16b, v0.16b, v1.16b
    adr     x2, sm4_ck
    mov     x3, #8
1:  ld1     {v2.4s}, [x2], #16
    sm4ekey v1.4s, v1.4s, v2.4s
    sm4e    v0.4s, v1.4s
    subs    x3, x3, #1
    b.ne    1b
    VECTOR(0, 0x86b3e94f536e4246, 0x681edf34d206965e)

    rt_test "FJCVTZS"
    JS(0, 0, 1, 0)
    JS(0x8000000000000000, 0, 0, 0)         /* -0 is not exact */
    JS(0x3ff0000000000000, 1, 1, 0)
    JS(0x3ff8000000000000, 1, 0, 16)        /* 1.5 */
    JS(0xbff8000000000000, 0xffffffff, 0, 16)
    JS(0x3fefffffffffffff, 0, 0, 16)
    JS(1, 0, 0, 16)
    JS(0x41dfffffffc00000, 0x7fffffff, 1, 0)
    JS(0x41dfffffffffffff, 0x7fffffff, 0, 16)
    JS(0x41e0000000000000, 0x80000000, 0, 1)
    JS(0xc1e0000000000000, 0x80000000, 1, 0)
    JS(0xc1e0000000100000, 0x80000000, 0, 16)
    JS(0xc1e0000000200000, 0x7fffffff, 0, 1)
    JS(0x41f0000000000000, 0, 0, 1)         /* 2^32 */
    JS(0x43300000deadbeef, 0xdeadbeef, 0, 1)
    JS(0xc3300000deadbeef, 0x21524111, 0, 1)
    JS(0x43e0000000000001, 0x800, 0, 1)
    JS(0x4520000000000001, 0x80000000, 0, 1)   /* 2^83 + 2^31 */
    JS(0x4530000000000001, 0, 0, 1)         /* 2^84 + 2^32 */
    JS(0x7fefffffffffffff, 0, 0, 1)
    JS(0x7ff0000000000000, 0, 0, 1)
    JS(0x7ff8000000000000, 0, 0, 1)
    JS(0x7ff0000000000001, 0, 0, 1)
    MOVQ    x25, 0x01000000                 /* FZ: a flushed denormal is not exact */
    JS(1, 0, 0, 128)
    JS(0x8000000000000001, 0, 0, 128)
    mov     x25, #0

    rt_test "FRINT32, FRINT64"
    UNARY(0x41dfffffffc00000, 0, frint32z d0, d1, 0x41dfffffffc00000)
    UNARY(0x41dfffffffc00000, 16, frint32z d0, d1, 0x41dfffffffffffff)
    UNARY(0xc1e0000000000000, 1, frint32x d0, d1, 0x41dfffffffffffff)     /* rounds to 2^31 */
    UNARY(0xc1e0000000000000, 1, frint32z d0, d1, 0x41e0000000000001)     /* and has a fraction */
    UNARY(0xc1e0000000000000, 0, frint32z d0, d1, 0xc1e0000000000000)
    UNARY(0xc1e0000000000000, 16, frint32z d0, d1, 0xc1e0000000100000)
    UNARY(0xc1e0000000000000, 1, frint32z d0, d1, 0xc1e0000000200000)
    UNARY(0x43dfffffffffffff, 0, frint64x d0, d1, 0x43dfffffffffffff)
    UNARY(0xc3e0000000000000, 1, frint64z d0, d1, 0x43e0000000000000)
    UNARY(0xc3e0000000000000, 1, frint64z d0, d1, 0x7ff8000000000001)
    UNARY(0xc3e0000000000000, 0, frint64x d0, d1, 0xc3e0000000000000)
    UNARY(0x4effffff, 0, frint32x s0, s1, 0x4effffff)
    UNARY(0xcf000000, 1, frint32x s0, s1, 0x4f000000)
    UNARY(0xcf000000, 1, frint32z s0, s1, 0xff800000)
    UNARY(0x80000000, 16, frint32z s0, s1, 0xbf7fffff)
    UNARY(0xbf800000, 16, frint64x s0, s1, 0xbf400000)
    UNARY(0x5effffff, 0, frint64z s0, s1, 0x5effffff)
    UNARY(0xdf000000, 1, frint64z s0, s1, 0x5f000000)
    MOVQ    x25, 0x00400000                 /* upwards */
    UNARY(0x40000000, 16, frint32x s0, s1, 0x3f800001)
    UNARY(0xc1e0000000000000, 1, frint32x d0, d1, 0x41dfffffffc00001)
    mov     x25, #0
    set_v   1, 0x4f0000003fc00000, 0x7fc00000cf000001
    fp_begin
    frint32z v0.4s, v1.4s
    umov    x0, v0.d[1]
    fp_end  0xcf000000cf000000, 17, __LINE__
    VECTOR(0, 0xcf0000003f800000, 0xcf000000cf000000)

    rt_test "dot and matrix products"
    DOT(0xffff81120000010a, 0x170000012d, sdot    v0.4s, v1.16b, v2.16b)
    DOT(0x81120000ff0a, 0xa170000062d, udot    v0.4s, v1.16b, v2.16b)
    DOT(0x112ffffff0a, 0x170000012d, usdot   v0.4s, v1.16b, v2.16b)
    DOT(0xffffff93ffff8208, 0x1260000018f, smmla   v0.4s, v1.16b, v2.16b)
    DOT(0x27d9300018008, 0x10260000118f, ummla   v0.4s, v1.16b, v2.16b)
    DOT(0xfffffe9300000008, 0x1260000018f, usmmla  v0.4s, v1.16b, v2.16b)

    rt_test "half precision"
    mov     x25, #0
    FP(0x4000, 0, fadd, h, 0x3c00, 0x3c00)
    FP(0x3555, 16, fdiv, h, 0x3c00, 0x4200)
    FP(0x7c00, 20, fmul, h, 0x7bff, 0x4000)
    FP(0x0200, 0, fmul, h, 0x0400, 0x3800)
    FP(0x7e00, 1, fsub, h, 0x7c00, 0x7c00)
    FP(0x0001, 0, fmaxnm, h, 0x7e00, 0x0001)
    MOVQ    x25, 0x00080000                 /* FZ16: input denormals are not reported */
    FP(0, 8, fmul, h, 0x0400, 0x3800)
    FP(0x3c00, 0, fadd, h, 0x3c00, 0x03ff)
    mov     x25, #0

    rt_test "bfloat16"
    UNARY(0x3f80, 16, bfcvt h0, s1, 0x3f808000)
    UNARY(0x3f82, 16, bfcvt h0, s1, 0x3f818000)
    UNARY(0x7fc1, 1, bfcvt h0, s1, 0x7f810000)
    BFDOT(0x40f00000, 0x3f000000, 0x40003f80, 0x40403f80)   /* 0.5 + 1 * 1 + 2 * 3 */
    BFDOT(0x3f800001, 0, 0x33003f80, 0x3f803f80)            /* 1 + 2^-25, to odd */
    BFDOT(0x7fc00000, 0, 0x00007f80, 0x3f800000)            /* infinity times zero */
    MOVQ    x25, 0x2000                                     /* EBF: to nearest */
    BFDOT(0x3f800000, 0, 0x33003f80, 0x3f803f80)
    mov     x25, #0

    rt_test "FPCR.AH and FIZ"
    FP(0x7fc00000, 0, fmax, s, 0x7fc00000, 0x3f800000)
    FP(0x7fc00000, 1, fdiv, s, 0, 0)
    FP(2, 0, fadd, s, 1, 1)
    FMADD(0x00800000, 24, 0x99800000, 0x19800000, 0x00800000)   /* tiny before rounding */
    UNARY(0x3f2a8000, 0, frecpe s0, s1, 0x3fc00000)
    UNARY(0xffc00000, 0, fneg s0, s1, 0x7fc00000)
    mov     x25, #2
    FP(0x3f800000, 1, fmax, s, 0x7fc00000, 0x3f800000)
    FP(0x80000000, 0, fmax, s, 0, 0x80000000)
    FP(0xffc00000, 1, fdiv, s, 0, 0)
    FP(2, 128, fadd, s, 1, 1)
    FMADD(0x00800000, 16, 0x99800000, 0x19800000, 0x00800000)   /* ... but not after it */
    UNARY(0x3f2aa000, 0, frecpe s0, s1, 0x3fc00000)
    UNARY(0x7fc00000, 0, fneg s0, s1, 0x7fc00000)
    mov     x25, #1
    FP(0x3f800000, 0, fadd, s, 0x3f800000, 0x007fffff)
    FP(0, 0, fadd, s, 1, 1)

    rt_test "FPCR.NEP"
    mov     x25, #4
    NEP("fadd s0, s1, s2", 0x1111111140400000, 0x2222222222222222)    /* the rest of Rn */
    NEP("facge s0, s1, s2", 0x3333333300000000, 0x4444444444444444)   /* of Rm */
    NEP("fneg s0, s1", 0xaaaaaaaabf800000, 0xbbbbbbbbbbbbbbbb)        /* of Rd */
    NEP("fmov s0, s1", 0x3f800000, 0)
    mov     x25, #0
    NEP("fadd s0, s1, s2", 0x40400000, 0)
    msr     fpcr, xzr
    DONE

    .balign 16
sha512_h:
    .quad   0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1
    .quad   0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179
sha512_block:
    .quad   0x6162638000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000
    .quad   0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000
    .quad   0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000
    .quad   0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000018
sha512_k:
    .quad   0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc
    .quad   0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118
    .quad   0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2
    .quad   0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694
    .quad   0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65
    .quad   0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5
    .quad   0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4
    .quad   0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70
    .quad   0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df
    .quad   0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b
    .quad   0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30
    .quad   0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8
    .quad   0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8
    .quad   0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3
    .quad   0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec
    .quad   0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b
    .quad   0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178
    .quad   0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b
    .quad   0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c
    .quad   0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817
keccak_rc:
    .quad   0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000
    .quad   0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009
    .quad   0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a
    .quad   0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003
    .quad   0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a
    .quad   0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008
sm3_block:
    .word   0x61626380, 0x00000000, 0x00000000, 0x00000000
    .word   0x00000000, 0x00000000, 0x00000000, 0x00000000
    .word   0x00000000, 0x00000000, 0x00000000, 0x00000000
    .word   0x00000000, 0x00000000, 0x00000000, 0x00000018
sm3_iv:
    .word   0xda8a0600, 0x172442d7, 0x4914b2b9, 0x7380166f
    .word   0xb0fb0e4e, 0xe38dee4d, 0x163138aa, 0xa96f30bc
sm4_key:
    .word   0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210
    .word   0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc
sm4_ck:
    .word   0x00070e15, 0x1c232a31, 0x383f464d, 0x545b6269
    .word   0x70777e85, 0x8c939aa1, 0xa8afb6bd, 0xc4cbd2d9
    .word   0xe0e7eef5, 0xfc030a11, 0x181f262d, 0x343b4249
    .word   0x50575e65, 0x6c737a81, 0x888f969d, 0xa4abb2b9
    .word   0xc0c7ced5, 0xdce3eaf1, 0xf8ff060d, 0x141b2229
    .word   0x30373e45, 0x4c535a61, 0x686f767d, 0x848b9299
    .word   0xa0a7aeb5, 0xbcc3cad1, 0xd8dfe6ed, 0xf4fb0209
    .word   0x10171e25, 0x2c333a41, 0x484f565d, 0x646b7279
