#!/usr/bin/env bash
# Every option and command that the machine's headers number has a name: by its
# number, since some have two names. And those that this machine's headers may lack.
. "$(dirname "$0")/../lib.sh" || exit 1
names=$top/viewer/names.def
numbers() { # KIND... - that have a name there
    local kind
    for kind in "$@"; do
        sed -n "/^NAMES($kind)/,/^END/p" "$names" | grep -oE 'VALUE\(\w+, [0-9]+\)' | grep -oE '[0-9]+\)' | tr -d ')'
    done | sort -u
}
missing() { # HEADER PATTERN SKIP KIND...
    local header=/usr/include/$1 pattern=$2 skipped=$3
    shift 3
    [ -e "$header" ] || return 0
    numbers "$@" >known
    sed -nE "s/^#\s*define\s+($pattern)\s+([0-9]+)(\s.*)?$/\1 \2/p" "$header" | grep -vE "$skipped" |
        awk 'NR == FNR { known[$1] = 1; next } !($2 in known)' known -
}
[ -s /usr/include/asm-generic/socket.h ] || skip "no kernel headers"
lacks=$(
    missing asm-generic/socket.h 'SO_\w+' '^$' option_socket
    missing linux/tcp.h 'TCP_[A-Z]\w+' '^TCP_(MD5SIG_|FLAG|REPAIR_(ON|OFF)|MSS_|AO_MAXKEYLEN|AO_KEYF)' option_tcp
    missing linux/tls.h 'TLS_[TR]X\w*' '^$' option_tls
    missing linux/netlink.h 'NETLINK_[A-Z]\w+' '^NETLINK_UNCONNECTED' option_netlink protocol_netlink
)
assert_eq "$lacks" "" "numbers without a name"
while read -r name number; do
    grep -q "VALUE($name, $number)" "$names" || fail "$name ($number) is not in names.def"
done <<'END'
SO_BSDCOMPAT 14
SO_PASSPIDFD 76
SO_PASSRIGHTS 83
SO_INQ 84
TCP_AO_ADD_KEY 38
TCP_IS_MPTCP 43
TCP_DELACK_MAX_US 46
F_DUPFD_QUERY 1027
F_CREATED_QUERY 1028
F_SETDELEG 1040
IPPROTO_SMC 256
TLS_TX_MAX_PAYLOAD_LEN 5
END
