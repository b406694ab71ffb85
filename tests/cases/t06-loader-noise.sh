#!/usr/bin/env bash
# T6: the dynamic linker complains on stderr about a preload that it cannot find
# or take. stderr is byte-identical, after chdir too, and `run` rather refuses
# than start a program under a path that the linker would split.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
with_and_without sh -c 'echo said >&2; cd / && /bin/ls /nowhere; /bin/true'
"$spy" run -q -- sh -c 'echo said >&2; cd / && /bin/ls /nowhere; /bin/true' >run.out 2>run.err
cmp run.err without.err || fail "another stderr under run: $(cat run.err)"
SOCKSPY_RING=/nowhere/ring with_and_without sh -c 'echo said >&2'
mkdir 'a b'
cp "$lib" "$spy" 'a b'
assert_status 1 './a b/sockspy' run -q -- sh -c 'echo said'
assert_one_line err
assert_grep 'a b/libsockspy\.so' err
[ ! -s out ] || fail "the program was started all the same"

# Of a program for another word size the linker would complain: told beforehand. This
# one only says that it is.
cp /bin/true thirtytwo
printf '\1' | dd of=thirtytwo bs=1 seek=4 conv=notrunc status=none # e_ident[EI_CLASS]
"$spy" run -q -- ./thirtytwo >run.out 2>run.err
assert_grep '32-bit' run.err
