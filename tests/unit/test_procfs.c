/* test_procfs.c - /proc as it might be: a tree of our own in its place. */
#include "viewer_fixture.h"

#include "../../viewer/proc/procfs.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

static void put_file(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *const file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void put_link(const char *name, const char *target)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    assert_int_equal(symlink(target, path), 0);
}

static int make_tree(void **state)
{
    (void)state;
    strcpy(root, "/tmp/sockspy-procfs-XXXXXX");
    assert_non_null(mkdtemp(root));
    put_file("self/ns/pid", "");
    put_file("stat", "cpu 1 2 3\nbtime 1700000000\nprocesses 5\n");
    put_file("811/stat", "811 (a) b (c)) S 1 811 811 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 5000 1 2 3\n");
    put_file("812/stat", "812 (S) S) R 811 812 811 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 5001 1 2 3\n");
    put_file("811/maps", "55 r-xp 1 00:00 0 /bin/x\n7f r-xp 1 00:00 0 /opt/libsockspy.so\n");
    put_file("812/maps", "55 r-xp 1 00:00 0 /bin/static\n");
    put_file("811/task/811/children", "812 900 ");
    put_file("811/fd/.keep", "");
    put_link("811/fd/3", "socket:[4242]");
    put_link("811/fd/4", "/dev/null");
    put_link("811/fd/5", "anon_inode:[io_uring]");
    put_link("811/fd/12", "socket:[77]");
    put_file("811/net/tcp",
             "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
             "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0 100\n"
             "   1: 0100007F:C5A2 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0 20\n"
             "   2: 0100007F:C5A4 0100007F:1F90 08 00000000:00000000 00:00000000 00000000  1000        0 4244 1 0 20\n"
             "   3: garbage\n");
    put_file("811/net/tcp6", "  sl  local_address                         remote_address  st ...\n"
                             "   0: 00000000000000000000000001000000:1F91 00000000000000000000000001000000:C5A3 01 "
                             "00000000:00000000 00:00000000 00000000     0        0 4243 1 0 20\n");
    put_file("811/net/unix", "Num       RefCount Protocol Flags    Type St Inode Path\n"
                             "0000000000000000: 00000002 00000000 00010000 0001 01  900 /run/x.sock\n"
                             "0000000000000000: 00000003 00000000 00000000 0002 03  901\n"
                             "0000000000000000: 00000002 00000000 00010000 0001 01  902 @hidden\n");
    return 0;
}

static int remove_tree(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", root);
    return system(command);
}

static struct procfs opened(void)
{
    struct procfs procfs;
    procfs_open(&procfs, root);
    return procfs;
}

static void a_process_lives_if_it_began_then(void **state)
{
    (void)state;
    struct procfs procfs = opened();
    struct process process = {.pid = 811, .pid_namespace = procfs.pid_namespace, .start_time = 5000};
    assert_true(procfs.pid_namespace != 0);
    assert_int_equal(procfs_alive(&procfs, &process), ALIVE_YES);
    process.start_time = 4999; /* the number is another's by now */
    assert_int_equal(procfs_alive(&procfs, &process), ALIVE_NO);
    process.pid = 7;
    assert_int_equal(procfs_alive(&procfs, &process), ALIVE_NO);
    process.pid_namespace++;
    assert_int_equal(procfs_alive(&procfs, &process), ALIVE_UNKNOWN);
    /* a forked child, which does not know when it began; this one began at 5000 ticks */
    procfs.ticks = 100;
    process = (struct process){.pid = 811, .pid_namespace = procfs.pid_namespace};
    process.began = INT64_C(1700000050) * 1000000000;
    assert_int_equal(procfs_alive(&procfs, &process), ALIVE_YES);
    process.began = INT64_C(1700000020) * 1000000000;
    assert_int_equal(procfs_alive(&procfs, &process), ALIVE_NO);
}

static void descriptors_are_told_apart(void **state)
{
    (void)state;
    const struct procfs procfs = opened();
    uint64_t inode;
    assert_int_equal(procfs_descriptor(&procfs, 811, 3, &inode), NAMED_SOCKET);
    assert_int_equal(inode, 4242);
    assert_int_equal(procfs_descriptor(&procfs, 811, 4, &inode), NAMED_OTHER);
    assert_int_equal(procfs_descriptor(&procfs, 811, 5, &inode), NAMED_URING);
    assert_int_equal(procfs_descriptor(&procfs, 811, 6, &inode), NAMED_NOTHING);
}

static void list(void *context, int fd, enum named named, uint64_t inode)
{
    char *const text = context;
    sprintf(text + strlen(text), "%d:%d:%d ", fd, (int)named, (int)inode);
}

static void they_come_in_the_order_of_their_numbers(void **state)
{
    (void)state;
    const struct procfs procfs = opened();
    char text[128] = "", want[128];
    assert_true(procfs_descriptors(&procfs, 811, list, text));
    sprintf(want, "3:%d:4242 5:%d:0 12:%d:77 ", NAMED_SOCKET, NAMED_URING, NAMED_SOCKET);
    assert_string_equal(text, want);
    assert_false(procfs_descriptors(&procfs, 7, list, text));
}

static void sockets_have_their_names(void **state)
{
    (void)state;
    const struct procfs procfs = opened();
    struct procfs_socket socket;
    char text[ADDRESS_TEXT];
    assert_true(procfs_socket(&procfs, 811, 4242, &socket));
    address_format(&socket.local, text);
    assert_string_equal(text, "127.0.0.1:50594");
    address_format(&socket.peer, text);
    assert_string_equal(text, "127.0.0.1:8080");
    assert_true(socket.connected && !socket.listening && !socket.peer_closed);
    assert_true(procfs_socket(&procfs, 811, 4244, &socket));
    assert_true(socket.connected && socket.peer_closed);
    assert_true(procfs_socket(&procfs, 811, 77, &socket));
    assert_true(socket.listening && !socket.connected);
    assert_int_equal(socket.peer.family, 0);
    assert_true(procfs_socket(&procfs, 811, 4243, &socket));
    address_format(&socket.local, text);
    assert_string_equal(text, "[::1]:8081");
    assert_true(procfs_socket(&procfs, 811, 900, &socket));
    address_format(&socket.local, text);
    assert_string_equal(text, "unix:/run/x.sock");
    assert_true(socket.listening && socket.type == SOCK_STREAM);
    assert_true(procfs_socket(&procfs, 811, 901, &socket));
    assert_int_equal(socket.local.family, 0);
    assert_true(socket.type == SOCK_DGRAM && socket.connected);
    assert_true(procfs_socket(&procfs, 811, 902, &socket));
    assert_int_equal(address_format(&socket.local, text), strlen("unix:@hidden"));
    assert_false(procfs_socket(&procfs, 811, 5, &socket));
}

static void note_child(void *context, uint32_t pid)
{
    *(uint32_t *)context = *(uint32_t *)context * 1000 + pid;
}

static void children_and_libraries(void **state)
{
    (void)state;
    const struct procfs procfs = opened();
    uint32_t children = 0;
    procfs_children(&procfs, 811, note_child, &children);
    assert_int_equal(children, 812900);
    assert_int_equal(procfs_has_library(&procfs, 811), ALIVE_YES);
    assert_int_equal(procfs_has_library(&procfs, 812), ALIVE_NO);
    assert_int_equal(procfs_has_library(&procfs, 900), ALIVE_UNKNOWN);
}

static void one_that_waits_is_asleep(void **state)
{
    (void)state;
    const struct procfs procfs = opened();
    assert_true(procfs_asleep(&procfs, 811));
    assert_false(procfs_asleep(&procfs, 812));
    assert_true(procfs_asleep(&procfs, 900)); /* not there */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_lives_if_it_began_then),
        cmocka_unit_test(descriptors_are_told_apart),
        cmocka_unit_test(they_come_in_the_order_of_their_numbers),
        cmocka_unit_test(sockets_have_their_names),
        cmocka_unit_test(children_and_libraries),
        cmocka_unit_test(one_that_waits_is_asleep),
    };
    return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
