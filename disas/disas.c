/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disas/disas.h"

#include <capstone/capstone.h>
#include <inttypes.h>
#include <stdlib.h>

#include "util/bits.h"
#include "util/log.h"

static void print_bytes(FILE *out, DisasArch arch, const uint8_t *p, size_t n)
{
    if (arch == DISAS_AARCH64 && n == 4) {
        fprintf(out, "%08" PRIx32, ldle32(p));
        return;
    }
    for (size_t i = 0; i < n; i++) {
        fprintf(out, "%02x%s", p[i], i + 1 < n ? " " : "");
    }
    fprintf(out, "%*s", n < 10 ? (int)(10 - n) * 3 : 1, "");
}

void disas_print(FILE *out, DisasArch arch, const uint8_t *code, size_t bytes, uint64_t pc)
{
    csh handle;
    bool arm = arch == DISAS_AARCH64;

    if (cs_open(arm ? CS_ARCH_ARM64 : CS_ARCH_X86, arm ? CS_MODE_ARM : CS_MODE_64, &handle)
        != CS_ERR_OK) {
        return;
    }
    cs_insn *insn = cs_malloc(handle);
    while (bytes) {
        const uint8_t *at = code;
        uint64_t at_pc = pc;
        if (cs_disasm_iter(handle, &code, &bytes, &pc, insn)) {
            fprintf(out, "0x%08" PRIx64 ":  ", at_pc);
            print_bytes(out, arch, at, code - at);
            fprintf(out, "  %s%s%s\n", insn->mnemonic, insn->op_str[0] ? " " : "", insn->op_str);
        } else {
            size_t n = MIN(bytes, arm ? 4 : 1);
            fprintf(out, "0x%08" PRIx64 ":  ", at_pc);
            print_bytes(out, arch, at, n);
            fprintf(out, "  %s\n", arm ? ".inst" : ".byte");
            code = at + n;
            pc = at_pc + n;
            bytes -= n;
        }
    }
    cs_free(insn, 1);
    cs_close(&handle);
}

void disas_log(uint32_t items, DisasArch arch, const uint8_t *code, size_t bytes, uint64_t pc)
{
    if (!log_is_on(items)) {
        return;
    }
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);

    disas_print(f, arch, code, bytes, pc);
    fclose(f);
    log_printf(items, "%s", text);
    free(text);
}
