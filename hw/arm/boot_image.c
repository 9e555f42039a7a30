/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding of kernel files: arm64 Image, gzip, EFI zboot; clear words about everything else. */
#include "hw/arm/boot.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>
#include <zlib.h>

#include "util/bits.h"

/* The 64-byte header of an arm64 Image (booting.rst) */
#define IMAGE_HEADER_BYTES   64
#define IMAGE_TEXT_OFFSET    8
#define IMAGE_SIZE           16
#define IMAGE_FLAGS          24
#define IMAGE_MAGIC          56
#define IMAGE_PE_OFFSET      60
#define IMAGE_FLAG_BE        BIT(0)
#define OLD_TEXT_OFFSET      0x80000        /* meant when image_size is 0 (before 3.17) */

/* EFI zboot: drivers/firmware/efi/libstub/zboot-header.S */
#define ZBOOT_MAGIC          4              /* "zimg" */
#define ZBOOT_PAYLOAD_OFFSET 8
#define ZBOOT_PAYLOAD_BYTES  12
#define ZBOOT_COMPRESSION    24             /* NUL-terminated name */
#define ZBOOT_COMPRESSION_MAX 32

/* PE/COFF */
#define PE_SECTIONS          6              /* u16, from the PE signature */
#define PE_OPTIONAL_BYTES    20             /* u16 */
#define PE_HEADER_BYTES      24
#define PE_SECTION_BYTES     40
#define PE_SECTION_RAW_BYTES 16
#define PE_SECTION_RAW_OFF   20
#define PE_PADDING_BYTES     4096           /* of the last section; some kernels' files lack it */

/* -- Unpacking ---- */

#define STEP_BYTES (4 * MiB)

static const char *inflate_trouble(int rc)
{
    switch (rc) {
    case Z_BUF_ERROR:
    case Z_OK:
        return "the compressed data ends too early (is the file truncated?)";
    case Z_MEM_ERROR:
        return "not enough memory on the host";
    default:
        return "the compressed data is corrupt";
    }
}

/* gunzip into a growing buffer that never exceeds @max_bytes. */
static uint8_t *gunzip(const uint8_t *in, size_t in_bytes, uint64_t max_bytes, size_t *out_bytes,
                       Error **errp)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    z_stream z = { .next_in = (Bytef *)in, .avail_in = MIN(in_bytes, UINT32_MAX) };
    int rc = inflateInit2(&z, 16 + MAX_WBITS);    /* gzip wrapper only */

    while (rc == Z_OK) {
        guint at = out->len;
        uint64_t room = MIN(MIN(STEP_BYTES, max_bytes - at), G_MAXUINT - at);
        if (!room) {
            inflateEnd(&z);
            error_set(errp, "it unpacks to more than the %" PRIu64 " MiB of RAM",
                      max_bytes / MiB);
            return NULL;
        }
        g_byte_array_set_size(out, at + room);
        z.next_out = out->data + at;
        z.avail_out = room;
        rc = inflate(&z, Z_NO_FLUSH);
        g_byte_array_set_size(out, at + room - z.avail_out);
        if (rc == Z_OK && z.avail_out) {
            rc = Z_BUF_ERROR;                     /* input is used up, and the end was not seen */
        }
    }
    inflateEnd(&z);
    if (rc != Z_STREAM_END) {
        error_set(errp, "%s", inflate_trouble(rc));
        return NULL;
    }
    *out_bytes = out->len;
    return g_byte_array_free(g_steal_pointer(&out), FALSE);
}

/* -- What a file is ---- */

static bool has_bytes(const uint8_t *p, size_t bytes, size_t at, const char *want, size_t n)
{
    return at + n <= bytes && !memcmp(p + at, want, n);
}
#define HAS(p, bytes, at, literal) has_bytes(p, bytes, at, literal, sizeof(literal) - 1)

static bool is_image(const uint8_t *p, size_t bytes)
{
    return HAS(p, bytes, IMAGE_MAGIC, "ARM\x64");
}

static bool is_gzip(const uint8_t *p, size_t bytes) { return HAS(p, bytes, 0, "\x1f\x8b\x08"); }
static bool is_zboot(const uint8_t *p, size_t bytes)
{
    return HAS(p, bytes, 0, "MZ") && HAS(p, bytes, ZBOOT_MAGIC, "zimg");
}

/* A person named the wrong file: say which kind it is. */
static const char *other_kind(const uint8_t *p, size_t bytes)
{
    static const struct { size_t at, n; const char *magic, *text; } kinds[] = {
        { 0, 4, "\x7f" "ELF", "an ELF file (vmlinux?); the Image made from it is needed" },
        { 0x202, 4, "HdrS", "an x86 kernel (bzImage)" },
        { 0x24, 4, "\x18\x28\x6f\x01", "a 32-bit Arm kernel (zImage)" },
        { 0x30, 4, "RISCV", "a RISC-V kernel" },
        { 0, 4, "\x27\x05\x19\x56", "a U-Boot uImage; the Image inside it is needed" },
        { 0, 4, "\xd0\x0d\xfe\xed", "a device tree or a FIT image" },
        { 0, 4, "\x28\xb5\x2f\xfd", "compressed with zstd; unpack it first" },
        { 0, 6, "\xfd" "7zXZ\0", "compressed with xz; unpack it first" },
        { 0, 4, "\x02\x21\x4c\x18", "compressed with lz4; unpack it first" },
        { 0, 4, "\x04\x22\x4d\x18", "compressed with lz4; unpack it first" },
        { 0, 3, "BZh", "compressed with bzip2; unpack it first" },
        { 0, 2, "MZ", "an EFI program, but not an arm64 kernel" },
        { 0, 6, "070701", "a cpio archive (an initrd?)" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (has_bytes(p, bytes, kinds[i].at, kinds[i].magic, kinds[i].n)) {
            return kinds[i].text;
        }
    }
    return "not an arm64 kernel Image";
}

/* -- The header ---- */

/*
 * The end of the last section in the file, by the PE header; 0 when there is none. It is what
 * tells a truncated Image, whose own header speaks of memory only.
 */
static uint64_t pe_file_end(const uint8_t *p, size_t bytes)
{
    uint64_t pe = ldle32(p + IMAGE_PE_OFFSET), end = 0;

    if (!HAS(p, bytes, 0, "MZ") || pe > bytes || bytes - pe < PE_HEADER_BYTES ||
        !HAS(p, bytes, pe, "PE\0\0")) {
        return 0;
    }
    unsigned n = ldle16(p + pe + PE_SECTIONS);
    uint64_t at = pe + PE_HEADER_BYTES + ldle16(p + pe + PE_OPTIONAL_BYTES);
    for (unsigned i = 0; i < n && at + PE_SECTION_BYTES <= bytes; i++, at += PE_SECTION_BYTES) {
        uint64_t raw_end = (uint64_t)ldle32(p + at + PE_SECTION_RAW_OFF) +
                           ldle32(p + at + PE_SECTION_RAW_BYTES);
        end = MAX(end, raw_end);
    }
    return end;
}

/* Takes @data on success. */
static bool take_image(KernelImage *img, uint8_t *data, size_t bytes, Error **errp)
{
    if (bytes < IMAGE_HEADER_BYTES) {
        return error_set(errp, "it is too short (%zu bytes) to be a kernel Image", bytes);
    }
    uint64_t image_size = ldle64(data + IMAGE_SIZE);
    uint64_t text_offset = ldle64(data + IMAGE_TEXT_OFFSET);
    uint64_t file_end = pe_file_end(data, bytes);

    if (ldle64(data + IMAGE_FLAGS) & IMAGE_FLAG_BE) {
        return error_set(errp, "it is a big-endian kernel; only little-endian ones are supported");
    }
    if (!image_size) {
        text_offset = OLD_TEXT_OFFSET;
    }
    if (text_offset >= 2 * MiB || text_offset % 4096) {
        return error_set(errp, "corrupt Image: text_offset is 0x%" PRIx64, text_offset);
    }
    if (file_end > bytes && file_end - bytes > PE_PADDING_BYTES) {
        return error_set(errp, "truncated Image: %zu bytes where its header says %" PRIu64, bytes,
                         file_end);
    }
    *img = (KernelImage){
        .data = data,
        .data_bytes = bytes,
        .memory_bytes = MAX(image_size, bytes),
        .text_offset = text_offset,
        .has_efi_header = file_end != 0,
    };
    return true;
}

static bool decode_gzip(KernelImage *img, const uint8_t *in, size_t bytes, uint64_t max_bytes,
                        Error **errp)
{
    size_t out_bytes;
    uint8_t *out = gunzip(in, bytes, max_bytes, &out_bytes, errp);

    if (!out) {
        return false;
    }
    if (!is_image(out, out_bytes)) {
        error_set(errp, "what was compressed is %s", other_kind(out, out_bytes));
    } else if (take_image(img, out, out_bytes, errp)) {
        return true;
    }
    g_free(out);
    return false;
}

static bool decode_zboot(KernelImage *img, const uint8_t *file, size_t bytes, uint64_t max_bytes,
                         Error **errp)
{
    if (bytes < ZBOOT_COMPRESSION + ZBOOT_COMPRESSION_MAX) {
        return error_set(errp, "it is a truncated EFI zboot file");
    }
    uint64_t offset = ldle32(file + ZBOOT_PAYLOAD_OFFSET);
    uint64_t payload = ldle32(file + ZBOOT_PAYLOAD_BYTES);
    g_autofree char *how = g_strndup((const char *)file + ZBOOT_COMPRESSION,
                                     ZBOOT_COMPRESSION_MAX);

    if (strcmp(how, "gzip")) {
        g_autofree char *shown = g_strescape(how, NULL);
        return error_set(errp, "it is an EFI zboot file compressed with '%s'; only gzip is "
                         "supported, unpack it first", shown);
    }
    if (offset > bytes || payload > bytes - offset) {
        return error_set(errp, "truncated EFI zboot file: %zu bytes where its header says %" PRIu64,
                         bytes, offset + payload);
    }
    if (!decode_gzip(img, file + offset, payload, max_bytes, errp)) {
        return error_prepend(errp, "EFI zboot file: ");
    }
    return true;
}

bool kernel_image_decode(KernelImage *img, uint8_t **file, size_t bytes, uint64_t max_bytes,
                         Error **errp)
{
    uint8_t *p = *file;

    if (is_gzip(p, bytes)) {
        return decode_gzip(img, p, bytes, max_bytes, errp);
    }
    if (is_zboot(p, bytes)) {
        return decode_zboot(img, p, bytes, max_bytes, errp);
    }
    if (!is_image(p, bytes)) {
        return error_set(errp, "it is %s", bytes ? other_kind(p, bytes) : "an empty file");
    }
    if (!take_image(img, p, bytes, errp)) {
        return false;
    }
    *file = NULL;
    return true;
}

void kernel_image_clear(KernelImage *img)
{
    g_free(img->data);
    *img = (KernelImage){ 0 };
}
