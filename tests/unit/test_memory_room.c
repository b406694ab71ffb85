/* test_memory_room.c - what control groups leave, told by files of our own making. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "memory_room.c"
#include "small_file.c"

static char scratch[] = "/tmp/sockspy-room-XXXXXX";
static char mounts[64], groups[64];

static void run(const char *before, const char *what, const char *after)
{
    char command[512];
    snprintf(command, sizeof command, "%s'%s'%s", before, what, after);
    assert_int_equal(system(command), 0);
}

static void tell(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", scratch, name);
    run("mkdir -p \"$(dirname ", path, ")\"");
    FILE *const file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int begin(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(scratch));
    snprintf(mounts, sizeof mounts, "%s/fs", scratch);
    snprintf(groups, sizeof groups, "%s/groups", scratch);
    return 0;
}

static int end(void **state)
{
    (void)state;
    run("rm -rf ", scratch, "/*");
    return 0;
}

static int end_all(void **state)
{
    (void)state;
    return rmdir(scratch);
}

static void version_2_and_all_groups_around(void **state)
{
    (void)state;
    tell("groups", "0::/outer/inner\n");
    tell("fs/outer/inner/memory.max", "max\n");
    tell("fs/outer/inner/memory.current", "1000\n");
    assert_true(memory_room(groups, mounts) == MEMORY_ROOM_NO_LIMIT);
    tell("fs/outer/memory.max", "10000\n");
    tell("fs/outer/memory.current", "9000\n");
    tell("fs/outer/memory.stat", "anon 5\nfile 3000\nactive_file 600\ninactive_file 500\n");
    assert_int_equal(memory_room(groups, mounts), 1500); /* with what can be taken back from files */
    tell("fs/outer/inner/memory.max", "2000\n");
    assert_int_equal(memory_room(groups, mounts), 1000);
    tell("fs/outer/inner/memory.current", "2500\n"); /* more than the limit, which has just been lowered */
    assert_int_equal(memory_room(groups, mounts), 0);
}

static void in_a_container(void **state)
{
    (void)state;
    tell("groups", "0::/\n"); /* a name space of its own: the root is the container's */
    tell("fs/memory.max", "4096\n");
    tell("fs/memory.current", "96\n");
    assert_int_equal(memory_room(groups, mounts), 4000);
    tell("groups", "0::/docker/0123\n"); /* named as outside, mounted as inside */
    assert_int_equal(memory_room(groups, mounts), 4000);
    tell("groups", "0::/../../elsewhere\n");
    assert_int_equal(memory_room(groups, mounts), 4000);
}

static void the_older_version(void **state)
{
    (void)state;
    tell("groups", "9:name=systemd:/memory\n4:cpu,memory,pids:/a:b\n0::/\n");
    tell("fs/memory/a:b/memory.limit_in_bytes", "6291456\n");
    tell("fs/memory/a:b/memory.usage_in_bytes", "291456\n");
    tell("fs/memory/a:b/memory.stat", "inactive_file 7\ntotal_inactive_file 91456\n");
    tell("fs/memory/memory.limit_in_bytes", "9223372036854771712\n");
    tell("fs/memory/memory.usage_in_bytes", "1\n");
    assert_int_equal(memory_room(groups, mounts), 6291456 - 200000);
    tell("groups", "4:cpu,memory2:/a:b\n"); /* another controller */
    assert_true(memory_room(groups, mounts) == MEMORY_ROOM_NO_LIMIT);
}

static void nothing_to_be_seen(void **state)
{
    (void)state;
    assert_true(memory_room(groups, mounts) == MEMORY_ROOM_NO_LIMIT);
    tell("groups", "0:\n:::\n\n4:memory\n5:memory:");
    assert_true(memory_room(groups, mounts) == MEMORY_ROOM_NO_LIMIT);
    tell("fs/memory/memory.limit_in_bytes", "12"); /* of which the use is not told */
    assert_true(memory_room(groups, mounts) == MEMORY_ROOM_NO_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(version_2_and_all_groups_around, NULL, end),
        cmocka_unit_test_setup_teardown(in_a_container, NULL, end),
        cmocka_unit_test_setup_teardown(the_older_version, NULL, end),
        cmocka_unit_test_setup_teardown(nothing_to_be_seen, NULL, end),
    };
    return cmocka_run_group_tests(tests, begin, end_all);
}
