#include "CUnfinishedFiles.h"

#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

/* Memory that is always there: a handler must not allocate or wait. */
enum { PLACES = 64 };
enum { place_free, place_taken, place_ready };

static char paths[PLACES][PATH_MAX];
static atomic_int states[PLACES];

int fm_unfinished_add(const char *path) {
  const size_t size = strlen(path) + 1;
  if (size > PATH_MAX) return -1;
  for (int place = 0; place < PLACES; place++) {
    int expected = place_free;
    if (!atomic_compare_exchange_strong(&states[place], &expected, place_taken)) continue;
    memcpy(paths[place], path, size);
    atomic_store(&states[place], place_ready);
    return place;
  }
  return -1;
}

void fm_unfinished_remove(int place) {
  if (place >= 0 && place < PLACES) atomic_store(&states[place], place_free);
}

static void end(int signal_number) {
  for (int place = 0; place < PLACES; place++)
    if (atomic_load(&states[place]) == place_ready) unlink(paths[place]);
  /* Its own action is in force again: the program ends by it when the handler returns, so that the shell sees it. */
  raise(signal_number);
}

void fm_unfinished_watch(int signal_number) {
  struct sigaction action = {0};
  action.sa_handler = end;
  action.sa_flags = SA_RESETHAND;
  sigemptyset(&action.sa_mask);
  sigaction(signal_number, &action, NULL);
}

void fm_unfinished_watch_all(void) {
  const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  sigset_t watched;
  sigemptyset(&watched);
  for (int i = 0; i < 3; i++) {
    struct sigaction before;
    /* Who started the program in the background wants it to go on. */
    if (sigaction(numbers[i], NULL, &before) != 0 || before.sa_handler == SIG_IGN) continue;
    fm_unfinished_watch(numbers[i]);
    sigaddset(&watched, numbers[i]);
  }
  /* A program started by a thread that hears no signals inherits that. */
  pthread_sigmask(SIG_UNBLOCK, &watched, NULL);
  signal(SIGXFSZ, SIG_IGN);
}
