# SPDX-License-Identifier: GPL-2.0-or-later
# "openssl speed", which computes for a second each and checks signatures as it goes. The figures
# are printed, not judged.
. /software/lib.sh
for what in 'sha1' 'sha256' 'sha512' 'sha3-256' 'md5' 'aes-128-cbc' 'aes-256-ctr' 'aes-128-gcm' \
            'aes-256-ocb' 'chacha20-poly1305' 'camellia-128-cbc'; do
    good "speed $what" openssl speed -seconds 1 -bytes 8192 -evp "$what"
    tail -n 1 /tmp/good.out
done
for what in rsa2048 ecdsap256 ecdsap384 ecdhx25519 ecdhp256 ed25519 ed448; do
    good "speed $what" openssl speed -seconds 1 $what
    tail -n 1 /tmp/good.out
done
finish
