/* What `featuremap plugin check` needs of the system: memory whose ends are watched, crashes that are told, threads,
 * and a process of its own for the plugin. */
#ifndef FM_CPLUGINPROBE_H
#define FM_CPLUGINPROBE_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What watched memory is for; told with a fault. */
typedef enum fm_watch_kind {
  FM_WATCH_INPUT, FM_WATCH_OUTPUT, FM_WATCH_ERROR, FM_WATCH_VALUES, FM_WATCH_TEXT
} fm_watch_kind;

/* Memory between two pages that nobody may touch. */
typedef struct fm_watched {
  uint8_t *data;
  size_t size;
  uint8_t *pages; /* with the pages around it */
  size_t page_bytes;
  int slot;
} fm_watched;

typedef enum fm_access { FM_ACCESS_NONE, FM_ACCESS_READ, FM_ACCESS_WRITE } fm_access;

/* Zeros; the data end where the page after them begins, or begin where the page before them ends. `data` is NULL
 * where there is no memory. */
fm_watched fm_watch(fm_watch_kind kind, size_t size, int at_end);
/* Who touches the data otherwise is told as a fault. */
void fm_watch_allow(const fm_watched *memory, fm_access access);
void fm_unwatch(const fm_watched *memory);

/* Of what was touched in a fault. */
typedef enum fm_fault_place { FM_FAULT_ELSEWHERE, FM_FAULT_BEFORE, FM_FAULT_INSIDE, FM_FAULT_BEHIND } fm_fault_place;

/* From now on a fatal signal writes one line to the file, and the process ends with status 99. The line is "!" and
 * five numbers, each behind a space: the signal; the fm_fault_place; the fm_watch_kind, which means nothing for
 * FM_FAULT_ELSEWHERE; 1 for a write, 0 for a read, 2 where that is not known; the bytes before the beginning or behind
 * the end, or from the beginning for FM_FAULT_INSIDE. */
void fm_tell_faults(int file);

/* Runs body(context, 0) ... body(context, count - 1), each in a thread of its own, and waits for them. Returns 0, or
 * an errno where a thread could not be started. */
int fm_run_threads(int count, void (*body)(void *context, int index), void *context);

/* Bytes that malloc() has handed out; 0 where that is not known. */
size_t fm_heap_in_use(void);

/* This process ends when the one that started it does (on Linux). */
void fm_end_with_parent(void);

/* Starts a program with these files as its standard output and error and as file 3, nothing as standard input.
 * Returns its process id, or -1 and an errno in *error. */
pid_t fm_start(const char *const *arguments, int output, int errors, int messages, int *error);

/* A file without a name, which goes with its descriptor; -1 and errno where there cannot be one. */
int fm_temporary_file(void);
#endif
