#!/usr/bin/env bash
# T8: one call through every name that the library exports, aliases and fortified
# ones among them: each is recorded under the name that people know.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
{
    echo '#define CALL(ret, name, params, args, class, api, schema) NAME name #api schema'
    echo '#define VARIADIC(ret, name, params, class, api, schema) NAME name #api schema'
    echo '#include "calls.def"'
} >calls.c
"${CC:-cc}" -E -P -I "$top/preload" calls.c | sed -n 's/.*NAME \([A-Za-z0-9_]*\) "*#*\([A-Za-z0-9_]*\).*/\1 \2/p' | sort >calls
SOCKSPY_TRACE=%net,%io,%desc,%opt,%name,%poll,%process recorded "$programs/t08_every_name" >said 2>err ||
    fail "t08_every_name ended with $?: $(cat err)"
sort said | grep -v '^absent$' >called
assert_eq "$(cut -d' ' -f1 calls | comm -23 - <(sort -u said) | paste -sd' ')" "" "names that the program does not call"

# Names that are only counted, only watched, or known by what follows: syscall() is recorded as
# what it does.
counted='getpw|getgr|getlogin|innetgr|setnetgrent|gethostid|getnet|getserv|initgroups'
join called calls | awk '{ print $2 }' | sort | uniq -c | awk '{ print $2, $1 }' | grep -Ev "^($counted|pthread_setname_np|syscall)" >least
records | jq -r .call | sort | uniq -c | awk '{ print $2, $1 }' >seen
missing=$(join -a 1 -e 0 -o 0,1.2,2.2 least seen | awk '$3 < $2 { print $1 ": " $3 " of " $2 }' | paste -sd, -)
assert_eq "$missing" "" "names whose calls have no record"
check 'both exits' 'calls("exit") | map(.args.status) | index(41) != null and index(42) != null'
check 'execle without us' 'calls("exec") | any(.args.path == "/nowhere" and .args.blind != null)'
rm -f "$SOCKSPY_RING"
recorded "$programs/t08_every_name" inside >/dev/null 2>err || fail "t08_every_name inside ended with $?: $(cat err)"
assert_eq "$(count hidden_uses)" "$(grep -cE "^($counted)" calls)" "hidden uses by the calls that are only counted"
