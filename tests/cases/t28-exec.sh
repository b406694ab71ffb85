#!/usr/bin/env bash
# T28: what goes through exec is found without opening a descriptor: the sockets,
# however high their numbers and not those that close on exec. An environment
# without us is recorded as the end of sight.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
need strace
for high in 40 1000 3000; do
    [ "$high" -lt "$(ulimit -Hn)" ] || continue
    ulimit -Sn $((high + 20))
    rm -f "$SOCKSPY_RING"
    with_and_without "$programs/t28_exec" start $high
    assert_grep '^lowest 5$' with.out
    assert_grep "^sockets 3 4 $high\$" with.out
    check "inherited, up to $high" 'calls("inherit") | map(.fd) == [3, 4, $high] and all(.inode > 0 and .family == "unix")
        and (.[0].inode == .[2].inode)' --argjson high $high
    check "and each is used, up to $high" 'calls("write") | map(.fd) == [3, 4, $high]' --argjson high $high
    check 'nothing was hidden' 'calls("hidden") == []'
done

# No descriptor is opened for it, and no more calls than a few.
strace -qq -o strace.out -E LD_PRELOAD="$lib" -E SOCKSPY_RING="$SOCKSPY_RING" "$programs/t28_exec" heir >/dev/null
grep -q '/proc/self/fd' strace.out && fail "looks into /proc/self/fd"
[ "$(grep -c 'fstat(' strace.out)" -le 20 ] || fail "$(grep -c 'fstat(' strace.out) calls of fstat: of descriptors that are closed?"
polls=$(grep -c 'ppoll(' strace.out)
[ "$polls" -ge 1 ] && [ "$polls" -le 2 ] || fail "$polls calls of ppoll at the start"
if [ 3000 -lt "$(ulimit -Hn)" ]; then
    ulimit -Sn 3020
    strace -qq -o strace.out -E LD_PRELOAD="$lib" -E SOCKSPY_RING="$SOCKSPY_RING" "$programs/t28_exec" start 3000 >/dev/null
    polls=$(grep -c 'ppoll(' strace.out)
    [ "$polls" -ge 4 ] && [ "$polls" -le 8 ] || fail "$polls calls of ppoll to find a socket up to 3000"
fi

# An environment of its own, by every call that takes one.
for way in 'env -i' 'env -u LD_PRELOAD' 'env LD_PRELOAD='; do
    rm -f "$SOCKSPY_RING"
    # shellcheck disable=SC2086
    recorded $way "$programs/free_port" >/dev/null || fail "$way"
    check "$way is the end of sight" 'calls("bind") == [] and any(.args.blind // "" | test("environment"))'
    assert_eq "$(count blind_execs)" 1 "programs out of sight by $way"
done
for way in number number_at execve execvpe execle execveat fexecve spawn spawnp system popen; do
    rm -f "$SOCKSPY_RING"
    recorded "$programs/t28_exec" by $way || fail "$way"
    check "by $way as well" 'map(select(.args.blind // "" | test("environment"))) | length == 1'
    assert_eq "$(count blind_execs)" 1 "programs out of sight by $way"
    [ $way = fexecve ] && continue # of a descriptor the path is not told
    check "and which it is, by $way" 'any(.args.blind and (.args.path // .args.file // .args.command | test("true$|exit 0$")))'
done

# Whoever came by another way than the environment may go on by it.
if "${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -Wl,--no-as-needed -o linked "$top/tests/programs/t28_exec.c" "$lib" 2>/dev/null; then
    rm -f "$SOCKSPY_RING"
    LD_LIBRARY_PATH=$top ./linked by execve || fail "linked"
    check 'recorded, and no end of sight' 'any(.call == "exec" and .comm == "linked") and all(.args.blind == null)'
    assert_eq "$(count blind_execs)" 0 "programs out of sight by a library that is linked in"
fi
