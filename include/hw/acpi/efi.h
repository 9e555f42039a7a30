/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The minimal UEFI hand-off that lets an unmodified arm64 kernel come up with ACPI and without
 * firmware: EFI system table, configuration table, memory map (UEFI 2.10, chapters 4, 7), named to
 * the kernel by /chosen of a stub device tree (linux,uefi-*).
 */
#ifndef HW_ACPI_EFI_H
#define HW_ACPI_EFI_H

#include <glib.h>
#include <stdint.h>

typedef struct EfiConfig {
    uint64_t ram_base_pa, ram_bytes;
    uint64_t acpi_pa, acpi_bytes;    /* inside RAM, 64 KiB granules: ACPI reclaim memory */
    uint64_t rsdp_pa;
} EfiConfig;

/* What /chosen must say. */
typedef struct EfiHandoff {
    uint64_t system_table_pa;
    uint64_t mmap_pa;
    uint32_t mmap_bytes, mmap_desc_bytes, mmap_desc_version;
    uint32_t secure_boot;            /* 2: disabled, as opposed to unknown */
} EfiHandoff;

/* Upper bound of the blob's size, a multiple of 64 KiB. */
#define EFI_BLOB_BYTES 0x10000

/* The blob to be placed at @base_pa (64 KiB aligned, in RAM, next to nothing else). */
GByteArray *efi_build(const EfiConfig *cfg, uint64_t base_pa, EfiHandoff *handoff);

#endif
