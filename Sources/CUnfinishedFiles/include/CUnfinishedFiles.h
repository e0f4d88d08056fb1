/* The paths of files that are being written, which a signal that ends the program removes. */
#ifndef FM_CUNFINISHED_FILES_H
#define FM_CUNFINISHED_FILES_H

/* Notes a path; any thread may call. Returns its place for fm_unfinished_remove, or -1 where there is none left or the
 * path is too long: then the file stays after a signal. */
int fm_unfinished_add(const char *path);

/* Forgets the path at a place; -1 is no matter. */
void fm_unfinished_remove(int place);

/* From now on the signal removes the files noted and then ends the program as it would have. May be called in handlers
 * of signals. */
void fm_unfinished_watch(int signal_number);

/* The same for SIGINT, SIGTERM and SIGHUP, as far as they are not ignored; SIGXFSZ is, so that writing beyond the
 * largest size of a file fails as writing to a full disk does. */
void fm_unfinished_watch_all(void);
#endif
