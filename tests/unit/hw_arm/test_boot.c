/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hw/arm/boot.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "util/bits.h"

#define RAM_PA 0x40000000

/* -- Layout ---- */

static void test_layout_good(void)
{
    static const struct { BootLayoutConfig cfg; BootLayout want; } rows[] = {
        /* What QEMU's users expect: 2 MiB, 128 MiB in, the tree behind it. */
        { { RAM_PA, 1 * GiB, 40 * MiB, 0, 30 * MiB + 5 },
          { 0x40200000, 0x42a00000, 0x48000000, 0x49e00005, 0x4a000000, 0x4a200000, 0x80000000 } },
        { { RAM_PA, 1 * GiB, 40 * MiB, 0, 0 },
          { 0x40200000, 0x42a00000, 0, 0, 0x48000000, 0x48200000, 0x80000000 } },
        { { RAM_PA, 1 * GiB, 1 * MiB, 0x80000, 4096 },
          { 0x40080000, 0x40180000, 0x48000000, 0x48001000, 0x48200000, 0x48400000, 0x80000000 } },
        /* Little RAM: half of it; a kernel that reaches over it moves the rest. */
        { { RAM_PA, 64 * MiB, 40 * MiB, 0, 1 * MiB },
          { 0x40200000, 0x42a00000, 0x42a00000, 0x42b00000, 0x42c00000, 0x42e00000, 0x44000000 } },
        { { RAM_PA, 64 * MiB, 10 * MiB, 0, 1 * MiB },
          { 0x40200000, 0x40c00000, 0x42000000, 0x42100000, 0x42200000, 0x42400000, 0x44000000 } },
        /* Tables stay below 4 GiB. */
        { { RAM_PA, 8 * GiB, 40 * MiB, 0, 0 },
          { 0x40200000, 0x42a00000, 0, 0, 0x48000000, 0x48200000, 0x100000000 } },
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        BootLayout l;
        Error *err = NULL;
        g_test_message("row %zu", i);
        g_assert_true(boot_layout_build(&l, &rows[i].cfg, &err));
        g_assert_cmphex(l.kernel_pa, ==, rows[i].want.kernel_pa);
        g_assert_cmphex(l.kernel_end_pa, ==, rows[i].want.kernel_end_pa);
        g_assert_cmphex(l.initrd_pa, ==, rows[i].want.initrd_pa);
        g_assert_cmphex(l.initrd_end_pa, ==, rows[i].want.initrd_end_pa);
        g_assert_cmphex(l.dtb_pa, ==, rows[i].want.dtb_pa);
        g_assert_cmphex(l.free_pa, ==, rows[i].want.free_pa);
        g_assert_cmphex(l.free_end_pa, ==, rows[i].want.free_end_pa);
    }
}

static void test_layout_errors(void)
{
    static const struct { BootLayoutConfig cfg; const char *want; } rows[] = {
        { { RAM_PA, 1 * MiB, 1 * MiB, 0, 0 }, "not enough RAM for the kernel: 3 MiB are needed" },
        { { RAM_PA, 32 * MiB, 40 * MiB, 0, 0 }, "42 MiB are needed, the machine has 32" },
        { { RAM_PA, 1 * GiB, UINT64_MAX, 0, 0 }, "not enough RAM for the kernel" },
        { { RAM_PA, 64 * MiB, 40 * MiB, 0, 30 * MiB }, "for kernel and initrd: 72 MiB" },
        { { RAM_PA, 64 * MiB, 1 * MiB, 0, UINT64_MAX }, "for kernel and initrd" },
        { { RAM_PA, 44 * MiB, 41 * MiB, 0, 0 }, "device tree" },
        { { RAM_PA, 100 * GiB, 1 * MiB, 0, 40 * GiB }, "32 GiB" },
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        BootLayout l = { .kernel_pa = 77 };
        Error *err = NULL;
        g_test_message("row %zu", i);
        g_assert_false(boot_layout_build(&l, &rows[i].cfg, &err));
        if (!strstr(error_text(err), rows[i].want)) {
            g_error("'%s' does not say '%s'", error_text(err), rows[i].want);
        }
        g_assert_cmphex(l.kernel_pa, ==, 77);
        error_free(err);
    }
}

/* Whatever the sizes: in RAM, in order, nothing overlaps, aligned as the kernel asks. */
static void test_layout_random(void)
{
    unsigned fits = 0;

    for (unsigned i = 0; i < 20000; i++) {
        BootLayoutConfig c = {
            RAM_PA, (uint64_t)g_test_rand_int_range(1, 4096) * MiB,
            g_test_rand_int_range(1, 512 << 20), g_test_rand_bit() ? 0x80000 : 0,
            g_test_rand_bit() ? g_test_rand_int_range(1, 512 << 20) : 0,
        };
        BootLayout l;
        if (!boot_layout_build(&l, &c, NULL)) {
            continue;
        }
        fits++;
        g_assert_cmphex(l.kernel_pa, >=, RAM_PA);
        g_assert_cmphex((l.kernel_pa - c.text_offset) % (2 * MiB), ==, 0);
        g_assert_cmphex(l.kernel_end_pa, ==, l.kernel_pa + c.kernel_bytes);
        g_assert_true(!c.initrd_bytes || l.initrd_pa >= l.kernel_end_pa);
        g_assert_cmphex(l.initrd_end_pa - l.initrd_pa, ==, c.initrd_bytes);
        g_assert_cmphex(l.dtb_pa, >=, MAX(l.initrd_end_pa, l.kernel_end_pa));
        g_assert_cmphex(l.dtb_pa % 8, ==, 0);
        g_assert_cmphex(l.free_pa, ==, l.dtb_pa + BOOT_DTB_ROOM_BYTES);
        g_assert_cmphex(l.free_end_pa, >=, l.free_pa);
        g_assert_cmphex(MAX(l.free_pa, l.free_end_pa), <=, RAM_PA + c.ram_bytes);
    }
    g_assert_cmpuint(fits, >, 1000);
}

static void test_reserve(void)
{
    Boot boot = { .layout = { .free_pa = 0x50000000, .free_end_pa = 0x50103000 } };
    Error *err = NULL;
    uint64_t pa = 0;

    g_assert_true(boot_reserve(&boot, "tables", 0x2001, 0x10000, &pa, &err));
    g_assert_cmphex(pa, ==, 0x50100000);
    g_assert_true(boot_reserve(&boot, "tables", 0x100000, 0x1000, &pa, &err));
    g_assert_cmphex(pa, ==, 0x50000000);
    g_assert_false(boot_reserve(&boot, "ACPI tables", 1, 1, &pa, &err));
    g_assert_nonnull(strstr(error_text(err), "not enough RAM for ACPI tables"));
    g_assert_cmphex(pa, ==, 0x50000000);
    error_free(err);
}

/* -- Blobs ---- */

static void test_blobs(void)
{
    BootBlobs *blobs = boot_blobs_new();
    PhysMem *mem = phys_mem_new();

    g_assert_true(phys_mem_add_ram(mem, "ram", RAM_PA, 0x10000, NULL));
    phys_mem_commit(mem);
    boot_blobs_set(blobs, "a", RAM_PA, g_strdup("old"), 4);
    boot_blobs_set(blobs, "b", RAM_PA + 0x100, g_strdup("bbb"), 4);
    boot_blobs_set(blobs, "a", RAM_PA + 0x10, g_strdup("new"), 4);
    g_assert_true(boot_blobs_copy(blobs, mem));
    g_assert_cmphex(*phys_mem_host(mem, RAM_PA, NULL), ==, 0);
    g_assert_cmpstr((char *)phys_mem_host(mem, RAM_PA + 0x10, NULL), ==, "new");
    /* The guest writes over it; a reset brings it back. */
    memset(phys_mem_host(mem, RAM_PA, NULL), 0xff, 0x1000);
    g_assert_true(boot_blobs_copy(blobs, mem));
    g_assert_cmpstr((char *)phys_mem_host(mem, RAM_PA + 0x100, NULL), ==, "bbb");
    boot_blobs_set(blobs, "a", 0, g_strdup("out"), 4);
    g_assert_false(boot_blobs_copy(blobs, mem));
    boot_blobs_free(blobs);
    phys_mem_free(mem);
}

/* -- Files ---- */

typedef struct Dir { char *path, *kernel, *initrd; } Dir;

static void set_up(Dir *d, gconstpointer data)
{
    uint8_t image[4096] = { 0 };

    d->path = g_dir_make_tmp("boot-XXXXXX", NULL);
    d->kernel = g_build_filename(d->path, "Image", NULL);
    d->initrd = g_build_filename(d->path, "initrd", NULL);
    stle64(image + 16, 0x10000);
    memcpy(image + 56, "ARM\x64", 4);
    g_assert_true(g_file_set_contents(d->kernel, (char *)image, sizeof(image), NULL));
    g_assert_true(g_file_set_contents(d->initrd, "ramdisk", 7, NULL));
}

static void tear_down(Dir *d, gconstpointer data)
{
    g_unlink(d->kernel);
    g_unlink(d->initrd);
    g_rmdir(d->path);
    g_free(d->path);
    g_free(d->kernel);
    g_free(d->initrd);
}

static void test_load(Dir *d, gconstpointer data)
{
    Boot boot;
    Error *err = NULL;
    PhysMem *mem = phys_mem_new();
    BootConfig cfg = { d->kernel, d->initrd, RAM_PA, 256 * MiB };

    g_assert_true(boot_load(&boot, &cfg, &err));
    g_assert_cmphex(boot.entry_pa, ==, 0x40200000);
    g_assert_false(boot.has_efi_header);
    g_assert_cmphex(boot.layout.kernel_end_pa, ==, 0x40210000);
    g_assert_true(phys_mem_add_ram(mem, "ram", RAM_PA, cfg.ram_bytes, NULL));
    phys_mem_commit(mem);
    g_assert_true(boot_blobs_copy(boot.blobs, mem));
    g_assert_cmpmem(phys_mem_host(mem, 0x40200038, NULL), 4, "ARM\x64", 4);
    g_assert_cmpmem(phys_mem_host(mem, boot.layout.initrd_pa, NULL), 7, "ramdisk", 7);
    g_assert_cmphex(boot.layout.initrd_end_pa, ==, boot.layout.initrd_pa + 7);
    boot_clear(&boot);
    g_assert_null(boot.blobs);
    phys_mem_free(mem);
}

static void check_error(const BootConfig *cfg, const char *fmt, const char *path)
{
    Boot boot = { .entry_pa = 77 };
    Error *err = NULL;
    g_autofree char *want = g_strdup_printf(fmt, path);

    g_assert_false(boot_load(&boot, cfg, &err));
    g_assert_cmpstr(error_text(err), ==, want);
    g_assert_cmphex(boot.entry_pa, ==, 77);
    error_free(err);
}

static void test_load_errors(Dir *d, gconstpointer data)
{
    g_autofree char *none = g_build_filename(d->path, "none", NULL);

    check_error(&(BootConfig){ none, NULL, RAM_PA, 256 * MiB },
                "could not load kernel '%s': No such file or directory", none);
    check_error(&(BootConfig){ d->path, NULL, RAM_PA, 256 * MiB },
                "could not load kernel '%s': Is a directory", d->path);
    check_error(&(BootConfig){ d->initrd, NULL, RAM_PA, 256 * MiB },
                "could not load kernel '%s': it is not an arm64 kernel Image", d->initrd);
    check_error(&(BootConfig){ d->kernel, none, RAM_PA, 256 * MiB },
                "could not load initrd '%s': No such file or directory", none);
    check_error(&(BootConfig){ d->kernel, d->initrd, RAM_PA, 2 * MiB },
                "could not load kernel '%s': not enough RAM for the kernel: 3 MiB are needed, "
                "the machine has 2", d->kernel);
    g_assert_true(g_file_set_contents(d->initrd, "", 0, NULL));
    check_error(&(BootConfig){ d->kernel, d->initrd, RAM_PA, 256 * MiB },
                "could not load initrd '%s': it is an empty file", d->initrd);
    /* A sparse file of 1 TiB is refused without reading it. */
    g_assert_cmpint(truncate(d->initrd, 1024 * GiB), ==, 0);
    check_error(&(BootConfig){ d->kernel, d->initrd, RAM_PA, 256 * MiB },
                "could not load initrd '%s': it is larger than the 256 MiB of RAM", d->initrd);
}

/* A file without a size: a pipe, as a shell's <(...) gives. */
static bool read_pipe(size_t bytes, uint64_t max_bytes, uint8_t **data, size_t *got)
{
    g_autofree char *chunk = g_malloc(bytes), *path = NULL;
    int fds[2];

    memset(chunk, 'x', bytes);
    g_assert_cmpint(pipe(fds), ==, 0);
    g_assert_cmpint(write(fds[1], chunk, bytes), ==, bytes);
    close(fds[1]);
    path = g_strdup_printf("/dev/fd/%d", fds[0]);
    bool ok = boot_read_file(path, max_bytes, data, got, NULL);
    close(fds[0]);
    return ok;
}

static void test_read_pipe(void)
{
    g_autofree uint8_t *data = NULL;
    size_t bytes;

    g_assert_true(read_pipe(3000, 3000, &data, &bytes));
    g_assert_cmpuint(bytes, ==, 3000);
    g_assert_cmpint(data[2999], ==, 'x');
    g_assert_false(read_pipe(3001, 3000, &data, &bytes));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/boot/layout-good", test_layout_good);
    g_test_add_func("/boot/layout-errors", test_layout_errors);
    g_test_add_func("/boot/layout-random", test_layout_random);
    g_test_add_func("/boot/reserve", test_reserve);
    g_test_add_func("/boot/blobs", test_blobs);
    g_test_add("/boot/load", Dir, NULL, set_up, test_load, tear_down);
    g_test_add("/boot/load-errors", Dir, NULL, set_up, test_load_errors, tear_down);
    g_test_add_func("/boot/read-pipe", test_read_pipe);
    return g_test_run();
}
