/* noted.h -- included before what is tried, and before its check. Their calls
 * of the tensor library are noted by try.c, with the whole path: the chapter,
 * the reader's file and the check all have the same name.
 */
#define t_here noted_here
#define t_here_in noted_here_in
#define t_here_look noted_here_look
#define t_here_list noted_here_list
