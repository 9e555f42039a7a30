# SPDX-License-Identifier: GPL-2.0-or-later
# OpenSSL: known answers, every cipher and digest by the CPU's instructions against the portable
# code (OPENSSL_armcap=0), signatures made by one and verified by the other.
# usage: openssl.sh [quick]
quick=$1
. /software/lib.sh
mkdir -p /tmp/o && cd /tmp/o || exit 1
plain() { OPENSSL_armcap=0 openssl "$@"; }
legacy="-provider default -provider legacy"

# -- Known answers (FIPS 180-4, FIPS 202, RFC 1321, FIPS 197, SP 800-38A) --
hash_of() { printf "$2" | openssl dgst -r -"$1" | cut -d' ' -f1; }
same sha1 "$(hash_of sha1 abc)" a9993e364706816aba3e25717850c26c9cd0d89d
same sha224 "$(hash_of sha224 abc)" 23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7
same sha256 "$(hash_of sha256 abc)" ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
same sha384 "$(hash_of sha384 abc)" cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7
same sha512 "$(hash_of sha512 abc)" ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f
same sha3-256 "$(hash_of sha3-256 abc)" 3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532
same sm3 "$(hash_of sm3 abc)" 66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0
same md5 "$(hash_of md5 abc)" 900150983cd24fb0d6963f7d28e17f72
block() {
    printf '\153\301\276\342\056\100\237\226\351\075\176\021\163\223\027\052' |
        openssl enc -"$1" -K "$2" $3 -nopad 2> /dev/null | od -An -v -tx1 | tr -d ' \n'
}
same aes-128-ecb "$(block aes-128-ecb 2b7e151628aed2a6abf7158809cf4f3c)" 3ad77bb40d7a3660a89ecaf32466ef97
same aes-192-ecb "$(block aes-192-ecb 8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b)" bd334f1d6e45f25ff712a214571fa5cc
same aes-256-ecb "$(block aes-256-ecb 603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4)" f3eed1bdb5d2a03c064b5a7e3db181f8
same aes-128-cbc "$(block aes-128-cbc 2b7e151628aed2a6abf7158809cf4f3c '-iv 000102030405060708090a0b0c0d0e0f')" 7649abac8119b246cee98e9b12e9197d

# -- The same by both kinds of code --
openssl enc -aes-128-ctr -K 0123456789abcdef0123456789abcdef -iv 0f1e2d3c4b5a69788796a5b4c3d2e1f0 \
    -in /dev/zero 2> /dev/null | dd of=data bs=1009 count=67 iflag=fullblock 2> /dev/null
same 'size of the data' "$(wc -c < data)" 67603
digests=$(openssl list -digest-algorithms -1 2> /dev/null | grep -v '=>' | sed 's/^ *//; s/ .*//' |
          grep -iE '^(sha|sm3|md5|blake|rmd|ripemd|keccak)')
[ -n "$digests" ] || digests='sha1 sha224 sha256 sha384 sha512 sha512-256 sha3-224 sha3-256 sha3-384
    sha3-512 shake128 shake256 blake2b512 blake2s256 md5 sm3 ripemd160'
[ "$quick" ] && digests='sha1 sha256 sha512 sha3-256 sm3'
for d in $digests; do
    case $d in shake*|SHAKE*|KECCAK-KMAC*) xof='-xoflen 64' ;; *) xof= ;; esac
    want=$(plain dgst -r $xof -"$d" data 2> /dev/null) || continue
    same "digest $d" "$(openssl dgst -r $xof -"$d" data 2>&1)" "$want"
done
key=00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210
iv=f0e0d0c0b0a090807060504030201000
ciphers=$(openssl enc $legacy -list | tr ' ' '\n' | sed -n 's/^-//p')
[ "$quick" ] && ciphers='aes-128-cbc aes-256-ctr chacha20 sm4-cbc camellia-128-cbc'
for c in $ciphers; do
    case $c in *-wrap*|*wrap|*siv*) continue ;; esac
    plain enc $legacy -"$c" -K $key$key -iv $iv -in data -out plain.enc 2> /dev/null ||
        plain enc $legacy -"$c" -K $key -iv $iv -in data -out plain.enc 2> /dev/null || continue
    k=$key
    plain enc $legacy -"$c" -K $key -iv $iv -in data -out k.enc 2> /dev/null || k=$key$key
    openssl enc $legacy -"$c" -K $k -iv $iv -in data -out fast.enc 2> /dev/null
    plain enc $legacy -"$c" -K $k -iv $iv -in data -out plain.enc 2> /dev/null
    good "cipher $c, both codes" cmp plain.enc fast.enc
    openssl enc $legacy -d -"$c" -K $k -iv $iv -in plain.enc -out back 2> /dev/null
    good "cipher $c, back" cmp data back
done
for mac in 'HMAC -macopt digest:SHA256' 'CMAC -macopt cipher:AES-128-CBC' 'POLY1305' \
           'GMAC -macopt cipher:AES-128-GCM -macopt hexiv:00112233445566778899aabb' 'KMAC128' \
           'SIPHASH'; do
    set -- $mac
    name=$1
    shift
    case $name in
    POLY1305) k=$key ;;
    *) k=00112233445566778899aabbccddeeff ;;
    esac
    same "mac $name" "$(openssl mac "$@" -macopt hexkey:$k -in data $name 2>&1)" \
        "$(plain mac "$@" -macopt hexkey:$k -in data $name 2>&1)"
done

# -- Keys and signatures --
kinds='EC:P-256 EC:P-384 EC:P-521 EC:secp256k1 ED25519 ED448 ML-DSA-44 RSA:2048'
[ "$quick" ] && kinds='EC:P-256 ED25519'
for kind in $kinds; do
    alg=${kind%%:*}
    par=${kind#*:}
    opt=
    [ "$alg" = EC ] && opt="-pkeyopt ec_paramgen_curve:$par"
    [ "$alg" = RSA ] && opt="-pkeyopt rsa_keygen_bits:$par"
    openssl genpkey -algorithm $alg $opt -out key.pem 2> /dev/null || {
        case $alg in ML-*) continue ;; *) good "genpkey $kind" false; continue ;; esac; }
    openssl pkey -in key.pem -pubout -out pub.pem
    raw=-rawin
    dd if=data of=small bs=64 count=4 2> /dev/null
    good "sign $kind" openssl pkeyutl -sign -inkey key.pem $raw -in small -out sig.fast
    good "verify $kind by the portable code" env OPENSSL_armcap=0 \
        openssl pkeyutl -verify -pubin -inkey pub.pem $raw -in small -sigfile sig.fast
    good "sign $kind by the portable code" env OPENSSL_armcap=0 \
        openssl pkeyutl -sign -inkey key.pem $raw -in small -out sig.plain
    good "verify $kind" openssl pkeyutl -verify -pubin -inkey pub.pem $raw -in small \
        -sigfile sig.plain
    printf x >> small
    if openssl pkeyutl -verify -pubin -inkey pub.pem $raw -in small -sigfile sig.fast \
        > /dev/null 2>&1; then
        same "wrong data for $kind" verified refused
    fi
done
for alg in X25519 X448; do
    for n in 1 2; do
        openssl genpkey -algorithm $alg -out $n.pem
        openssl pkey -in $n.pem -pubout -out $n.pub
    done
    openssl pkeyutl -derive -inkey 1.pem -peerkey 2.pub -out s1
    plain pkeyutl -derive -inkey 2.pem -peerkey 1.pub -out s2
    good "derive $alg" cmp s1 s2
done

# -- The FIPS provider's own known-answer tests --
fips=/usr/lib/aarch64-linux-gnu/ossl-modules/fips.so
if [ -e $fips ]; then
    good 'fipsinstall' openssl fipsinstall -module $fips -out /tmp/o/fips.cnf
    good 'fipsinstall, portable code' env OPENSSL_armcap=0 \
        openssl fipsinstall -module $fips -out /tmp/o/fips0.cnf
fi
finish
