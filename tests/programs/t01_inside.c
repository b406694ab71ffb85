/* t01_inside WHAT - one call of libc behind which sockets are used. */
#include <aio.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <err.h>
#include <ifaddrs.h>
#include <mqueue.h>
#include <net/if.h>
#include <netdb.h>
#include <pthread.h>
#include <pwd.h>
#include <resolv.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

static int pair[2];

/* A name server for one question: the answer is always 192.0.2.7. */
static void *name_server(void *argument)
{
    static const unsigned char tail[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7};
    const int fd = *(int *)argument;
    unsigned char message[512];
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    const ssize_t size = recvfrom(fd, message, 400, 0, (struct sockaddr *)&from, &length);
    size_t end = 12;
    while (size > 0 && message[end] != 0)
        end += 1 + message[end];
    end += 5; /* behind the question: what else was asked is left out */
    message[2] |= 0x80;
    message[7] = 1;
    memset(message + 8, 0, 4);
    memcpy(message + end, tail, sizeof tail);
    sendto(fd, message, end + sizeof tail, 0, (struct sockaddr *)&from, length);
    return NULL;
}

static void look_up(int (*query)(const char *, int, int, unsigned char *, int))
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    unsigned char answer[512];
    pthread_t thread;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int server = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(server, (struct sockaddr *)&address, length) < 0 ||
        getsockname(server, (struct sockaddr *)&address, &length) < 0 ||
        pthread_create(&thread, NULL, name_server, &server) != 0)
        err(1, "name server");
    res_init();
    _res.nscount = 1;
    _res.nsaddr_list[0] = address;
    _res.retrans = RES_MAXRETRANS; /* the thread may be late */
    _res.retry = 1;
    if (query("sockspy.example", C_IN, T_A, answer, sizeof answer) <= 0)
        errx(1, "no answer");
    pthread_join(thread, NULL);
}

static void do_getaddrinfo(void)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *found = NULL;
    getaddrinfo("127.0.0.1", "80", &hints, &found);
}
static void do_gethostbyname(void)
{
    gethostbyname("localhost");
}
static void do_res_query(void)
{
    look_up(res_query);
}
static void do_res_search(void)
{
    look_up(res_search);
}
static void do_getifaddrs(void)
{
    struct ifaddrs *list;
    getifaddrs(&list);
}
static void do_if_nameindex(void)
{
    if_nameindex();
}
static void do_if_nametoindex(void)
{
    if_nametoindex("lo");
}
static void do_syslog(void)
{
    syslog(LOG_DEBUG, "a trap");
}
static void do_rresvport(void)
{
    int port = 1023;
    rresvport(&port);
}
static void do_bindresvport(void)
{
    bindresvport(socket(AF_INET, SOCK_STREAM, 0), NULL);
}
/* Listens on this machine, with a thread that serves; returns the port, as it is sent. */
static in_port_t listen_with(void *(*serve)(void *listening))
{
    static int listening;
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    pthread_t thread;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listening = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listening, (struct sockaddr *)&address, length) < 0 || listen(listening, 1) < 0 ||
        getsockname(listening, (struct sockaddr *)&address, &length) < 0 ||
        pthread_create(&thread, NULL, serve, &listening) != 0)
        err(1, "listen");
    return address.sin_port;
}
static int command(in_port_t port, int *errors)
{
    static char name[] = "127.0.0.1";
    char *host = name;
    return rcmd(&host, port, "nobody", "nobody", "true", errors);
}
static void *hang_up(void *argument)
{
    close(accept(*(int *)argument, NULL, NULL));
    return NULL;
}
static void do_rcmd(void)
{
    const in_port_t port = listen_with(hang_up);
    fclose(stderr); /* it complains there */
    signal(SIGPIPE, SIG_IGN);
    command(port, NULL);
}
/* The other side of rcmd: connects to its second port, too, and says that all is well. */
static void *serve_command(void *listening)
{
    char text[16] = "";
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int port = IPPORT_RESERVED - 1;
    const int fd = accept(*(int *)listening, NULL, NULL);
    for (size_t i = 0; i < sizeof text - 1 && read(fd, text + i, 1) == 1 && text[i] != '\0'; i++)
        ;
    const int errors = rresvport(&port);
    address.sin_port = htons((in_port_t)atoi(text));
    if (connect(errors, (struct sockaddr *)&address, sizeof address) < 0)
        warn("connect");
    write(fd, "", 1);
    return NULL;
}
static void do_rcmd_both(void)
{
    int errors;
    if (geteuid() != 0)
        exit(77); /* the ports are reserved */
    const int fd = command(listen_with(serve_command), &errors);
    if (fd < 0 || write(fd, "first", 5) != 5 || write(errors, "second", 6) != 6)
        err(1, "rcmd");
}
static void told(union sigval value)
{
    (void)value;
}
static void do_mq_notify(void)
{
    struct sigevent notice = {.sigev_notify = SIGEV_THREAD};
    notice.sigev_notify_function = told;
    char name[32];
    snprintf(name, sizeof name, "/sockspy-%d", (int)getpid());
    const mqd_t queue = mq_open(name, O_CREAT | O_RDWR, 0600, NULL);
    mq_unlink(name);
    if (mq_notify(queue, &notice) < 0)
        err(77, "mq_notify");
}
static void do_fdopen(void)
{
    FILE *const file = fdopen(pair[0], "w");
    fprintf(file, "hello");
    fflush(file);
}
/* The standard streams need no fdopen. */
static void do_printf(void)
{
    dup2(pair[0], 1);
    printf("hello");
}
static void do_getchar(void)
{
    write(pair[1], "hello", 5);
    dup2(pair[0], 0);
    getchar();
    _exit(0);
}
/* As a shell does around its echo. */
static void do_lent(void)
{
    const int own = dup(1);
    dup2(pair[0], 1);
    printf("hello");
    fflush(stdout);
    dup2(own, 1);
}
/* As date and its kin, before they exit. */
static void do_closed(void)
{
    dup2(pair[0], 1);
    printf("hello");
    fclose(stdout);
}
static void do_write(void)
{
    dup2(pair[0], 1);
    write(1, "hello", 5);
}
static void do_dprintf(void)
{
    dprintf(pair[0], "hello %d", 5);
}
static void do_fclose(void)
{
    fclose(fdopen(pair[0], "w"));
}
static void do_aio(void)
{
    char buffer[] = "hello";
    struct aiocb block = {.aio_fildes = pair[0], .aio_buf = buffer, .aio_nbytes = 5};
    const struct aiocb *const wait[] = {&block};
    aio_write(&block);
    aio_suspend(wait, 1, NULL);
}
static void do_posix_spawn(void)
{
    extern char **environ;
    posix_spawn_file_actions_t actions;
    pid_t child;
    char *const arguments[] = {(char[]){"true"}, NULL};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pair[0], 0);
    posix_spawn_file_actions_addclose(&actions, pair[1]);
    posix_spawn(&child, "/bin/true", &actions, NULL, arguments, environ);
    waitpid(child, NULL, 0);
}
static void do_popen(void)
{
    pclose(popen("true", "r"));
}
static void do_closefrom(void)
{
    closefrom(pair[0]);
}
static void do_getpwuid(void)
{
    getpwuid(0);
}

static const struct {
    const char *name;
    void (*run)(void);
} rows[] = {
#define ROW(name) {#name, do_##name},
    ROW(getaddrinfo) ROW(gethostbyname) ROW(res_query) ROW(res_search) ROW(getifaddrs) ROW(if_nameindex)
        ROW(if_nametoindex) ROW(syslog) ROW(rresvport) ROW(bindresvport) ROW(rcmd) ROW(rcmd_both) ROW(mq_notify)
            ROW(fdopen) ROW(printf) ROW(getchar) ROW(lent) ROW(closed) ROW(write) ROW(dprintf) ROW(fclose) ROW(aio)
                ROW(posix_spawn) ROW(popen) ROW(closefrom) ROW(getpwuid)};

int main(int argc, char **argv)
{
    if (argc != 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        errx(2, "usage: t01_inside WHAT");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, argv[1]) == 0) {
            rows[i].run();
            return 0;
        }
    }
    errx(2, "no such call: %s", argv[1]);
}
