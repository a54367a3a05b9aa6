/* input.h -- lines from standard input, of a person, who is asked for each, or
 * from a pipe or a file. */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stddef.h>

/* Start with input_begin(). */
typedef struct {
    char *line;         /* the last one, with its new line */
    size_t room, bytes;
    long number;        /* of the line, from 1 */
    bool asks;          /* a person is asked for each */
    bool file;          /* it is a file: nobody waits for an answer */
    bool refused;       /* some line was */
} Input;

Input input_begin(void);
void input_free(Input *in);

/* Reads the next line; false at the end. A prompt, "> ", goes to stderr if a
 * person is there to see it. What cannot be read ends with die(). */
bool input_next(Input *in);

/* Says on stderr why the line cannot be used: "standard input, line 3: WHAT
 * NUMBER; expected EXPECTED". */
void input_refuse(Input *in, const char *what, long number,
                  const char *expected);

/* Is it text: UTF-8, and no zero in it? If not, refuses it. */
bool input_is_text(Input *in);

#endif
