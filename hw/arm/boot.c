/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places in RAM for a direct boot, and the contents that a reset restores. */
#include "hw/arm/boot.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/bits.h"

#define KERNEL_ALIGN        (2 * MiB)
#define LOW_OFFSET_MAX      4096            /* text_offset below it: leave 2 MiB free under it */
#define INITRD_OFFSET       (128 * MiB)     /* from RAM's start; half of RAM when that is less */
#define INITRD_WINDOW       (32 * GiB)      /* kernel and initrd within it (booting.rst) */
#define RESERVE_BELOW_PA    (4 * GiB)

/* -- Places ---- */

static bool too_little(Error **errp, const char *what, uint64_t need_bytes, uint64_t ram_bytes)
{
    return error_set(errp, "not enough RAM for %s: %" PRIu64 " MiB are needed, the machine has %"
                     PRIu64, what, align_up(need_bytes, MiB) / MiB, ram_bytes / MiB);
}

/*
 * Kernel at RAM's start + 2 MiB (or at its text_offset if it has a real one), initrd 128 MiB in,
 * device tree behind the initrd: where scripts and people expect them.
 */
bool boot_layout_build(BootLayout *layout, const BootLayoutConfig *cfg, Error **errp)
{
    BootLayout l = { 0 };
    uint64_t end_pa = cfg->ram_pa + cfg->ram_bytes;
    uint64_t base_pa = align_up(cfg->ram_pa, KERNEL_ALIGN);

    l.kernel_pa = base_pa + cfg->text_offset +
                  (cfg->text_offset < LOW_OFFSET_MAX ? KERNEL_ALIGN : 0);
    if (cfg->kernel_bytes > BIT(48) || l.kernel_pa + cfg->kernel_bytes > end_pa) {
        return too_little(errp, "the kernel",
                          MIN(cfg->kernel_bytes, BIT(48)) + (l.kernel_pa - cfg->ram_pa),
                          cfg->ram_bytes);
    }
    l.kernel_end_pa = l.kernel_pa + cfg->kernel_bytes;

    uint64_t next_pa = MAX(cfg->ram_pa + MIN(cfg->ram_bytes / 2, INITRD_OFFSET), l.kernel_end_pa);
    next_pa = align_up(next_pa, 64 * KiB);      /* a page of any size */
    if (cfg->initrd_bytes) {
        if (cfg->initrd_bytes > BIT(48) || next_pa + cfg->initrd_bytes > end_pa) {
            return too_little(errp, "kernel and initrd",
                              MIN(cfg->initrd_bytes, BIT(48)) + (next_pa - cfg->ram_pa),
                              cfg->ram_bytes);
        }
        if (next_pa + cfg->initrd_bytes - align_down(l.kernel_pa, GiB) > INITRD_WINDOW) {
            return error_set(errp, "the initrd (%" PRIu64 " MiB) does not fit into the 32 GiB "
                             "that a kernel allows for itself and its initrd",
                             cfg->initrd_bytes / MiB);
        }
        l.initrd_pa = next_pa;
        l.initrd_end_pa = next_pa + cfg->initrd_bytes;
        next_pa = l.initrd_end_pa;
    }
    l.dtb_pa = align_up(next_pa, 2 * MiB);      /* so it is mapped whole, whatever its size */
    if (l.dtb_pa + BOOT_DTB_ROOM_BYTES > end_pa) {
        return too_little(errp, "kernel, initrd and device tree",
                          l.dtb_pa + BOOT_DTB_ROOM_BYTES - cfg->ram_pa, cfg->ram_bytes);
    }
    l.free_pa = l.dtb_pa + BOOT_DTB_ROOM_BYTES;
    l.free_end_pa = MAX(MIN(end_pa, RESERVE_BELOW_PA), l.free_pa);
    *layout = l;
    return true;
}

bool boot_reserve(Boot *boot, const char *what, uint64_t bytes, uint64_t align, uint64_t *pa,
                  Error **errp)
{
    BootLayout *l = &boot->layout;

    assert(is_pow2(align));
    if (bytes > l->free_end_pa - l->free_pa ||
        align_down(l->free_end_pa - bytes, align) < l->free_pa) {
        return error_set(errp, "not enough RAM for %s: %" PRIu64 " KiB are needed above the device "
                         "tree, %" PRIu64 " are free", what, bytes / KiB,
                         (l->free_end_pa - l->free_pa) / KiB);
    }
    l->free_end_pa = align_down(l->free_end_pa - bytes, align);
    *pa = l->free_end_pa;
    return true;
}

/* -- Blobs ---- */

typedef struct Blob {
    char *name;
    uint64_t pa;
    uint8_t *data;
    size_t bytes;
} Blob;

struct BootBlobs {
    GPtrArray *list;          /* Blob *, owned */
};

static void blob_free(void *data)
{
    Blob *b = data;

    g_free(b->name);
    g_free(b->data);
    g_free(b);
}

BootBlobs *boot_blobs_new(void)
{
    BootBlobs *blobs = g_new0(BootBlobs, 1);

    blobs->list = g_ptr_array_new_with_free_func(blob_free);
    return blobs;
}

void boot_blobs_free(BootBlobs *blobs)
{
    if (blobs) {
        g_ptr_array_free(blobs->list, TRUE);
        g_free(blobs);
    }
}

void boot_blobs_set(BootBlobs *blobs, const char *name, uint64_t pa, void *data, size_t bytes)
{
    Blob *b = NULL;

    for (unsigned i = 0; i < blobs->list->len && !b; i++) {
        Blob *there = g_ptr_array_index(blobs->list, i);
        b = strcmp(there->name, name) ? NULL : there;
    }
    if (!b) {
        b = g_new0(Blob, 1);
        b->name = g_strdup(name);
        g_ptr_array_add(blobs->list, b);
    }
    g_free(b->data);
    b->pa = pa;
    b->data = data;
    b->bytes = bytes;
}

bool boot_blobs_copy(const BootBlobs *blobs, const PhysMem *mem)
{
    bool ok = true;

    for (unsigned i = 0; i < blobs->list->len; i++) {
        const Blob *b = g_ptr_array_index(blobs->list, i);
        ok &= phys_mem_copy_in(mem, b->pa, b->data, b->bytes);
    }
    return ok;
}

/* -- Files ---- */

#define STEP_BYTES (1 * MiB)

/* Memory for @bytes; in large pages if it is much, which costs a fraction of the page faults. */
static uint8_t *buffer_new(size_t bytes)
{
    if (bytes < 8 * MiB) {
        return g_malloc(bytes);
    }
    void *p = aligned_alloc(2 * MiB, align_up(bytes, 2 * MiB));

    if (!p) {
        return g_malloc(bytes);
    }
    madvise(p, align_up(bytes, 2 * MiB), MADV_HUGEPAGE);
    return p;
}

/* To the end of the file, whose size fstat may not know (a pipe). */
static bool read_all(int fd, size_t guess, uint64_t max_bytes, uint8_t **data, size_t *bytes,
                     Error **errp)
{
    size_t room = guess + 1, have = 0;     /* one more: the read that sees the end has a place */
    uint8_t *buf = buffer_new(room);

    for (;;) {
        ssize_t n = read(fd, buf + have, room - have);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            int why = errno;
            g_free(buf);
            return error_set(errp, "%s", g_strerror(why));
        }
        if (n == 0) {
            break;
        }
        have += n;
        if (have > max_bytes) {
            g_free(buf);
            return error_set(errp, "it is larger than the %" PRIu64 " MiB of RAM",
                             max_bytes / MiB);
        }
        if (have == room) {
            room += MAX(room, STEP_BYTES);
            buf = g_realloc(buf, room);
        }
    }
    *data = buf;
    *bytes = have;
    return true;
}

bool boot_read_file(const char *path, uint64_t max_bytes, uint8_t **data, size_t *bytes,
                    Error **errp)
{
    struct stat st = { 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        return error_set(errp, "%s", g_strerror(errno));
    }
    bool ok;
    uint64_t known = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    if (known > max_bytes) {
        ok = error_set(errp, "it is larger than the %" PRIu64 " MiB of RAM", max_bytes / MiB);
    } else {
        ok = read_all(fd, known, max_bytes, data, bytes, errp);
    }
    close(fd);
    return ok;
}

/* -- All together ---- */

static bool load_kernel(KernelImage *img, const BootConfig *cfg, Error **errp)
{
    g_autofree uint8_t *file = NULL;
    size_t bytes;

    if (!boot_read_file(cfg->kernel_path, cfg->ram_bytes, &file, &bytes, errp) ||
        !kernel_image_decode(img, &file, bytes, cfg->ram_bytes, errp)) {
        return error_prepend(errp, "could not load kernel '%s': ", cfg->kernel_path);
    }
    return true;
}

static bool load_initrd(const BootConfig *cfg, uint8_t **data, size_t *bytes, Error **errp)
{
    if (!cfg->initrd_path) {
        return true;
    }
    if (!boot_read_file(cfg->initrd_path, cfg->ram_bytes, data, bytes, errp)) {
        return error_prepend(errp, "could not load initrd '%s': ", cfg->initrd_path);
    }
    if (!*bytes) {
        return error_set(errp, "could not load initrd '%s': it is an empty file",
                         cfg->initrd_path);
    }
    return true;
}

bool boot_load(Boot *boot, const BootConfig *cfg, Error **errp)
{
    KernelImage img = { 0 };
    g_autofree uint8_t *initrd = NULL;
    size_t initrd_bytes = 0;
    BootLayout layout;

    if (!load_kernel(&img, cfg, errp)) {
        return false;
    }
    BootLayoutConfig lc = { cfg->ram_pa, cfg->ram_bytes, img.memory_bytes, img.text_offset };
    bool ok = load_initrd(cfg, &initrd, &initrd_bytes, errp);
    lc.initrd_bytes = initrd_bytes;
    if (ok && !boot_layout_build(&layout, &lc, errp)) {
        ok = error_prepend(errp, "could not load kernel '%s': ", cfg->kernel_path);
    }
    if (!ok) {
        kernel_image_clear(&img);
        return false;
    }
    *boot = (Boot){ .entry_pa = layout.kernel_pa, .has_efi_header = img.has_efi_header,
                    .layout = layout, .blobs = boot_blobs_new() };
    boot_blobs_set(boot->blobs, "kernel", layout.kernel_pa, img.data, img.data_bytes);
    if (initrd) {
        boot_blobs_set(boot->blobs, "initrd", layout.initrd_pa, g_steal_pointer(&initrd),
                       initrd_bytes);
    }
    return true;
}

void boot_clear(Boot *boot)
{
    boot_blobs_free(boot->blobs);
    *boot = (Boot){ 0 };
}
