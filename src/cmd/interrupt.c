#include "cmd/interrupt.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GRACE_S = 1 }; /* in which the capturing program, interrupted too, writes its last packets */

static volatile sig_atomic_t over;
static bool input_is_pipe; /* else the flags of a terminal would change for others, too */

/* What waits for standard input waits no longer: what is in the pipe is read, then it ends
 * (capture/source.c).  The descriptor read from is a copy of this one and shares its flags. */
static void on_alarm(int signal)
{
    int flags = input_is_pipe ? fcntl(STDIN_FILENO, F_GETFL) : -1;

    (void)signal;
    over = 1;
    if (flags >= 0)
        fcntl(STDIN_FILENO, F_SETFL, flags | O_NONBLOCK);
}

static void on_interrupt(int signal)
{
    (void)signal;
    alarm(GRACE_S);
}

/* A call that waits is interrupted.  What is ignored stays so. */
static void handle(int signal, void (*handler)(int), int flags)
{
    struct sigaction action;

    if (sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
        return;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

void interrupt_ends_input(void)
{
    struct stat st;

    input_is_pipe = fstat(STDIN_FILENO, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
    handle(SIGALRM, on_alarm, 0);
    handle(SIGINT, on_interrupt, (int)SA_RESETHAND);
    handle(SIGTERM, on_interrupt, (int)SA_RESETHAND);
}

bool interrupt_came(void)
{
    return over;
}
