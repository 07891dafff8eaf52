/*
 * Interruption: SIGINT and SIGTERM end the reading, not the program, so that it can print what it has; a second one
 * ends it at once. A signal between looking at a flag and waiting for input would be missed; so the handler writes to a
 * pipe, and whoever waits for input waits for that pipe, too.
 */
#include "usage_report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t caught;
static int ends[2] = {-1, -1};

static void on_signal(int number) {
    const int kept = errno;
    caught = number;
    if (write(ends[1], "", 1) < 0) {
        errno = kept; /* the pipe is full, so it has been written to before */
    }
    errno = kept;
}

bool interrupt_prepare(void) {
    static const int signals[] = {SIGINT, SIGTERM};
    if (pipe(ends) != 0) {
        return false;
    }
    for (size_t i = 0; i < 2; i++) {
        struct sigaction before;
        struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
        sigemptyset(&action.sa_mask);
        /* Who started the program may have had it ignore the signal, as nohup does. */
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            sigaction(signals[i], &action, NULL);
        }
    }
    return true;
}

int interrupt_signal(void) {
    return caught;
}

void interrupt_wait(int file) {
    struct pollfd waiting[2] = {{.fd = file, .events = POLLIN}, {.fd = ends[0], .events = POLLIN}};
    poll(waiting, 2, -1);
}

void interrupt_die(void) {
    if (caught) {
        signal(caught, SIG_DFL);
        raise(caught);
    }
}
