#!/usr/bin/env bash
# T26: what libc has in two versions that differ is hooked in both, each leading
# to its own: a program that was linked long ago behaves as it did.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
need nm
printf 'echo the shell ran it\n' >script
chmod +x script
with_and_without "$programs/t26_versions" "$TMP/script"
if [ "$(uname -m)" = x86_64 ]; then
    assert_eq "$(grep -c 'the shell' with.out)" 2 "times that the older version ran the script"
    assert_eq "$(grep -c 'ENOEXEC' with.out)" 2 "times that the newer version refused it"
fi
check 'all four are recorded' 'map(select(.call | test("posix_spawn"))) | map(.errno) == ["ENOEXEC", "ENOEXEC", null, null]'

# Of every name that we export: where libc has it in versions that lie at
# different addresses, we have the same versions.
libc=$(ldd "$programs/t26_versions" | sed -n 's/.*libc\.so[^ ]* => \([^ ]*\).*/\1/p')
nm -D --defined-only "$lib" | awk '$2 != "A" { print $3 }' | sort -u >ours
nm -D --defined-only "$libc" | awk '$2 != "A" { print $1, $3 }' | sort -u >theirs
awk '{ split($2, part, "@+"); address = $1; name = part[1]
       if (!(name in first)) first[name] = address
       else if (first[name] != address) differs[name] = 1
       versions[name] = versions[name] " " $2 }
     END { for (name in differs) print versions[name] }' theirs | tr ' ' '\n' | sort -u >double
sed 's/@.*//' ours | sort -u >names
while read -r versioned; do
    name=${versioned%%@*}
    grep -qx "$name" names || continue
    grep -qxF "$versioned" ours || fail "libc has $versioned, which differs from its other version, and we have only: $(grep "^$name\(@\|\$\)" ours | paste -sd' ')"
done <double
assert_grep '^posix_spawn@' double
