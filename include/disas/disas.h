/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disassembly for logs and the monitor. Any thread; a handle is made for each call. */
#ifndef DISAS_DISAS_H
#define DISAS_DISAS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef enum DisasArch { DISAS_AARCH64, DISAS_X86_64 } DisasArch;

/*
 * One line an instruction, "0xADDRESS:  WORD|BYTES  mnemonic operands", into @out. Bytes that do
 * not decode are shown as .byte or .inst.
 */
void disas_print(FILE *out, DisasArch arch, const uint8_t *code, size_t bytes, uint64_t pc);
/* The same to the log, if @items is on. */
void disas_log(uint32_t items, DisasArch arch, const uint8_t *code, size_t bytes, uint64_t pc);

#endif
