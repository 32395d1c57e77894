/* Runs a program and prints what it cost, for scripts/bench/run.
 *
 *   measure [-m] [-t SECONDS] PROGRAM ARGUMENT...
 *
 * The program's output goes to /dev/null.  Prints on one line: seconds of wall
 * clock, of processor time, the peak of resident memory in KiB, the peak of
 * private memory in KiB (anonymous: what is there beyond mapped files; only
 * with -m, which looks every millisecond and so is kept apart from the timing;
 * else 0), and the exit status (124: stopped after -t seconds). */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* The process's anonymous resident memory in KiB, 0 when it cannot be read. */
static long anonymous(pid_t child)
{
    char path[64], line[256];
    long kib = 0;
    FILE *status;

    snprintf(path, sizeof path, "/proc/%ld/status", (long)child);
    status = fopen(path, "r");
    if (!status)
        return 0;
    while (fgets(line, sizeof line, status))
        if (sscanf(line, "RssAnon: %ld", &kib) == 1)
            break;
    fclose(status);
    return kib;
}

static pid_t start(char **argv)
{
    pid_t child = fork();

    if (child == 0) {
        int null = open("/dev/null", O_RDWR);

        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        execvp(argv[0], argv);
        perror(argv[0]);
        _exit(127);
    }
    return child;
}

static void stopped(int signal)
{
    (void)signal;
}

/* Waits for the child, killing it after `limit` seconds (0: never); the peak of
 * its private memory to *peak when `watch`. */
static int finish(pid_t child, bool watch, unsigned limit, long *peak, struct rusage *usage,
                  bool *killed)
{
    struct timespec pause = {0, 1000000};
    struct sigaction action = {.sa_handler = stopped};
    int status = 0;

    sigaction(SIGALRM, &action, NULL);
    alarm(limit);
    for (;;) {
        pid_t got = wait4(child, &status, watch ? WNOHANG : 0, usage);

        if (got == child)
            return status;
        if (got < 0 && errno == EINTR) {
            kill(child, SIGKILL);
            *killed = true;
        } else if (watch) {
            long kib = anonymous(child);

            if (kib > *peak)
                *peak = kib;
            nanosleep(&pause, NULL);
        } else {
            return -1;
        }
    }
}

int main(int argc, char **argv)
{
    struct rusage usage = {0};
    bool watch = false, killed = false;
    unsigned limit = 0;
    long peak = 0;
    int option, status;
    double begin;

    while ((option = getopt(argc, argv, "+mt:")) != -1) {
        if (option == 'm')
            watch = true;
        else if (option == 't')
            limit = (unsigned)strtoul(optarg, NULL, 10);
        else
            return 2;
    }
    if (optind == argc)
        return 2;
    begin = now();
    status = finish(start(argv + optind), watch, limit, &peak, &usage, &killed);
    printf("%.3f %.3f %ld %ld %d\n", now() - begin,
           seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss, peak,
           killed ? 124 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 0;
}
