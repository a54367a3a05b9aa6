/* commands.h -- what `story` can do. Each takes its own command line, the
 * command in argv[0], and returns what main() does. */
#ifndef STORY_COMMANDS_H
#define STORY_COMMANDS_H

int train(int argc, char **argv);       /* train.c */
int go_on(int argc, char **argv);       /* write.c: story continue */
int ask(int argc, char **argv);         /* write.c */
int export(int argc, char **argv);      /* files.c */
int import(int argc, char **argv);      /* files.c */
int score(int argc, char **argv);       /* score.c */
int attend(int argc, char **argv);      /* attend.c */

#endif
