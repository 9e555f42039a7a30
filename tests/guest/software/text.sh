# SPDX-License-Identifier: GPL-2.0-or-later
# Interpreters: gawk, perl, bc.
. /software/lib.sh
same 'gawk: numbers' "$(gawk 'BEGIN { for (i = 1; i <= 20000; i++) { s += sqrt(i) * sin(i); h[i % 997] += i }
    n = asort(h); printf "%.12g %d %d %.17g %.17g", s, n, h[n], exp(1), atan2(0, -1) }')" \
    '-63.5013409028 997 210630 2.7182818284590451 3.1415926535897931'
same 'gawk: text' "$(seq 1 5000 | gawk '{ gsub(/[13579]/, "x"); c[$0]++ } END { for (k in c) n++; print n, c["x0x"] }')" \
    '863 25'
same 'gawk -M' "$(gawk -M 'BEGIN { print 2^521 - 1 }')" \
    6864797660130609714981900799081393217269435300143305409394463459185543183397656052122559640661454554977296311391480858037121987999716643812574028291115057151
same 'perl: numbers' "$(perl -e 'my ($s, %h) = (0); for my $i (1..50000) { $s += sqrt($i) * cos($i); $h{$i % 1009} .= chr(65 + $i % 26) }
    printf "%.12g %d %.17g %s", $s, scalar(keys %h), exp(1) ** 0.5, join("", sort { $a <=> $b } map { length } values %h) =~ /^(49)+(50)+$/ ? "ok" : "wrong"')" \
    '-207.459758811 1009 1.6487212707001282 ok'
same 'perl: regular expressions' "$(perl -e '$_ = join ",", map { $_ * $_ } 1..3000; my $n = () = /(?<=,)\d*(\d)\1\d*(?=,)/g; my @w = sort { $b <=> $a } split /,/; print "$n $w[0] $w[-1]"')" \
    '1454 9000000 1'
good 'perl: modules' perl -MList::Util=sum -MPOSIX -MDigest::SHA=sha256_hex -MMath::BigInt -e '
    die "sum" unless sum(1..100) == 5050;
    die "floor" unless POSIX::floor(-1.5) == -2 && POSIX::fmod(7, 3) == 1 && POSIX::strtol("777", 8) == 511;
    die "sha" unless sha256_hex("abc") eq "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    die "big" unless Math::BigInt->new(2)->bpow(200) eq "1606938044258990275541962092341162602522202993782792835301376";
    my $p = Math::BigInt->new(30)->bfac(); die "fac" unless $p eq "265252859812191058636308480000000";
    die "pack" unless unpack("H*", pack("d> f< n N q", 1.5, -2, 258, 65538, -3)) eq "3ff8000000000000000000c0010200010002fdffffffffffffff";'
same 'bc' "$(echo 'scale=60; 4*a(1)' | bc -l)" \
    3.141592653589793238462643383279502884197169399375105820974944
finish
