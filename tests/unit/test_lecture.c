/* test_lecture.c - no text is missing: every call, outcome, role and error has
 * one in both languages, every hole is filled, and no Korean is half English. */
#include "../../viewer/lecture/lecture.c"
#include "../../viewer/lecture/lecture_fill.c"
#include "../../viewer/lecture/lecture_meaning.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record/schema.h"

#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>

static struct call_info calls[CALLS_TOLD];

/* --- the texts as they stand ----------------------------------------------------- */

static bool has_hangul(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text >= 0xea && (unsigned char)*text <= 0xed)
            return true;
    }
    return false;
}

/* The longest run of English words outside of holes. */
static unsigned english_words(const char *text)
{
    unsigned run = 0, longest = 0;
    for (size_t length; *text != '\0'; text += length) {
        length = 1;
        if (*text == '{') {
            length = strcspn(text, "}") + 1;
            run = 0;
        } else if (isalpha((unsigned char)*text)) {
            while (isalpha((unsigned char)text[length]) || text[length] == '_')
                length++;
            run++;
            longest = run > longest ? run : longest;
        } else if (*text != ' ') {
            run = 0;
        }
    }
    return longest;
}

static void assert_pair(const char *what, const char *en, const char *ko)
{
    if (en == NULL || ko == NULL)
        fail_msg("%s: a text is missing", what);
    if ((*en == '\0') != (*ko == '\0'))
        fail_msg("%s: only one language says something: '%s' '%s'", what, en, ko);
    if (has_hangul(en))
        fail_msg("%s: the English text is not English: %s", what, en);
    if (english_words(ko) > 3)
        fail_msg("%s: an English sentence stands in the Korean text: %s", what, ko);
}

/* Is this a sentence that a reader can be shown alone? */
static void assert_sentence(const char *what, const char *en, const char *ko)
{
    assert_pair(what, en, ko);
    if (*en == '\0' || !has_hangul(ko))
        fail_msg("%s: no sentence: '%s' '%s'", what, en, ko);
    if (strstr(ko, "니다") == NULL)
        fail_msg("%s: not as a lecturer speaks: %s", what, ko);
}

static void rows_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        const struct lecture_step *const step = &steps[i];
        for (size_t line = 0; line < LECTURE_LINES; line++) {
            const char *const en = step->text[LANGUAGE_EN][line], *const ko = step->text[LANGUAGE_KO][line];
            const bool optional = line == LECTURE_HEAD || line == LECTURE_NOTED || (en != NULL && en[0] == '[');
            (optional ? assert_pair : assert_sentence)(step->call, en, ko);
        }
        assert_true(*step->text[LANGUAGE_EN][LECTURE_HEAD] != '\0');
    }
    for (size_t i = 0; i < COUNT(troubles); i++) {
        assert_sentence(troubles[i].error, troubles[i].text[LANGUAGE_EN][0], troubles[i].text[LANGUAGE_KO][0]);
        assert_sentence(troubles[i].error, troubles[i].text[LANGUAGE_EN][1], troubles[i].text[LANGUAGE_KO][1]);
    }
    assert_string_equal(troubles[COUNT(troubles) - 1].error, "any");
    for (size_t i = 0; i < COUNT(words); i++) {
        assert_pair(words[i].name, words[i].text[LANGUAGE_EN], words[i].text[LANGUAGE_KO]);
        assert_true(*words[i].text[LANGUAGE_EN] != '\0');
    }
}

/* A row of the wrong name would never be found. */
static void rows_are_of_calls(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(steps) + COUNT(same); i++) {
        const char *const call = i < COUNT(steps) ? steps[i].call : same[i - COUNT(steps)].call;
        size_t at = 0;
        while (at < CALLS_TOLD && strcmp(calls[at].api, call) != 0)
            at++;
        if (at == CALLS_TOLD)
            fail_msg("%s is no call of calls.def", call);
    }
    for (size_t i = 0; i < COUNT(same); i++)
        assert_string_equal(like(same[i].like), same[i].like); /* one step, no chains */
}

static void no_row_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++)
        assert_ptr_equal(find(steps[i].call, steps[i].outcome, steps[i].acting), &steps[i]);
    for (size_t i = 0; i < COUNT(troubles); i++)
        assert_ptr_equal(lecture_trouble(troubles[i].error), &troubles[i]);
    for (size_t i = 0; i < COUNT(words); i++)
        assert_ptr_equal(lecture_word(words[i].name, LANGUAGE_EN), words[i].text[LANGUAGE_EN]);
}

/* --- holes ------------------------------------------------------------------------- */

/* Is there a hole of this name, in general or in a call that shares the row? */
static bool is_hole(const char *call, const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof holes / sizeof holes[0]; i++) {
        if (strlen(holes[i].name) == size && memcmp(holes[i].name, name, size) == 0)
            return true;
    }
    for (size_t i = 0; i < CALLS_TOLD; i++) {
        if (strcmp(calls[i].api, call) != 0 && strcmp(like(calls[i].api), call) != 0)
            continue;
        for (unsigned f = 0; f < calls[i].field_count; f++) {
            if (calls[i].fields[f].key_size == size && memcmp(calls[i].fields[f].key, name, size) == 0)
                return true;
        }
    }
    return false;
}

static bool is_particle(const char *name, size_t size)
{
    static const char *const pairs[] = {"을/를", "이/가", "은/는", "과/와", "으로/로", "이라는/라는"};
    for (size_t i = 0; i < COUNT(pairs); i++) {
        if (strlen(pairs[i]) == size && memcmp(pairs[i], name, size) == 0)
            return true;
    }
    return false;
}

static void check_holes(const char *call, const char *text, bool korean)
{
    int depth = 0;
    for (const char *at = text; *at != '\0'; at++) {
        depth += *at == '[' ? 1 : *at == ']' ? -1 : 0;
        if (depth < 0 || depth > 1)
            fail_msg("%s: brackets do not match: %s", call, text);
        if (*at != '{')
            continue;
        const size_t size = strcspn(at + 1, "}");
        if (!is_hole(call, at + 1, size) && !(korean && is_particle(at + 1, size)))
            fail_msg("%s: nothing fills {%.*s} in: %s", call, (int)size, at + 1, text);
    }
    assert_int_equal(depth, 0);
}

static void holes_are_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        for (size_t line = 0; line < LECTURE_LINES; line++) {
            check_holes(steps[i].call, steps[i].text[LANGUAGE_EN][line], false);
            check_holes(steps[i].call, steps[i].text[LANGUAGE_KO][line], true);
        }
    }
    for (size_t i = 0; i < COUNT(troubles); i++) {
        for (size_t line = 0; line < 2; line++) {
            check_holes("getaddrinfo", troubles[i].text[LANGUAGE_EN][line], false);
            check_holes("getaddrinfo", troubles[i].text[LANGUAGE_KO][line], true);
        }
    }
}

/* --- every call, outcome, role and error --------------------------------------------- */

static struct view view;
static struct record record;
static struct facts facts;
static struct out out;

static void begin_view(size_t call)
{
    const uint8_t loopback[4] = {127, 0, 0, 1};
    record = (struct record){.call = (uint16_t)call, .fd = 5, .ret = 7, .pid = 1, .marks = PLACE_STACK, .inode = 9};
    view = (struct view){.record = &record, .call = &calls[call], .end = (const char *)(&record + 1), .bytes = 78};
    view.created_count = 2;
    view.created[0].fd = 7;
    view.created[1].fd = 8;
    address_from_ipv4(&view.local, loopback, 45678);
    address_from_ipv4(&view.peer, loopback, 8080);
    facts = (struct facts){.fd = 5, .before_known = true, .left_known = true, .left = 100, .keeper_comm = "curl"};
}

static void assert_told(enum language language)
{
    const struct lecture lecture = {.view = &view, .facts = &facts, .language = language, .deep = true, .shown = 32};
    for (size_t line = 0; line < LECTURE_LINES; line++) {
        out.used = 0;
        const bool told = lecture_put(&out, &lecture, line);
        out.buffer[out.used] = '\0';
        if (!told && line < LECTURE_STACK)
            fail_msg("%s, outcome %u, as %u: nothing is said", view.call->api, facts.outcome, facts.acting);
        if (strpbrk(out.buffer, "{}") != NULL)
            fail_msg("%s: not all is filled in: %s", view.call->api, out.buffer);
        if (told && line == LECTURE_ASKED && has_hangul(out.buffer) != (language == LANGUAGE_KO))
            fail_msg("%s: the wrong language: %s", view.call->api, out.buffer);
    }
}

static void every_call(void **state)
{
    (void)state;
    for (size_t call = 0; call < CALLS_TOLD; call++) {
        begin_view(call);
        for (unsigned outcome = 0; outcome < OUTCOMES; outcome++) {
            for (unsigned acting = 0; acting < 2 * AS_LOCAL; acting++) {
                facts.outcome = outcome;
                facts.acting = acting % AS_LOCAL;
                facts.local = acting >= AS_LOCAL;
                if (lecture_step(view.call->api, &facts) == NULL)
                    fail_msg("lecture.def has no row for %s", view.call->api);
                assert_told(LANGUAGE_EN);
                assert_told(LANGUAGE_KO);
            }
        }
    }
}

static void every_error(void **state)
{
    static const uint16_t taught[] = {ECONNREFUSED, ETIMEDOUT,  ECONNRESET, EINPROGRESS,  EAGAIN,
                                      EBADF,        EADDRINUSE, EPIPE,      EHOSTUNREACH, ENOTCONN};
    (void)state;
    for (size_t i = 0; i < COUNT(taught); i++)
        assert_string_not_equal(lecture_trouble(name_of(KIND_errno, taught[i]))->error, "any");
    for (size_t call = 0; call < CALL_COUNT; call++) {
        for (uint16_t error = 1; error < 134; error++) {
            begin_view(call);
            record.ret = -1;
            record.error = error;
            view.failed = true;
            view.error = name_of(KIND_errno, error);
            view.bytes = 0;
            assert_told(LANGUAGE_EN);
            assert_told(LANGUAGE_KO);
        }
    }
}

/* --- some texts as they come out ------------------------------------------------------ */

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
                "프로토콜 스택은 이 소켓의 포트 번호를 정하고(전에는 없음, 이제는 45678), 상대와 제어 정보를 "
                "주고받아 두 소켓을 파이프로 연결합니다. 여기에 12밀리초가 걸렸습니다.");
    assert_line(LANGUAGE_KO, LECTURE_NOTED,
                "소켓에 상대의 주소 127.0.0.1:8080과 자기 주소 127.0.0.1:45678이 기록됩니다.");
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
    assert_line(LANGUAGE_KO, LECTURE_NOTED,
                "디스크립터 3이 돌아옵니다. 애플리케이션은 이 번호를 메모리에 기록해 두고, 앞으로 이 번호로 "
                "소켓을 가리킵니다.");
    view.created[0].fd = 4;
    assert_line(LANGUAGE_KO, LECTURE_NOTED,
                "디스크립터 4가 돌아옵니다. 애플리케이션은 이 번호를 메모리에 기록해 두고, 앞으로 이 번호로 "
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
    assert_line(LANGUAGE_KO, LECTURE_HEAD, "getsockname(5): 자기 포트 번호 없음");
    assert_line(LANGUAGE_KO, LECTURE_NOTED, "대답: 포트 번호는 아직 없습니다.");
    assert_line(LANGUAGE_EN, LECTURE_NOTED, "It says: no port number yet.");
}

static void chosen_port(void **state)
{
    (void)state;
    begin_view(CALL_bind);
    facts.acting = AS_LISTENER;
    record.arg[0] = 1;
    assert_line(LANGUAGE_EN, LECTURE_ASKED,
                "The server asks that socket 5 have the address 127.0.0.1:0, under which clients can find it.");
    assert_line(LANGUAGE_KO, LECTURE_NOTED,
                "소켓에 자기 주소 127.0.0.1:45678이 기록됩니다(포트 번호: 전에는 없음, 이제는 45678).");
    record.arg[0] = 0;
    assert_line(LANGUAGE_EN, LECTURE_ASKED,
                "The server asks that socket 5 have the address 127.0.0.1:45678, under which clients can find it.");
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
    assert_line(
        LANGUAGE_KO, LECTURE_NOTED,
        "프로토콜 스택은 도착했지만 아직 읽지 않은 데이터, 곧 수신 대기열의 길이를 셉니다. 대답: 24,576바이트.");
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
                "대답: 0. 0이면 성공입니다. 프로그램은 이렇게 connect가 어떻게 끝났는지 확인합니다.");
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
    assert_line(LANGUAGE_KO, LECTURE_STACK,
                "커널은 소켓 한 개 분량의 메모리를 확보하고 처음 상태의 제어 정보를 기록합니다. 접속할 상대도, "
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

static int begin(void **state)
{
    (void)state;
    schema_compile(calls);
    phrase_scratch(&out, true);
    return 0;
}

static int end(void **state)
{
    (void)state;
    phrase_scratch_end(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_whole), cmocka_unit_test(rows_are_of_calls),
        cmocka_unit_test(no_row_twice),   cmocka_unit_test(holes_are_known),
        cmocka_unit_test(every_call),     cmocka_unit_test(every_error),
        cmocka_unit_test(connecting),     cmocka_unit_test(particles_follow_numbers),
        cmocka_unit_test(refused),        cmocka_unit_test(language_of_the_environment),
        cmocka_unit_test(no_port_yet),    cmocka_unit_test(chosen_port),
        cmocka_unit_test(would_block),    cmocka_unit_test(queues_and_errors_that_were_asked),
        cmocka_unit_test(spawned),        cmocka_unit_test(within_this_machine),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
