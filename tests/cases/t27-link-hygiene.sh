#!/usr/bin/env bash
# T27: nothing in the library that a hardened system refuses or a program could
# trip over: no executable stack or writable code, no text relocations, no search
# path, every symbol bound at the start, nothing needed but libc, and no name
# exported but those of calls.def (exports.sh compares them one by one).
. "$(dirname "$0")/../lib.sh" || exit 1
need nm readelf
readelf -lW "$lib" >segments
readelf -dW "$lib" >dynamic
readelf -rW "$lib" >relocations
assert_eq "$(awk '/GNU_STACK/ { print $7 }' segments)" RW "the stack"
assert_eq "$(awk '$1 == "LOAD" && /RWE/' segments)" "" "segments that can be written and run"
assert_grep GNU_RELRO segments
assert_grep 'BIND_NOW|FLAGS.*NOW' dynamic
grep -E 'TEXTREL|RPATH|RUNPATH|SYMBOLIC' dynamic && fail "in the dynamic section"
assert_eq "$(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' dynamic | grep -vxE 'libc\.so\.6|libdl\.so\.2' | paste -sd' ')" "" "needed libraries"
assert_grep '\(SONAME\).*libsockspy\.so' dynamic

# All functions: a variable among them would be shared with the program.
nm -D --defined-only "$lib" | awk '$2 != "A" && $2 != "T" && $2 != "W" { print $3 }' >others
assert_eq "$(paste -sd' ' others)" "" "exported names that are no functions"
nm "$lib" | awk '$2 ~ /[DBT]/ && $3 !~ /^_(init|fini)$/ { print $3 }' | sed 's/@.*//' | sort -u >global
nm -D --defined-only "$lib" | awk '{ print $3 }' | sed 's/@.*//' | sort -u >exported
assert_eq "$(comm -23 global exported | paste -sd' ')" "" "global names that are hidden only by chance"

# Wanted from elsewhere: libc's plain names; none of a compiler's helpers.
nm -D --undefined-only "$lib" | awk '{ print $NF }' | sed 's/@.*//' >wanted
grep -E '_chk$|^__stack_chk|^_Unwind|^__gcc|^__asan|^__tls_get_addr$|^dl(sym|vsym|open)$' wanted && fail "symbols that another libc may not have"
"${CC:-cc}" -x c -o loads - -ldl <<'PROGRAM' || fail "the program does not compile"
#include <dlfcn.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    void *const library = dlopen(argv[argc - 1], RTLD_NOW | RTLD_LOCAL);
    puts(library != NULL ? "loaded" : dlerror());
    return library == NULL;
}
PROGRAM
assert_eq "$(./loads "$lib" 2>&1)" loaded "the library, opened with every symbol bound"
