/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses to guest RAM at the host's address, each of them one instruction of the host: whole to
 * every other thread when the bytes lie within 16 aligned ones (host_is_atomic16() says whether
 * this host promises that). C's volatile and atomic types promise it for aligned objects only.
 */
#ifndef ACCEL_TCG_HOST_MEM_H
#define ACCEL_TCG_HOST_MEM_H

#include <stdbool.h>
#include <stdint.h>

#define HOST_BYTES(host, n) (*(uint8_t (*)[n])(host))

/* @size: 1, 2, 4, 8. */
static inline uint64_t host_ld(uint8_t *host, unsigned size)
{
    uint64_t v;

    switch (size) {
    case 1:  __asm__ volatile("movzbl %1, %k0" : "=r"(v) : "m"(HOST_BYTES(host, 1))); break;
    case 2:  __asm__ volatile("movzwl %1, %k0" : "=r"(v) : "m"(HOST_BYTES(host, 2))); break;
    case 4:  __asm__ volatile("movl %1, %k0" : "=r"(v) : "m"(HOST_BYTES(host, 4))); break;
    default: __asm__ volatile("movq %1, %0" : "=r"(v) : "m"(HOST_BYTES(host, 8))); break;
    }
    return v;
}

static inline void host_st(uint8_t *host, unsigned size, uint64_t v)
{
    switch (size) {
    case 1:  __asm__ volatile("movb %b1, %0" : "=m"(HOST_BYTES(host, 1)) : "q"(v)); break;
    case 2:  __asm__ volatile("movw %w1, %0" : "=m"(HOST_BYTES(host, 2)) : "r"(v)); break;
    case 4:  __asm__ volatile("movl %k1, %0" : "=m"(HOST_BYTES(host, 4)) : "r"(v)); break;
    default: __asm__ volatile("movq %1, %0" : "=m"(HOST_BYTES(host, 8)) : "r"(v)); break;
    }
}

/* 16 aligned bytes. */
typedef uint64_t HostPair __attribute__((vector_size(16)));

static inline void host_ld16(uint8_t *host, uint64_t val[2])
{
    HostPair v;

    __asm__ volatile("movaps %1, %0" : "=x"(v) : "m"(HOST_BYTES(host, 16)));
    val[0] = v[0];
    val[1] = v[1];
}

static inline void host_st16(uint8_t *host, const uint64_t val[2])
{
    HostPair v = { val[0], val[1] };

    __asm__ volatile("movaps %1, %0" : "=m"(HOST_BYTES(host, 16)) : "x"(v));
}

#define HOST_CMPXCHG(insn, n)                                                                      \
    __asm__ volatile("lock " insn ", %1" : "=@ccz"(done), "+m"(HOST_BYTES(host, n)), "+a"(was)     \
                     : "q"(now) : "memory")

/* Compare and swap of 1, 2, 4 or 8 bytes; *old is what to find, then what was found. */
static inline bool host_cas(uint8_t *host, unsigned size, uint64_t *old, uint64_t now)
{
    uint64_t was = *old;
    bool done;

    switch (size) {
    case 1:  HOST_CMPXCHG("cmpxchgb %b3", 1); break;
    case 2:  HOST_CMPXCHG("cmpxchgw %w3", 2); break;
    case 4:  HOST_CMPXCHG("cmpxchgl %k3", 4); break;
    default: HOST_CMPXCHG("cmpxchgq %3", 8); break;
    }
    *old = was;
    return done;
}

/* The same of 16 aligned bytes. */
static inline bool host_cas16(uint8_t *host, uint64_t old[2], const uint64_t now[2])
{
    bool done;

    __asm__ volatile("lock cmpxchg16b %1"
                     : "=@ccz"(done), "+m"(HOST_BYTES(host, 16)), "+a"(old[0]), "+d"(old[1])
                     : "b"(now[0]), "c"(now[1])
                     : "memory");
    return done;
}

#endif
