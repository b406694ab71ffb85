#!/usr/bin/env bash
# needs.sh test|soak|fuzz|bench|demo|lint - gets what that target needs besides make.
#
# Installs what is missing with apt-get, as root or through sudo where that asks
# for no password; elsewhere it names what to install. Fails only without
# something that a target cannot do without: the cases for a program that is
# not there are skipped. Starts no service, and asks nothing.
set -u

# for: targets; how: must = fail without it, may = skip without it, large = the
# same, and fetched only where CI=true; there if: a command or a file (* as in a
# shell).
table='
# for               how    there if                          package
  test,soak,bench   must   cc                                gcc
  test,soak,bench   must   /usr/include/stdio.h              libc6-dev
  test,soak,bench   must   jq                                jq
  test,soak,bench   must   strace                            strace
  test,soak         must   /usr/include/cmocka.h             libcmocka-dev
  test,soak,bench   may    /usr/bin/python3                  python3
  soak              large  /usr/lib/python3*/test/test_socket.py libpython3.11-testsuite
  test,soak,demo    may    curl                              curl
  test              may    wget                              wget
  test              may    nc                                netcat-openbsd
  test              may    socat                             socat
  test,soak         may    redis-server                      redis-server
  test,soak,bench   may    nginx                             nginx-light
  test,soak,bench   may    wrk                               wrk
  test              may    git                               git
  test              may    node                              nodejs
  test              may    sshd                              openssh-server
  test              may    musl-gcc                          musl-tools
  test,soak         may    valgrind                          valgrind
  test,soak         may    spin                              spin
  test              may    tshark                            tshark
  test              may    tmux                              tmux
  test              may    ip                                iproute2
  test              large  psql                              postgresql
  test              large  java                              default-jdk-headless
  test,bench        large  chromium                          chromium
  test              large  faketime                          faketime
  test              large  /usr/share/doc/libjemalloc2       libjemalloc2
  test              large  aarch64-linux-gnu-gcc             gcc-aarch64-linux-gnu
  test              large  /usr/aarch64-linux-gnu/include/stdio.h libc6-dev-arm64-cross
  test              large  qemu-aarch64                      qemu-user
  fuzz              must   clang                             clang
  fuzz              must   /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer* libclang-rt-14-dev
  bench             may    ltrace                            ltrace
  lint              must   clang-format                      clang-format
  lint              must   cppcheck                          cppcheck
'

target=${1-}
case $target in
test | soak | fuzz | bench | demo | lint) ;;
*) echo "usage: needs.sh test|soak|fuzz|bench|demo|lint" >&2; exit 2 ;;
esac
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export DEBIAN_FRONTEND=noninteractive

there() {
    case $1 in
    /*) compgen -G "$1" >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

# missing HOW... - the packages of this target that are not there.
missing() {
    local targets how sign package
    while read -r targets how sign package; do
        [[ ,$targets, == *,$target,* && " $* " == *" $how "* ]] && ! there "$sign" && echo "$package"
    done <<<"$table"
}

# Packages that bring a service would start it; a policy-rc.d forbids it, and
# goes away again. One that is there already is the machine's own affair.
policy=/usr/sbin/policy-rc.d
made_policy=
log=$(mktemp)
cleanup() {
    [ -n "$made_policy" ] && $root rm -f "$policy"
    rm -f "$log"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

forbid_services() {
    [ -e "$policy" ] && return
    made_policy=yes
    printf '#!/bin/sh\nexit 101\n' | $root tee "$policy" >/dev/null && $root chmod 755 "$policy"
}

apt() {
    $root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
        -o DPkg::Lock::Timeout=120 -o Acquire::Retries=1 -o Acquire::http::Timeout=15 "$@" >>"$log" 2>&1 </dev/null
}

# All at once; if that fails, with fresh lists; and if one of them cannot be had
# at all, one by one.
install() {
    local package
    apt install --no-install-recommends "$@" && return
    apt update
    apt install --no-install-recommends "$@" && return
    for package in "$@"; do
        apt install --no-install-recommends "$package"
    done
}

fetch=(must may)
[ "${CI-}" = true ] && fetch+=(large)
mapfile -t wanted < <(missing "${fetch[@]}")
[ ${#wanted[@]} = 0 ] && exit 0

root=
[ "$(id -u)" = 0 ] || root='sudo -n'
if there apt-get && $root true 2>/dev/null; then
    echo "Installing ${wanted[*]}" >&2
    forbid_services
    install "${wanted[@]}"
fi

mapfile -t must < <(missing must)
mapfile -t may < <(missing may)
if [ ${#may[@]} != 0 ]; then
    echo "Not here, so their cases are skipped: ${may[*]} (apt-get install ${may[*]})" >&2
fi
if [ ${#must[@]} != 0 ]; then
    tail -n 3 "$log" >&2
    echo "make $target needs: apt-get install ${must[*]}" >&2
    exit 1
fi
