/* t26_versions SCRIPT - starts SCRIPT, which has no #! line, by each version of
 * posix_spawn: those of programs that were linked before 2012 give it to a
 * shell, the newer ones say ENOEXEC. */
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

typedef int spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                  const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]);

static void report(const char *name, spawn *run, char **argv, char **envp)
{
    pid_t child;
    int status = -1;
    const int error = run(&child, argv[1], NULL, NULL, argv + 1, envp);
    if (error == 0)
        waitpid(child, &status, 0);
    printf("%s: %s, status %d\n", name, strerrorname_np(error), status);
}

#if defined(__x86_64__)
spawn old_spawn, old_spawnp;
__asm__(".symver old_spawn, posix_spawn@GLIBC_2.2.5");
__asm__(".symver old_spawnp, posix_spawnp@GLIBC_2.2.5");
#else
#define old_spawn posix_spawn
#define old_spawnp posix_spawnp
#endif

int main(int argc, char **argv, char **envp)
{
    if (argc != 2)
        return 2;
    setvbuf(stdout, NULL, _IONBF, 0);
    report("posix_spawn", posix_spawn, argv, envp);
    report("posix_spawnp", posix_spawnp, argv, envp);
    report("old posix_spawn", old_spawn, argv, envp);
    report("old posix_spawnp", old_spawnp, argv, envp);
}
