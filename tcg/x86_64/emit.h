/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Encoding of x86-64 instructions. Nothing here knows IR or values.
 *
 * An instruction is a number: opcode byte, map, mandatory prefix and what else its encoding needs.
 * Space is checked by the caller (codegen_room()), not byte by byte.
 */
#ifndef TCG_X86_64_EMIT_H
#define TCG_X86_64_EMIT_H

#include <assert.h>
#include <string.h>

#include "tcg/x86_64/backend.h"

/* -- Parts of an instruction number -- */

enum {
    M_0F = 1 << 8, M_38 = 2 << 8, M_3A = 3 << 8,            /* opcode map; also VEX.mmmmm */
    M_5 = 5 << 8, M_6 = 6 << 8,                             /* EVEX.mmm */
    P_66 = 1 << 12, P_F3 = 2 << 12, P_F2 = 3 << 12,         /* prefix; also VEX.pp */
    X_W = 1 << 16,                                          /* 64-bit operands */
    X_BREG = 1 << 17,                                       /* the reg field is a byte register */
    X_BRM = 1 << 18,                                        /* the r/m field is one */
    X_LOCK = 1 << 19,
    X_L = 1 << 20,                                          /* VEX: 256 bits */
};

/* Arithmetic group: /n of 81 and 83, and base of the two-operand opcodes. */
typedef enum Alu { ALU_ADD, ALU_OR, ALU_ADC, ALU_SBB, ALU_AND, ALU_SUB, ALU_XOR, ALU_CMP } Alu;
/* /n of C1, D3. */
typedef enum Shift { SH_ROL = 0, SH_ROR = 1, SH_SHL = 4, SH_SHR = 5, SH_SAR = 7 } Shift;

typedef enum Cc {
    CC_O, CC_NO, CC_B, CC_AE, CC_E, CC_NE, CC_BE, CC_A, CC_S, CC_NS, CC_P, CC_NP, CC_L, CC_GE,
    CC_LE, CC_G
} Cc;

enum {
    OP_MOV_STORE = 0x89, OP_MOV_LOAD = 0x8b, OP_MOVB_STORE = 0x88 | X_BREG,
    OP_LEA = 0x8d, OP_TEST = 0x85, OP_XCHG = 0x87, OP_XCHGB = 0x86 | X_BREG,
    OP_MOVZX8 = 0xb6 | M_0F | X_BRM, OP_MOVZX16 = 0xb7 | M_0F,
    OP_MOVSX8 = 0xbe | M_0F | X_BRM, OP_MOVSX16 = 0xbf | M_0F, OP_MOVSXD = 0x63 | X_W,
    OP_IMUL = 0xaf | M_0F, OP_IMUL_I32 = 0x69, OP_IMUL_I8 = 0x6b,
    OP_GRP3 = 0xf7,                     /* /2 not /3 neg /4 mul /5 imul /6 div /7 idiv */
    OP_GRP5 = 0xff,                     /* /0 inc /1 dec /2 call /4 jmp */
    OP_CMPXCHG = 0xb1 | M_0F, OP_CMPXCHGB = 0xb0 | M_0F | X_BREG,
    OP_XADD = 0xc1 | M_0F, OP_XADDB = 0xc0 | M_0F | X_BREG,
    OP_BSF = 0xbc | M_0F, OP_BSR = 0xbd | M_0F,
    OP_TZCNT = 0xbc | M_0F | P_F3, OP_LZCNT = 0xbd | M_0F | P_F3, OP_POPCNT = 0xb8 | M_0F | P_F3,
    OP_SHLD_I = 0xa4 | M_0F, OP_SHRD_I = 0xac | M_0F,
    OP_BT_I = 0xba | M_0F,              /* /4 */
    OP_CMOV = 0x40 | M_0F, OP_SETCC = 0x90 | M_0F | X_BRM,
    /* VEX */
    OP_SHLX = 0xf7 | M_38 | P_66, OP_SHRX = 0xf7 | M_38 | P_F2, OP_SARX = 0xf7 | M_38 | P_F3,
    OP_RORX = 0xf0 | M_3A | P_F2, OP_ANDN = 0xf2 | M_38,
    /* SSE moves */
    OP_MOVAPS = 0x28 | M_0F, OP_MOVAPS_STORE = 0x29 | M_0F,
    OP_MOVUPS = 0x10 | M_0F, OP_MOVUPS_STORE = 0x11 | M_0F,
    OP_MOVD_TO_X = 0x6e | M_0F | P_66, OP_MOVD_FROM_X = 0x7e | M_0F | P_66,
    OP_MOVQ_LOAD = 0x7e | M_0F | P_F3, OP_MOVQ_STORE = 0xd6 | M_0F | P_66,
};

enum { MXCSR_DEFAULT = 0x1f80,          /* C's: to nearest, exceptions masked */
       OP_CSR = 0xae | M_0F };          /* /2 ldmxcsr /3 stmxcsr */

/* -- Bytes -- */

static inline void put8(Codegen *g, unsigned v) { *g->p++ = (uint8_t)v; }

static inline void put32(Codegen *g, uint32_t v)
{
    memcpy(g->p, &v, 4);
    g->p += 4;
}

static inline void put64(Codegen *g, uint64_t v)
{
    memcpy(g->p, &v, 8);
    g->p += 8;
}

static inline bool fits8(int64_t v)  { return v == (int8_t)v; }
static inline bool fits32(int64_t v) { return v == (int32_t)v; }
static inline unsigned enc(int reg) { return (unsigned)reg & 15; }

/* -- Memory operands -- */

enum { BASE_POOL = -2 };                /* disp = index in the block's constant pool */
typedef struct Mem {
    int8_t base, index;                 /* REG_NONE: no index */
    uint8_t scale;                      /* log2 */
    uint8_t tail;                       /* BASE_POOL: bytes of the instruction after the disp */
    int32_t disp;
} Mem;

static inline Mem mem_at(int base, int32_t disp)
{
    return (Mem){ (int8_t)base, REG_NONE, 0, 0, disp };
}
static inline Mem mem_indexed(int base, int index, unsigned scale, int32_t disp)
{
    return (Mem){ (int8_t)base, (int8_t)index, (uint8_t)scale, 0, disp };
}
static inline Mem mem_env(const Codegen *g, int32_t offset)
{
    return mem_at(ENV_REG, offset - g->layout.middle);
}
static inline Mem mem_frame(int32_t disp) { return mem_at(RSP, disp); }

/*
 * Encoders of parts take and return the place in the code: kept in a register from one byte to the
 * next, which Codegen.p, that any byte stored might be part of, is not.
 */
static inline uint8_t *at_modrm_mem(Codegen *g, uint8_t *p, unsigned reg, Mem m)
{
    reg = (reg & 7) << 3;
    if (m.base == BASE_POOL) {
        *p++ = (uint8_t)(reg | 5);
        pool_reference(g, p, (unsigned)m.disp, m.tail);
        memset(p, 0, 4);
        return p + 4;
    }
    unsigned base = enc(m.base), sib = m.index != REG_NONE || (base & 7) == 4;
    unsigned mod = m.disp == 0 && (base & 7) != 5 ? 0 : fits8(m.disp) ? 1 : 2;

    *p++ = (uint8_t)(mod << 6 | reg | (sib ? 4 : base & 7));
    if (sib) {
        unsigned index = m.index == REG_NONE ? 4 : enc(m.index) & 7;
        *p++ = (uint8_t)((unsigned)m.scale << 6 | index << 3 | (base & 7));
    }
    if (mod == 1) {
        *p++ = (uint8_t)m.disp;
    } else if (mod == 2) {
        memcpy(p, &m.disp, 4);
        p += 4;
    }
    return p;
}

static inline uint8_t modrm_rr(int reg, int rm)
{
    return (uint8_t)(0xc0 | (enc(reg) & 7) << 3 | (enc(rm) & 7));
}

/* -- Legacy and SSE encodings -- */

static inline uint8_t *at_opcode(uint8_t *p, uint32_t op, unsigned rex, bool force_rex)
{
    static const uint8_t prefix[4] = { 0, 0x66, 0xf3, 0xf2 };
    unsigned map = op >> 8 & 15, pp = op >> 12 & 15;

    if (op & X_LOCK) {
        *p++ = 0xf0;
    }
    if (pp) {
        *p++ = prefix[pp];
    }
    if (op & X_W) {
        rex |= 8;
    }
    if (rex || force_rex) {
        *p++ = (uint8_t)(0x40 | rex);
    }
    if (map) {
        *p++ = 0x0f;
        if (map > 1) {
            *p++ = map == 2 ? 0x38 : 0x3a;
        }
    }
    *p++ = op & 0xff;
    return p;
}

static inline void put_opcode(Codegen *g, uint32_t op, unsigned rex)
{
    g->p = at_opcode(g->p, op, rex, false);
}

static inline bool byte_needs_rex(int reg) { return reg >= RSP && reg <= RDI; }

/* op reg, rm (registers). */
static inline void x_rr(Codegen *g, uint32_t op, int reg, int rm)
{
    bool force = ((op & X_BREG) && byte_needs_rex(reg)) || ((op & X_BRM) && byte_needs_rex(rm));
    uint8_t *p = at_opcode(g->p, op, (enc(reg) >> 3) << 2 | enc(rm) >> 3, force);

    *p++ = modrm_rr(reg, rm);
    g->p = p;
}

/* op reg, [m] */
static inline void x_rm(Codegen *g, uint32_t op, int reg, Mem m)
{
    unsigned rex = (enc(reg) >> 3) << 2;

    if (m.base != BASE_POOL) {
        rex |= (m.index == REG_NONE ? 0 : (enc(m.index) >> 3) << 1) | enc(m.base) >> 3;
    }
    uint8_t *p = at_opcode(g->p, op, rex, (op & X_BREG) && byte_needs_rex(reg));

    g->p = at_modrm_mem(g, p, enc(reg), m);
}

/* -- VEX: op reg, vvvv, rm -- */

static inline uint8_t *at_vex(uint8_t *p, uint32_t op, unsigned reg, unsigned vvvv, unsigned x,
                              unsigned b)
{
    unsigned map = op >> 8 & 15, pp = (op >> 12 & 3) | (op & X_L ? 4 : 0);
    unsigned w = op & X_W ? 0x80 : 0;

    if (map == 1 && !w && !(x & 8) && !(b & 8)) {
        *p++ = 0xc5;
        *p++ = (uint8_t)((~reg & 8) << 4 | (~vvvv & 15) << 3 | pp);
    } else {
        *p++ = 0xc4;
        *p++ = (uint8_t)((~reg & 8) << 4 | (~x & 8) << 3 | (~b & 8) << 2 | map);
        *p++ = (uint8_t)(w | (~vvvv & 15) << 3 | pp);
    }
    *p++ = op & 0xff;
    return p;
}

static inline void v_rrr(Codegen *g, uint32_t op, int reg, int vvvv, int rm)
{
    uint8_t *p = at_vex(g->p, op, enc(reg), enc(vvvv), 0, enc(rm));

    *p++ = modrm_rr(reg, rm);
    g->p = p;
}

static inline void v_rrm(Codegen *g, uint32_t op, int reg, int vvvv, Mem m)
{
    bool pool = m.base == BASE_POOL;
    uint8_t *p = at_vex(g->p, op, enc(reg), enc(vvvv),
                        pool || m.index == REG_NONE ? 0 : enc(m.index), pool ? 0 : enc(m.base));

    g->p = at_modrm_mem(g, p, enc(reg), m);
}

/* -- EVEX, 128 bits, no mask, registers XMM0 .. 15: op reg, vvvv, rm -- */

static inline void e_rrr(Codegen *g, uint32_t op, int reg, int vvvv, int rm)
{
    uint8_t *p = g->p;

    *p++ = 0x62;
    *p++ = (uint8_t)((~enc(reg) & 8) << 4 | 0x40 | (~enc(rm) & 8) << 2 | 0x10 | (op >> 8 & 15));
    *p++ = (uint8_t)((op & X_W ? 0x80 : 0) | (~enc(vvvv) & 15) << 3 | 4 | (op >> 12 & 15));
    *p++ = 0x08;
    *p++ = op & 0xff;
    *p++ = modrm_rr(reg, rm);
    g->p = p;
}

/* -- Common instructions. w64: operand width. -- */

static inline uint32_t width(bool w64) { return w64 ? X_W : 0; }

static inline void x_mov(Codegen *g, bool w64, int dst, int src)
{
    x_rr(g, OP_MOV_LOAD | width(w64), dst, src);
}

/* Leaves EFLAGS alone. */
static inline void x_mov_imm(Codegen *g, int dst, uint64_t v)
{
    if (v <= UINT32_MAX) {
        put_opcode(g, 0xb8 | (enc(dst) & 7), enc(dst) >> 3);
        put32(g, (uint32_t)v);
    } else if (fits32((int64_t)v)) {
        x_rr(g, 0xc7 | X_W, 0, dst);
        put32(g, (uint32_t)v);
    } else {
        put_opcode(g, 0xb8 | (enc(dst) & 7) | X_W, enc(dst) >> 3);
        put64(g, v);
    }
}

static inline void x_alu(Codegen *g, Alu op, bool w64, int dst, int src)
{
    x_rr(g, ((unsigned)op << 3 | 3) | width(w64), dst, src);
}

static inline void x_alu_mem(Codegen *g, Alu op, bool w64, int dst, Mem src)
{
    x_rm(g, ((unsigned)op << 3 | 3) | width(w64), dst, src);
}

static inline void x_alu_imm(Codegen *g, Alu op, bool w64, int dst, int32_t imm)
{
    if (fits8(imm)) {
        x_rr(g, 0x83 | width(w64), (int)op, dst);
        put8(g, (uint8_t)imm);
    } else if (dst == RAX) {
        put_opcode(g, ((unsigned)op << 3 | 5) | width(w64), 0);
        put32(g, (uint32_t)imm);
    } else {
        x_rr(g, 0x81 | width(w64), (int)op, dst);
        put32(g, (uint32_t)imm);
    }
}

static inline void x_alu_mem_imm(Codegen *g, Alu op, bool w64, Mem m, int32_t imm)
{
    x_rm(g, (fits8(imm) ? 0x83 : 0x81) | width(w64), (int)op, m);
    if (fits8(imm)) {
        put8(g, (uint8_t)imm);
    } else {
        put32(g, (uint32_t)imm);
    }
}

static inline void x_test(Codegen *g, bool w64, int a, int b)
{
    x_rr(g, OP_TEST | width(w64), b, a);
}

static inline void x_test_imm(Codegen *g, bool w64, int r, int32_t imm)
{
    if (imm >= 0 && imm <= 0x7f) {
        x_rr(g, 0xf6 | X_BRM, 0, r);
        put8(g, (uint8_t)imm);
        return;
    }
    x_rr(g, OP_GRP3 | width(w64 && imm < 0), 0, r);
    put32(g, (uint32_t)imm);
}

static inline void x_shift_imm(Codegen *g, Shift op, bool w64, int dst, unsigned n)
{
    if (n == 1) {
        x_rr(g, 0xd1 | width(w64), (int)op, dst);
    } else if (n) {
        x_rr(g, 0xc1 | width(w64), (int)op, dst);
        put8(g, n);
    }
}

static inline void x_shift_cl(Codegen *g, Shift op, bool w64, int dst)
{
    x_rr(g, 0xd3 | width(w64), (int)op, dst);
}

static inline void x_rorx(Codegen *g, bool w64, int dst, int src, unsigned n)
{
    v_rrr(g, OP_RORX | width(w64), dst, 0, src);
    put8(g, n);
}

static inline void x_setcc(Codegen *g, Cc cc, int dst) { x_rr(g, OP_SETCC | cc, 0, dst); }
static inline void x_cmov(Codegen *g, Cc cc, bool w64, int dst, int src)
{
    x_rr(g, OP_CMOV | cc | width(w64), dst, src);
}

/* ENV_FLAGS form: eax <- EFLAGS of subtraction polarity, and back (al must have V in bit 7). */
static inline void x_flags_to_eax(Codegen *g)
{
    put8(g, 0x9f);                      /* lahf */
    x_setcc(g, CC_O, RAX);
}

static inline void x_flags_from_eax(Codegen *g)
{
    x_rr(g, 0xc0 | X_BRM, SH_SHL, RAX); /* shl al, 7: the other bits are undefined */
    put8(g, 7);
    x_rr(g, 0x00 | X_BREG | X_BRM, RAX, RAX);   /* add al, al: OF = V */
    put8(g, 0x9e);                      /* sahf */
}

static inline void x_cmc(Codegen *g) { put8(g, 0xf5); }
static inline void x_stc(Codegen *g) { put8(g, 0xf9); }

/* -- Jumps -- */

/* Short forward jump; the label is set by x_label8(). */
static inline uint8_t *x_jcc8(Codegen *g, Cc cc)
{
    put8(g, 0x70 | cc);
    put8(g, 0);
    return g->p;
}

static inline uint8_t *x_jmp8(Codegen *g)
{
    put8(g, 0xeb);
    put8(g, 0);
    return g->p;
}

static inline void x_label8(Codegen *g, uint8_t *from)
{
    assert(g->p - from <= 127);
    from[-1] = (uint8_t)(g->p - from);
}

static inline void x_jcc8_back(Codegen *g, Cc cc, const uint8_t *to)
{
    put8(g, 0x70 | cc);
    put8(g, (unsigned)(to - (g->p + 1)));
}

static inline void set_rel32(uint8_t *after, const void *to)
{
    int32_t d = (int32_t)((const uint8_t *)to - after);

    memcpy(after - 4, &d, 4);
}

/* Near jumps; the return value is for set_rel32(). */
static inline uint8_t *x_jcc32(Codegen *g, Cc cc)
{
    put8(g, 0x0f);
    put8(g, 0x80 | cc);
    put32(g, 0);
    return g->p;
}

static inline uint8_t *x_jmp32(Codegen *g)
{
    put8(g, 0xe9);
    put32(g, 0);
    return g->p;
}

static inline void x_jmp_to(Codegen *g, const void *to) { set_rel32(x_jmp32(g), to); }

static inline void x_call_to(Codegen *g, const void *to)
{
    put8(g, 0xe8);
    put32(g, 0);
    set_rel32(g->p, to);
}

/* Call a C function wherever it is; rax is clobbered before. */
static inline void x_call_c(Codegen *g, const void *fn)
{
    int64_t d = (int64_t)((uintptr_t)fn - (uintptr_t)(g->p + 5));

    if (fits32(d)) {
        x_call_to(g, fn);
    } else {
        x_mov_imm(g, RAX, (uintptr_t)fn);
        x_rr(g, OP_GRP5, 2, RAX);
    }
}

/* rdi := env, the first argument of a C function. */
static inline void x_env_arg(Codegen *g)
{
    x_rm(g, OP_LEA | X_W, RDI, mem_at(ENV_REG, -g->layout.middle));
}

void x_nops(Codegen *g, unsigned n);

#endif
