/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hw/arm/boot.h"

#include <glib.h>
#include <string.h>
#include <zlib.h>

#include "util/bits.h"

#define MAX_BYTES (16 * MiB)

/* -- Files made by hand ---- */

static GByteArray *zeros(size_t bytes)
{
    GByteArray *a = g_byte_array_sized_new(bytes);
    g_byte_array_set_size(a, bytes);
    if (bytes) {
        memset(a->data, 0, bytes);
    }
    return a;
}

static GByteArray *image(size_t bytes, uint64_t text_offset, uint64_t image_size, uint64_t flags)
{
    GByteArray *a = zeros(bytes);
    stle64(a->data + 8, text_offset);
    stle64(a->data + 16, image_size);
    stle64(a->data + 24, flags);
    memcpy(a->data + 56, "ARM\x64", 4);
    for (size_t i = 64; i < bytes; i++) {
        a->data[i] = i * 7 ^ i >> 8;
    }
    return a;
}

/* With an EFI header whose last section ends at @file_end. */
static GByteArray *efi_image(size_t bytes, uint32_t file_end)
{
    GByteArray *a = image(bytes, 0, 0x200000, 0xa);
    memcpy(a->data, "MZ", 2);
    stle32(a->data + 60, 64);
    memcpy(a->data + 64, "PE\0\0", 4);
    stle16(a->data + 64 + 6, 2);
    stle16(a->data + 64 + 20, 0xa0);
    uint8_t *section = a->data + 64 + 24 + 0xa0;
    stle32(section + 16, 0x1000);
    stle32(section + 20, 0x1000);
    stle32(section + 40 + 16, file_end - 0x2000);
    stle32(section + 40 + 20, 0x2000);
    return a;
}

static GByteArray *gzip(GByteArray *in)
{
    GByteArray *out = zeros(in->len + 1024);
    z_stream z = { .next_in = in->data, .avail_in = in->len, .next_out = out->data,
                   .avail_out = out->len };
    g_assert_cmpint(deflateInit2(&z, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
    g_assert_cmpint(deflate(&z, Z_FINISH), ==, Z_STREAM_END);
    g_byte_array_set_size(out, z.total_out);
    deflateEnd(&z);
    g_byte_array_unref(in);
    return out;
}

static GByteArray *zboot(GByteArray *payload, const char *how)
{
    GByteArray *out = zeros(0x400);
    memcpy(out->data, "MZ\0\0zimg", 8);
    stle32(out->data + 8, 0x400);
    stle32(out->data + 12, payload->len);
    strcpy((char *)out->data + 24, how);
    g_byte_array_append(out, payload->data, payload->len);
    g_byte_array_unref(payload);
    return out;
}

static GByteArray *cut(GByteArray *a, size_t bytes)
{
    g_byte_array_set_size(a, bytes);
    return a;
}

static GByteArray *with(GByteArray *a, size_t at, const char *magic, size_t n)
{
    memcpy(a->data + at, magic, n);
    return a;
}

/* -- Good ones ---- */

static void check_good(const char *name, GByteArray *file, size_t data_bytes,
                       uint64_t memory_bytes, uint64_t text_offset, bool efi)
{
    KernelImage img;
    Error *err = NULL;

    g_test_message("%s", name);
    bool packed = memcmp(file->data + 56, "ARM\x64", 4);
    g_autofree uint8_t *bytes = g_memdup2(file->data, file->len);
    uint8_t *given = bytes;
    if (!kernel_image_decode(&img, &bytes, file->len, MAX_BYTES, &err)) {
        g_error("%s: %s", name, error_text(err));
    }
    /* An Image is not copied. */
    g_assert_true(packed ? bytes == given && img.data != given : !bytes && img.data == given);
    g_assert_cmpuint(img.data_bytes, ==, data_bytes);
    g_assert_cmphex(img.memory_bytes, ==, memory_bytes);
    g_assert_cmphex(img.text_offset, ==, text_offset);
    g_assert_cmpint(img.has_efi_header, ==, efi);
    g_autoptr(GByteArray) want = efi ? efi_image(data_bytes, data_bytes)
                                     : image(data_bytes, 0, 0, 0);
    g_assert_cmpmem(img.data + 64, data_bytes - 64, want->data + 64, data_bytes - 64);
    kernel_image_clear(&img);
    g_assert_null(img.data);
    g_byte_array_unref(file);
}

static void test_image_good(void)
{
    check_good("plain", image(0x10000, 0, 0x30000, 0xa), 0x10000, 0x30000, 0, false);
    check_good("text offset", image(0x1000, 0x80000, 0x2000, 0), 0x1000, 0x2000, 0x80000, false);
    check_good("before 3.17", image(0x1000, 0, 0, 0), 0x1000, 0x1000, 0x80000, false);
    check_good("EFI", efi_image(0x8000, 0x8000), 0x8000, 0x200000, 0, true);
    check_good("gzip", gzip(efi_image(0x8000, 0x8000)), 0x8000, 0x200000, 0, true);
    check_good("gzip, several steps", gzip(image(9 * MiB, 0, 10 * MiB, 2)), 9 * MiB, 10 * MiB, 0,
               false);
    check_good("zboot", zboot(gzip(efi_image(0x8000, 0x8000)), "gzip"), 0x8000, 0x200000, 0, true);
    /* zboot payloads may have bytes behind the stream (a size word, padding). */
    GByteArray *padded = zboot(gzip(efi_image(0x8000, 0x8000)), "gzip");
    uint32_t payload = ldle32(padded->data + 12);
    g_byte_array_append(padded, (const guint8 *)"\0\x80\0\0", 4);
    stle32(padded->data + 12, payload + 4);
    check_good("zboot, padded", padded, 0x8000, 0x200000, 0, true);
}

/* -- Bad ones ---- */

static void check_bad(const char *want, GByteArray *file)
{
    KernelImage img = { .text_offset = 77 };
    Error *err = NULL;

    g_test_message("%s", want);
    g_autofree uint8_t *bytes = g_memdup2(file->data, file->len);
    uint8_t *given = bytes;
    g_assert_false(kernel_image_decode(&img, &bytes, file->len, MAX_BYTES, &err));
    g_assert_true(bytes == given);
    if (!strstr(error_text(err), want)) {
        g_error("'%s' does not say '%s'", error_text(err), want);
    }
    g_assert_cmphex(img.text_offset, ==, 77);
    g_assert_null(img.data);
    error_free(err);
    g_byte_array_unref(file);
}

static void test_image_bad(void)
{
    check_bad("empty file", zeros(0));
    check_bad("not an arm64 kernel Image", zeros(10));
    check_bad("not an arm64 kernel Image", zeros(4096));
    check_bad("too short (60 bytes)", cut(image(64, 0, 4096, 0), 60));
    check_bad("big-endian", image(4096, 0, 4096, 1));
    check_bad("text_offset is 0x200000", image(4096, 0x200000, 4096, 0));
    check_bad("text_offset is 0x801", image(4096, 0x801, 4096, 0));
    check_bad("text_offset is 0xff", image(4096, 0xff00000000000000, 4096, 0));
    check_bad("truncated Image: 32768 bytes where its header says 65536",
              efi_image(0x8000, 0x10000));
    check_bad("truncated Image", efi_image(0x8000, 0xffffffff));
    check_bad("truncated Image", gzip(efi_image(0x8000, 0x10000)));
    check_bad("what was compressed is not an arm64", gzip(zeros(4096)));
    check_bad("what was compressed is an ELF", gzip(with(zeros(4096), 0, "\x7f" "ELF", 4)));
    check_bad("ends too early", cut(gzip(image(0x10000, 0, 0x10000, 0)), 200));
    check_bad("ends too early", cut(gzip(image(0x10000, 0, 0x10000, 0)), 3));
    check_bad("corrupt", with(gzip(image(0x10000, 0, 0x10000, 0)), 100, "\xff\xff\xff\xff\xff\xff",
                              6));
    check_bad("more than the 16 MiB", gzip(zeros(40 * MiB)));
    check_bad("compressed with 'zstd22'", zboot(zeros(64), "zstd22"));
    check_bad("truncated EFI zboot", cut(zboot(zeros(0), "gzip"), 40));
    check_bad("truncated EFI zboot file: ",
              cut(zboot(gzip(image(0x8000, 0, 1, 0)), "gzip"), 0x500));
    check_bad("EFI zboot file: what was compressed is", zboot(gzip(zeros(4096)), "gzip"));
}

static void test_image_other_kinds(void)
{
    static const struct { size_t at, n; const char *magic, *want; } rows[] = {
        { 0, 4, "\x7f" "ELF", "ELF" }, { 0x202, 4, "HdrS", "x86" },
        { 0x24, 4, "\x18\x28\x6f\x01", "32-bit Arm" }, { 0x30, 5, "RISCV", "RISC-V" },
        { 0, 4, "\x27\x05\x19\x56", "uImage" }, { 0, 4, "\xd0\x0d\xfe\xed", "device tree" },
        { 0, 4, "\x28\xb5\x2f\xfd", "zstd" }, { 0, 6, "\xfd" "7zXZ\0", "xz" },
        { 0, 4, "\x02\x21\x4c\x18", "lz4" }, { 0, 3, "BZh", "bzip2" },
        { 0, 2, "MZ", "EFI program" },
        { 0, 6, "070701", "cpio" },
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        check_bad(rows[i].want, with(zeros(4096), rows[i].at, rows[i].magic, rows[i].n));
    }
}

/* Any cut and any flipped byte of a good file ends in a result or a sentence. */
static void test_image_fuzz(void)
{
    GByteArray *good[] = { efi_image(0x4000, 0x4000), gzip(efi_image(0x4000, 0x4000)),
                           zboot(gzip(efi_image(0x4000, 0x4000)), "gzip") };

    for (size_t g = 0; g < ARRAY_SIZE(good); g++) {
        for (unsigned i = 0; i < 4000; i++) {
            size_t bytes = g_test_rand_int_range(0, good[g]->len + 1);
            g_autofree uint8_t *copy = g_memdup2(good[g]->data, good[g]->len);
            if (i % 2) {
                bytes = good[g]->len;
                copy[g_test_rand_int_range(0, i % 4 == 1 ? 0x200 : bytes)] ^=
                    g_test_rand_int_range(1, 256);
            }
            g_autofree uint8_t *exact = g_memdup2(copy, bytes);
            KernelImage img;
            Error *err = NULL;
            if (kernel_image_decode(&img, &exact, bytes, MAX_BYTES, &err)) {
                g_assert_cmpuint(img.memory_bytes, >=, img.data_bytes);
                g_assert_cmpuint(img.text_offset, <, 2 * MiB);
                kernel_image_clear(&img);
            } else {
                g_assert_nonnull(err);
            }
            error_free(err);
        }
        g_byte_array_unref(good[g]);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/boot-image/good", test_image_good);
    g_test_add_func("/boot-image/bad", test_image_bad);
    g_test_add_func("/boot-image/other-kinds", test_image_other_kinds);
    g_test_add_func("/boot-image/fuzz", test_image_fuzz);
    return g_test_run();
}
