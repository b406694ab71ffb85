/* test_lecture_text.c - some texts of the lecture as they come out, and in which
 * language. */
#include "lecture_fixture.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static void assert_line(enum language language, enum lecture_line line, const char *want)
{
    const struct lecture lecture = {.view = &view, .facts = &facts, .language = language, .shown = 32};
    out.used = 0;
    lecture_put(&out, &lecture, line);
    out.buffer[out.used] = '\0';
    assert_string_equal(out.buffer, want);
}

static void connecting(void **state)
{
    (void)state;
    begin_view(CALL_connect);
    facts.acting = AS_CLIENT;
    view.duration = 12345678;
    assert_line(LANGUAGE_EN, LECTURE_HEAD, "connect(5, 127.0.0.1, 8080): the pipe is connected, own port 45678");
    assert_line(LANGUAGE_KO, LECTURE_STACK,
                "프로토콜 스택은 이 소켓의 포트 번호를 정하고(없음 → 45678), 상대와 제어 정보를 "
                "주고받아 두 소켓을 파이프로 연결합니다. 여기에 12밀리초가 걸렸습니다.");
    assert_line(LANGUAGE_KO, LECTURE_NOTED,
                "소켓에 상대의 주소 127.0.0.1:8080과 이 소켓의 주소 127.0.0.1:45678이 기록됩니다.");
    facts.before = 45678; /* it had connected without waiting before */
    view.duration = 0;
    assert_line(LANGUAGE_KO, LECTURE_STACK,
                "프로토콜 스택은 상대와 제어 정보를 주고받아 두 소켓을 파이프로 연결합니다. 포트 번호는 앞서 "
                "45678로 정해져 있었습니다.");
    facts.before_known = false; /* then nothing is said of it */
    assert_line(LANGUAGE_EN, LECTURE_STACK,
                "The protocol stack exchanges control information with the other side, and a pipe connects the two "
                "sockets.");
}

static void particles_follow_numbers(void **state)
{
    (void)state;
    begin_view(CALL_socket);
    view.created[0].fd = 3;
    assert_line(
        LANGUAGE_KO, LECTURE_NOTED,
        "프로토콜 스택이 디스크립터 3을 돌려줍니다. 애플리케이션은 이 번호를 메모리에 기록해 두고, 앞으로 이 번호로 "
        "소켓을 가리킵니다.");
    view.created[0].fd = 4;
    assert_line(
        LANGUAGE_KO, LECTURE_NOTED,
        "프로토콜 스택이 디스크립터 4를 돌려줍니다. 애플리케이션은 이 번호를 메모리에 기록해 두고, 앞으로 이 번호로 "
        "소켓을 가리킵니다.");
}

static void refused(void **state)
{
    (void)state;
    begin_view(CALL_connect);
    facts.acting = AS_CLIENT;
    view.failed = true;
    view.error = "ECONNREFUSED";
    assert_line(LANGUAGE_EN, LECTURE_HEAD, "connect(5) → 127.0.0.1:8080: ECONNREFUSED");
    assert_line(LANGUAGE_KO, LECTURE_NOTED, "흔한 원인: 서버가 실행되고 있지 않거나 포트 번호가 틀렸습니다.");
    facts.outcome = OUTCOME_PENDING;
    view.error = "EINPROGRESS";
    assert_line(LANGUAGE_EN, LECTURE_HEAD, "connect(5, 127.0.0.1, 8080): under way, own port 45678");
}

/* What a socket had later is not what it had then. */
static void no_port_yet(void **state)
{
    (void)state;
    begin_view(CALL_getsockname);
    facts.local_address = view.local;
    view.local = (struct address){0};
    assert_line(LANGUAGE_KO, LECTURE_HEAD, "getsockname(5): 이 소켓의 포트 번호 없음");
    assert_line(LANGUAGE_KO, LECTURE_NOTED, "포트 번호는 아직 없다고 알려 줍니다.");
    assert_line(LANGUAGE_EN, LECTURE_NOTED, "It says: no port number yet.");
}

static void chosen_port(void **state)
{
    (void)state;
    begin_view(CALL_bind);
    facts.acting = AS_LISTENER;
    record.arg[0] = 1;
    assert_line(
        LANGUAGE_EN, LECTURE_ASKED,
        "The server sets the address 127.0.0.1:0 on the socket behind descriptor 5, under which clients can find it.");
    assert_line(LANGUAGE_KO, LECTURE_NOTED,
                "소켓에 이 소켓의 주소 127.0.0.1:45678이 기록됩니다(포트 번호: 없음 → 45678).");
    record.arg[0] = 0;
    assert_line(LANGUAGE_EN, LECTURE_ASKED,
                "The server sets the address 127.0.0.1:45678 on the socket behind descriptor 5, under which clients "
                "can find it.");
    assert_line(LANGUAGE_EN, LECTURE_STACK,
                "The protocol stack makes sure that nobody else uses it. A server's port is agreed beforehand, by the "
                "kind of application: 80 for the web.");
}

/* A call that would have to wait says for what. */
static void would_block(void **state)
{
    static const struct {
        enum call call;
        const char *en, *ko;
    } cases[] = {
        {CALL_recv, "nothing has come yet", "아직 도착한 데이터가 없습니다"},
        {CALL_recvmsg, "nothing has come yet", "아직 도착한 데이터가 없습니다"},
        {CALL_send, "there is no room in the send buffer", "송신 버퍼에 빈자리가 없습니다"},
        {CALL_sendfile, "there is no room in the send buffer", "송신 버퍼에 빈자리가 없습니다"},
        {CALL_accept4, "no client is waiting just now", "지금은 접속해 온 클라이언트가 없습니다"},
        {CALL_ioctl, "it cannot be done just now", "지금은 할 수 없습니다"},
    };
    char want[200];
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        begin_view(cases[i].call);
        view.failed = true;
        view.error = "EAGAIN";
        snprintf(want, sizeof want, "It would have to wait: %s.", cases[i].en);
        assert_line(LANGUAGE_EN, LECTURE_STACK, want);
        snprintf(want, sizeof want, "기다려야 하는 상태입니다. %s.", cases[i].ko);
        assert_line(LANGUAGE_KO, LECTURE_STACK, want);
    }
}

/* A value that a call passed or was given. */
static void set_value(int32_t value)
{
    static struct {
        struct item item;
        int32_t value;
    } passed;
    passed.item = (struct item){ITEM_VALUE, sizeof value, sizeof value};
    passed.value = value;
    view.items[ITEM_VALUE] = &passed.item;
    view.end = (const char *)(&passed + 1);
}

static void queues_and_errors_that_were_asked(void **state)
{
    (void)state;
    begin_view(CALL_ioctl);
    record.arg[0] = FIONREAD;
    set_value(24576);
    assert_line(LANGUAGE_KO, LECTURE_NOTED,
                "프로토콜 스택은 도착했지만 아직 읽지 않은 데이터, 곧 수신 대기열의 길이를 셉니다. 알려 준 값은 "
                "24,576바이트입니다.");
    record.arg[0] = FIONBIO; /* that is told, not answered */
    set_value(1);
    assert_line(LANGUAGE_EN, LECTURE_NOTED,
                "From now on calls on this socket do not wait: where they would have to, they fail with EAGAIN or "
                "EINPROGRESS.");
    set_value(0);
    assert_line(LANGUAGE_EN, LECTURE_NOTED, "From now on calls on this socket wait where they have to.");
    begin_view(CALL_getsockopt);
    record.arg[0] = SOL_SOCKET;
    record.arg[1] = SO_ERROR;
    set_value(ECONNREFUSED);
    assert_line(LANGUAGE_EN, LECTURE_NOTED,
                "It says: ECONNREFUSED. 0 means success: so a program learns how its connect has ended. Refused: no "
                "socket listens at the address 127.0.0.1:8080; the machine there has said so.");
    set_value(0);
    assert_line(LANGUAGE_KO, LECTURE_NOTED,
                "알려 준 값은 0입니다. 0이면 성공입니다. 프로그램은 이렇게 connect가 어떻게 끝났는지 확인합니다.");
}

/* The child's number is no reason why it is not recorded. */
static void spawned(void **state)
{
    (void)state;
    begin_view(CALL_posix_spawn);
    record.arg[0] = 0x400 | BLIND_ENVIRONMENT;
    assert_line(LANGUAGE_KO, LECTURE_ASKED, "애플리케이션이 다른 프로그램을 시작해 달라고 의뢰합니다.");
    record.arg[1] = BLIND_ENVIRONMENT;
    assert_line(
        LANGUAGE_KO, LECTURE_ASKED,
        "애플리케이션이 다른 프로그램을 시작해 달라고 의뢰합니다. 그 프로그램은 기록되지 않습니다(환경 변수에서 "
        "라이브러리가 빠졌습니다).");
    assert_line(LANGUAGE_EN, LECTURE_ASKED,
                "The application asks to start another program. That one is not recorded: the environment leaves the "
                "library out.");
}

/* Within this machine there are no ports, and nothing comes late. */
static void within_this_machine(void **state)
{
    (void)state;
    begin_view(CALL_close);
    facts.local = true;
    facts.acting = AS_CLIENT;
    facts.keeper_comm[0] = '\0';
    assert_line(LANGUAGE_EN, LECTURE_STACK,
                "The kernel tells the other end: no more data will come. There, read will return 0.");
    facts.acting = AS_LISTENER;
    assert_line(LANGUAGE_EN, LECTURE_HEAD, "close(5): nobody waits for clients any more");
    begin_view(CALL_socket);
    facts.local = true;
    assert_line(
        LANGUAGE_KO, LECTURE_STACK,
        "커널은 소켓 한 개 분량의 메모리를 확보하고 초기 상태를 나타내는 제어 정보를 기록합니다. 접속할 상대도, "
        "이름도 아직 정해지지 않았습니다.");
}

static void language_of_the_environment(void **state)
{
    static const struct {
        const char *all, *messages, *lang;
        enum language want;
    } cases[] = {
        {NULL, NULL, NULL, LANGUAGE_EN},
        {NULL, NULL, "ko_KR.UTF-8", LANGUAGE_KO},
        {NULL, "ko_KR.UTF-8", "en_US.UTF-8", LANGUAGE_KO},
        {NULL, "C", "ko_KR.UTF-8", LANGUAGE_EN},
        {"C.UTF-8", "ko_KR.UTF-8", "ko_KR.UTF-8", LANGUAGE_EN},
        {"", "", "ko", LANGUAGE_KO},
        {NULL, NULL, "kok_IN.UTF-8", LANGUAGE_EN}, /* Konkani is no Korean */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
        const char *const values[] = {cases[i].all, cases[i].messages, cases[i].lang};
        for (size_t n = 0; n < 3; n++) {
            if (values[n] != NULL)
                setenv(names[n], values[n], 1);
            else
                unsetenv(names[n]);
        }
        assert_int_equal(lecture_language(), cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connecting),  cmocka_unit_test(particles_follow_numbers),
        cmocka_unit_test(refused),     cmocka_unit_test(language_of_the_environment),
        cmocka_unit_test(no_port_yet), cmocka_unit_test(chosen_port),
        cmocka_unit_test(would_block), cmocka_unit_test(queues_and_errors_that_were_asked),
        cmocka_unit_test(spawned),     cmocka_unit_test(within_this_machine),
    };
    return cmocka_run_group_tests(tests, lecture_begin, scratch_end);
}
