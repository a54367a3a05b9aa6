/* commands.h -- what `picture` can do. Each takes its own command line, the
 * command in argv[0], and returns what main() does. */
#ifndef PICTURE_COMMANDS_H
#define PICTURE_COMMANDS_H

int train(int argc, char **argv);       /* train.c */
int score(int argc, char **argv);       /* look.c */
int look(int argc, char **argv);        /* look.c */

#endif
