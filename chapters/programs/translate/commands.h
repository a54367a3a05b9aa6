/* commands.h -- what `translate` can do. Each takes its own command line, the
 * command in argv[0], and returns what main() does. */
#ifndef TRANSLATE_COMMANDS_H
#define TRANSLATE_COMMANDS_H

int train(int argc, char **argv);       /* train.c */
int translate(int argc, char **argv);   /* lines.c */
int attend(int argc, char **argv);      /* attend.c */

#endif
