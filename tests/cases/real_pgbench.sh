#!/usr/bin/env bash
# pgbench: no failed transaction and the same sum, with and without the library.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/ordinary.sh"
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | head -n 1)
[ -x "$bin/initdb" ] && [ -x "$bin/pgbench" ] || skip "postgresql is not installed"
ordinary
as_ordinary "$bin/initdb" -D data -U tester -A trust -N --locale=C -E UTF8 >initdb 2>&1 || fail "$(cat initdb)"

cat >"$home/session" <<'END'
port=$1 bin=$2
rm -f server.out # what an earlier server has said is no sign of this one
export PGHOST=$PWD PGPORT=$port PGUSER=tester PGDATABASE=postgres
"$bin/postgres" -D data -c listen_addresses= -c port="$port" -c unix_socket_directories="$PWD" -c fsync=off \
    2>server.out & server=$!
for ((i = 0; i < 1500; i++)); do grep -q 'ready to accept' server.out && break; sleep 0.02; done
"$bin/pgbench" -i -q >init.out 2>&1 && "$bin/pgbench" -c 4 -j 2 -t 200 2>&1
status=$?
kill $server; wait $server
exit $status
END
as_ordinary env SOCKSPY_RING="$home/ring" bash ./session "$(free_port)" "$bin" >bare || fail "bare: $(cat bare)"
as_ordinary env LD_PRELOAD="$lib" bash ./session "$(free_port)" "$bin" >ours || fail "recorded: $(cat ours)"
for out in bare ours; do
    assert_grep 'actually processed: 800/800' $out
    assert_grep 'failed transactions: 0 ' $out
done
[ "$(as_ordinary "$spy" log --format=jsonl -n 100 --comm postgres "$home/ring" | wc -l)" = 100 ] ||
    fail "postgres was not recorded"
