/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scalar floating-point helpers: values in and out, FPCR and FPSR in env. See vec_helpers.h. */
#include "target/arm/internal/fp_mode.h"
#include "target/arm/internal/vec_helpers.h"

#define HELPER1_WITH(id, how)                                                                      \
    static uint64_t s_##id(void *env, uint32_t f, uint64_t a);                                   \
    const IrHelper h_s_##id = { .name = #id, .fn = (void *)s_##id, .flags = (how),                 \
                                  .ret = IR_I64, .n_args = 2, .args = { IR_I32, IR_I64 } };        \
    static uint64_t s_##id(void *env, uint32_t f, uint64_t a)
#define HELPER1(id) HELPER1_WITH(id, IRH_ENV | IRH_FP)
/* What never uses the host's floating point. */
#define INT_HELPER1(id) HELPER1_WITH(id, IRH_ENV)

INT_HELPER1(fneg)
{
    ArmCpu *cpu = env;

    return fpu_negate(f, a, fp_mode(cpu->fpcr));
}

INT_HELPER1(fabs)
{
    ArmCpu *cpu = env;

    return fpu_absolute(f, a, fp_mode(cpu->fpcr));
}

static uint64_t s_bfcvt(void *env, uint64_t a)
{
    ArmCpu *cpu = env;

    return fpu_bf16_convert(a, fp_mode(cpu->fpcr), &cpu->fpsr);
}

const IrHelper h_s_bfcvt = {
    .name = "bfcvt", .fn = (void *)s_bfcvt, .flags = IRH_ENV, .ret = IR_I64, .n_args = 1,
    .args = { IR_I64 },
};

HELPER1(fcvt)
{
    ArmCpu *cpu = env;

    return fpu_convert(f & 0xff, f >> 8 & 0xff, a, fp_mode(cpu->fpcr), &cpu->fpsr);
}

static uint64_t s_fjcvtzs(void *env, uint64_t a)
{
    ArmCpu *cpu = env;
    bool exact;
    uint32_t v = fpu_to_int_js(a, &exact, fp_mode(cpu->fpcr), &cpu->fpsr);

    return v | (uint64_t)exact << 62;
}

const IrHelper h_s_fjcvtzs = {
    .name = "fjcvtzs", .fn = (void *)s_fjcvtzs, .flags = IRH_ENV, .ret = IR_I64,
    .n_args = 1, .args = { IR_I64 },
};

HELPER1(fcvt_int)
{
    ArmCpu *cpu = env;

    return fpu_to_int(f & 0xff, a, f >> 24, f >> 17 & 1 ? 64 : 32, !(f >> 16 & 1),
                      fp_mode_round(cpu->fpcr, f >> 8 & 0xff), &cpu->fpsr);
}

HELPER1(cvtf)
{
    ArmCpu *cpu = env;

    return fpu_from_int(f & 0xff, a, f >> 24, !(f >> 16 & 1), fp_mode(cpu->fpcr), &cpu->fpsr);
}

static uint64_t s_fmadd(void *env, uint32_t how, uint64_t c, uint64_t a, uint64_t b)
{
    ArmCpu *cpu = env;
    FpuFormat f = how & 0xff;
    FpuMode mode = fp_mode(cpu->fpcr);

    c = how >> 8 & 1 ? fpu_negate(f, c, mode) : c;
    a = how >> 9 & 1 ? fpu_negate(f, a, mode) : a;
    return fpu_fma(f, c, a, b, mode, &cpu->fpsr);
}

const IrHelper h_s_fmadd = {
    .name = "fmadd", .fn = (void *)s_fmadd, .flags = IRH_ENV | IRH_FP, .ret = IR_I64, .n_args = 4,
    .args = { IR_I32, IR_I64, IR_I64, IR_I64 },
};

static uint32_t compare(ArmCpu *cpu, uint32_t how, uint64_t a, uint64_t b)
{
    static const uint32_t nzcv[] = {
        [FPU_LESS] = 0x80000000, [FPU_EQUAL] = 0x60000000, [FPU_GREATER] = 0x20000000,
        [FPU_UNORDERED] = 0x30000000,
    };

    return nzcv[fpu_compare(how & 0xff, a, b, how >> 8 & 1, fp_mode(cpu->fpcr), &cpu->fpsr)];
}

static uint32_t s_fcmp(void *env, uint32_t how, uint64_t a, uint64_t b)
{
    return compare(env, how, a, b);
}

static uint32_t s_fccmp(void *env, uint32_t how, uint64_t a, uint64_t b)
{
    return how >> 9 & 1 ? compare(env, how, a, b) : how & 0xf0000000;
}

const IrHelper h_s_fcmp = {
    .name = "fcmp", .fn = (void *)s_fcmp, .flags = IRH_ENV | IRH_FP, .ret = IR_I32, .n_args = 3,
    .args = { IR_I32, IR_I64, IR_I64 },
};
const IrHelper h_s_fccmp = {
    .name = "fccmp", .fn = (void *)s_fccmp, .flags = IRH_ENV | IRH_FP, .ret = IR_I32, .n_args = 3,
    .args = { IR_I32, IR_I64, IR_I64 },
};
