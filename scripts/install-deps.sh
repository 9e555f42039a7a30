#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Install what building and testing need, on Debian 12 or later; only what is missing.
#
# usage: scripts/install-deps.sh [--check] [build] [check] [soak]
#
# "build": what the emulator is made of. "check": what the tests, the demo and the benchmarks need
# besides. Default: both. "soak": what builds the guests of the long tests. --check installs
# nothing: it prints what is missing and fails if that is not nothing. Root is needed to install
# (sudo is used when there is one).
set -eu

build="gcc libc6-dev make meson ninja-build pkg-config python3 git
       libglib2.0-dev libcapstone-dev libpixman-1-dev libfdt-dev libjansson-dev zlib1g-dev"
check="gcc-aarch64-linux-gnu binutils-aarch64-linux-gnu libc6-dev-arm64-cross
       python3-venv python3-pip acpica-tools device-tree-compiler ca-certificates"
soak="gcc-aarch64-linux-gnu bc bison flex perl xz-utils"

only_check=
groups=
for arg in "$@"; do
    case "$arg" in
    --check) only_check=1 ;;
    build|check|soak) groups="$groups $arg" ;;
    *) echo "usage: $0 [--check] [build] [check] [soak]" >&2; exit 1 ;;
    esac
done

wanted=
for group in ${groups:-build check}; do
    case "$group" in
    build) wanted="$wanted $build" ;;
    check) wanted="$wanted $check" ;;
    soak) wanted="$wanted $soak" ;;
    esac
done

if ! command -v dpkg-query > /dev/null; then
    echo "install-deps: this is no Debian system; install by hand what corresponds to:" >&2
    echo $wanted >&2
    # The build says itself what it lacks.
    [ -z "$only_check" ]
    exit
fi

missing=
for package in $wanted; do
    status=$(dpkg-query -W -f '${Status}' "$package" 2> /dev/null || true)
    [ "$status" = "install ok installed" ] || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if [ -n "$only_check" ]; then
    echo "missing Debian packages:$missing" >&2
    exit 1
fi

sudo=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo > /dev/null; then
        echo "install-deps: not root and no sudo; as root run: apt-get install$missing" >&2
        exit 1
    fi
    sudo=sudo
fi
echo "install-deps: installing$missing"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -q
$sudo apt-get install -q -y --no-install-recommends $missing
