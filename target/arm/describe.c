/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PE's state as text: `info registers`, -d cpu, -d cpu_reset. */
#include "target/arm/internal/cpu.h"

#include <inttypes.h>

static void add_pstate(GString *out, const ArmCpu *cpu)
{
    uint32_t psr = arm_pstate_get(cpu);

    g_string_append_printf(out, "PSTATE=%016x %c%c%c%c EL%u%c", psr, psr >> 31 & 1 ? 'N' : '-',
                           psr >> 30 & 1 ? 'Z' : '-', psr >> 29 & 1 ? 'C' : '-',
                           psr >> 28 & 1 ? 'V' : '-', cpu->el, cpu->spsel ? 'h' : 't');
    if (arm_has(cpu->cfg.model, FEAT_BTI)) {
        g_string_append_printf(out, "  BTYPE=%u", cpu->tcg.branch_type);
    }
}

static void add_fp(GString *out, ArmCpu *cpu)
{
    g_string_append_printf(out, "     FPCR=%08x FPSR=%08x\n", cpu->fpcr,
                           arm_fpsr_get(cpu));
    for (unsigned i = 0; i < 32; i++) {
        g_string_append_printf(out, "Q%02u=%016" PRIx64 ":%016" PRIx64 "%s", i, cpu->v[i][1],
                               cpu->v[i][0], i & 1 ? "\n" : " ");
    }
}

char *arm_cpu_describe(ArmCpu *cpu)
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, " PC=%016" PRIx64 " ", cpu->pc);
    for (unsigned i = 0; i < 31; i++) {
        g_string_append_printf(out, "X%02u=%016" PRIx64 "%s", i, cpu->x[i],
                               (i + 2) % 3 ? " " : "\n");
    }
    g_string_append_printf(out, " SP=%016" PRIx64 "\n", cpu->sp);
    add_pstate(out, cpu);
    if (arm_context_compute(cpu) & CTX_FP_TRAP) {
        g_string_append(out, "    FPU disabled\n");
    } else {
        add_fp(out, cpu);
    }
    return g_string_free(out, FALSE);
}
