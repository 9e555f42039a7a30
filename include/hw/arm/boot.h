/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Direct boot of an arm64 kernel: decode the file, find places in RAM, keep what a reset must
 * write again. Rules: Documentation/arch/arm64/booting.rst of Linux.
 *
 * Main thread; no vCPU runs while blobs are copied.
 */
#ifndef HW_ARM_BOOT_H
#define HW_ARM_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memory/memory.h"
#include "util/error.h"

/* -- The kernel file ---- */

typedef struct KernelImage {
    uint8_t *data;            /* the Image as it goes to memory, unpacked; owned */
    size_t data_bytes;
    uint64_t memory_bytes;    /* what it uses from its start, BSS included; >= data_bytes */
    uint64_t text_offset;     /* from a 2 MiB boundary, bytes */
    bool has_efi_header;      /* MZ and PE: an EFI stub is there, so the kernel knows EFI tables */
} KernelImage;

/*
 * Decode an Image, a gzip-compressed Image, or an EFI zboot file with gzip payload. Nothing larger
 * than @max_bytes is unpacked. *file (g_malloc'd) is taken, and NULL afterwards, when it is the
 * Image itself. On failure *img and *file are untouched and the text says what the file is instead,
 * without naming it.
 */
bool kernel_image_decode(KernelImage *img, uint8_t **file, size_t bytes, uint64_t max_bytes,
                         Error **errp) MUST_CHECK;
void kernel_image_clear(KernelImage *img);

/* -- Places ---- */

#define BOOT_DTB_ROOM_BYTES (UINT64_C(2) << 20)   /* the kernel maps no more */

typedef struct BootLayoutConfig {
    uint64_t ram_pa, ram_bytes;
    uint64_t kernel_bytes;    /* memory_bytes of the Image */
    uint64_t text_offset;
    uint64_t initrd_bytes;    /* 0: none */
} BootLayoutConfig;

typedef struct BootLayout {
    uint64_t kernel_pa, kernel_end_pa;
    uint64_t initrd_pa, initrd_end_pa;   /* both 0 without initrd */
    uint64_t dtb_pa;                     /* BOOT_DTB_ROOM_BYTES of room */
    uint64_t free_pa, free_end_pa;       /* what boot_reserve() gives out, from the end down */
} BootLayout;

/* Pure. False: too little RAM; the text says for what. */
bool boot_layout_build(BootLayout *layout, const BootLayoutConfig *cfg, Error **errp) MUST_CHECK;

/* -- Blobs: memory contents that every reset restores ---- */

typedef struct BootBlobs BootBlobs;

BootBlobs *boot_blobs_new(void);
void boot_blobs_free(BootBlobs *blobs);          /* NULL is fine */
/* Takes @data (g_malloc'd). A blob of that name is replaced. */
void boot_blobs_set(BootBlobs *blobs, const char *name, uint64_t pa, void *data, size_t bytes);
/* Write all of them. False if one is not wholly in RAM (the others are written). */
bool boot_blobs_copy(const BootBlobs *blobs, const PhysMem *mem);

/* -- All together ---- */

typedef struct BootConfig {
    const char *kernel_path;
    const char *initrd_path;  /* NULL: none */
    uint64_t ram_pa, ram_bytes;
} BootConfig;

typedef struct Boot {
    uint64_t entry_pa;        /* CPU 0 starts here, MMU off, x0 = layout.dtb_pa, x1..x3 = 0 */
    bool has_efi_header;
    BootLayout layout;
    BootBlobs *blobs;         /* "kernel" and "initrd"; the board adds "dtb" and tables */
} Boot;

/*
 * Read the files and place them. False: "could not load kernel 'FILE': ..." or "could not load
 * initrd 'FILE': ..."; *boot is untouched.
 */
bool boot_load(Boot *boot, const BootConfig *cfg, Error **errp) MUST_CHECK;
void boot_clear(Boot *boot);
/*
 * Set aside @bytes at the end of the free RAM below 4 GiB, aligned to @align (power of two). The
 * range is the caller's; @what names it in the error.
 */
bool boot_reserve(Boot *boot, const char *what, uint64_t bytes, uint64_t align, uint64_t *pa,
                  Error **errp) MUST_CHECK;

/* A whole file, bounded. Caller g_frees *data. */
bool boot_read_file(const char *path, uint64_t max_bytes, uint8_t **data, size_t *bytes,
                    Error **errp) MUST_CHECK;

#endif
