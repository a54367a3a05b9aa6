/* process.h -- processes that wait to be told to work.
 *
 * The driver and a process speak in lines. The process says "ready" when its
 * inputs are made and the work was done once. Then it is told
 *
 *     check           and answers with up to 64 numbers of the result
 *     go SECONDS      does the work over and over for so long, and answers
 *                     with the seconds of the fastest turn, the most bytes of
 *                     memory it ever held, those it held before it made its
 *                     inputs, and the processor time it took now
 *     end             and is gone
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <sys/types.h>

#include "bench.h"

typedef struct {
    pid_t pid;
    FILE *to, *from;    /* NULL: there is none */
    bool shared;        /* one of many turns of PyTorch's process */
} Child;

/* A copy of this process does the work. */
Child child_fork(const Work *work, int threads);

/* PyTorch number `which` does what work->torch says; peer.py forks for each. If
 * it cannot, a Child without streams. */
Child child_torch(int which, const Work *work, int threads);

/* Says a line, and reads the answer, of at most `size` characters. False if
 * the process is gone. */
bool child_ask(const Child *child, const char *line, char *answer, size_t size);

void child_end(Child *child);

/* A question that had better not be asked in this process: a child asks it. */
void child_tells(const char *(*question)(int which), int which, char *answer,
                 size_t size);

/* Starts a program and waits for its end; seconds, or NaN if it failed. */
double child_run(char *const argv[], int threads);

/* Calls take() with each of the names in a list, which have colons between. */
void each_name(const char *list, void (*take)(const char *name));

/* Lets go of every PyTorch. */
void child_torch_end(void);

enum { SAMPLES = 64 };

/* From the project's root; the folder is what `make setup-bench` fills with the
 * peers of today. */
#define PEER_PROGRAM "tests/bench/peer.py"
#define PEERS_FOLDER "build/peers"

#endif
