/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What gcc compiles in the guest: integers, vectors, floating point, memory, strings. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned sieve(unsigned n)
{
    unsigned char *composite = calloc(n + 1, 1);
    unsigned count = 0;

    for (unsigned i = 2; i <= n; i++) {
        if (composite[i]) {
            continue;
        }
        count++;
        for (unsigned long k = (unsigned long)i * i; k <= n; k += i) {
            composite[k] = 1;
        }
    }
    free(composite);
    return count;
}

static uint32_t matrix(void)
{
    static uint32_t a[64][64], b[64][64], c[64][64];
    uint32_t sum = 0;

    for (unsigned i = 0; i < 64; i++) {
        for (unsigned j = 0; j < 64; j++) {
            a[i][j] = i * 2654435761u + j;
            b[i][j] = j * 40503u ^ i;
        }
    }
    for (unsigned i = 0; i < 64; i++) {
        for (unsigned j = 0; j < 64; j++) {
            for (unsigned k = 0; k < 64; k++) {
                c[i][j] += a[i][k] * b[k][j];
            }
        }
    }
    for (unsigned i = 0; i < 64; i++) {
        for (unsigned j = 0; j < 64; j++) {
            sum = (sum << 1 | sum >> 31) ^ c[i][j];
        }
    }
    return sum;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static const char *sorting(void)
{
    enum { N = 20000 };
    double *d = malloc(N * sizeof(*d));
    uint64_t s = 88172645463325252u;

    for (unsigned i = 0; i < N; i++) {
        s ^= s << 13, s ^= s >> 7, s ^= s << 17;
        d[i] = (double)(int64_t)s / 3.0;
    }
    qsort(d, N, sizeof(*d), by_value);
    for (unsigned i = 1; i < N; i++) {
        if (!(d[i - 1] <= d[i])) {
            free(d);
            return "wrong";
        }
    }
    free(d);
    return "ok";
}

static uint32_t crc32_of(const char *s)
{
    uint32_t crc = ~0u;

    for (; *s; s++) {
        crc ^= (unsigned char)*s;
        for (unsigned k = 0; k < 8; k++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    return ~crc;
}

int main(void)
{
    char text[32];

    snprintf(text, sizeof(text), "%x", (unsigned)strtoul("0x1a2b", NULL, 0));
    printf("sieve %u matrix %08x sort %s text %s crc %08x double %a\n", sieve(100000), matrix(),
           sorting(), text, crc32_of("123456789"), 4 * atan(1.0));
    return 0;
}
