#define _GNU_SOURCE
#include "CPluginProbe.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if defined(__linux__)
#include <ucontext.h>
#endif

#define SLOTS 256

/* Where watched memory is, for the handler. A slot with size 0 is free. */
static struct slot {
  _Atomic(uint8_t *) data;
  _Atomic size_t size, before, behind; /* bytes that are watched around the data */
  _Atomic int kind;
} slots[SLOTS];
static pthread_mutex_t slots_lock = PTHREAD_MUTEX_INITIALIZER;

static size_t page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

fm_watched fm_watch(fm_watch_kind kind, size_t size, int at_end) {
  fm_watched memory = {.size = size, .slot = -1};
  size_t page = page_size(), inner = (size + page - 1) / page * page;
  if (inner == 0) inner = page;
  /* Several pages: a read one row too far still meets them. */
  size_t guard = 64 * page;
  memory.page_bytes = inner + 2 * guard;
  void *pages = mmap(NULL, memory.page_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return memory;
  memory.pages = pages;
  if (mprotect(memory.pages + guard, inner, PROT_READ | PROT_WRITE)) {
    munmap(pages, memory.page_bytes);
    return memory;
  }
  memory.data = memory.pages + guard + (at_end ? inner - size : 0);
  pthread_mutex_lock(&slots_lock);
  for (int i = 0; i < SLOTS && memory.slot < 0; i++) {
    if (slots[i].data) continue;
    memory.slot = i;
    slots[i].size = size;
    slots[i].before = (size_t)(memory.data - memory.pages);
    slots[i].behind = memory.page_bytes - slots[i].before - size;
    slots[i].kind = kind;
    slots[i].data = memory.data;
  }
  pthread_mutex_unlock(&slots_lock);
  return memory;
}

void fm_watch_allow(const fm_watched *memory, fm_access access) {
  static const int protection[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE};
  size_t page = page_size(), guard = 64 * page;
  mprotect(memory->pages + guard, memory->page_bytes - 2 * guard, protection[access]);
}

void fm_unwatch(const fm_watched *memory) {
  if (memory->slot >= 0) slots[memory->slot].data = NULL;
  if (memory->pages) munmap(memory->pages, memory->page_bytes);
}

static volatile sig_atomic_t fault_file = -1;

/* Appends a space and a number that is not negative; without the C library, as a handler must. */
static char *append(char *end, uint64_t number) {
  char digits[20];
  int count = 0;
  do digits[count++] = (char)('0' + number % 10);
  while (number /= 10);
  *end++ = ' ';
  while (count > 0) *end++ = digits[--count];
  return end;
}

static void tell(int signal, siginfo_t *info, void *context) {
  uint64_t writes = 2, distance = 0;
  int place = FM_FAULT_ELSEWHERE, kind = 0;
  char line[128] = "!", *end = line + 1;
#if defined(__linux__) && defined(__x86_64__)
  if (signal == SIGSEGV) writes = ((ucontext_t *)context)->uc_mcontext.gregs[REG_ERR] & 2 ? 1 : 0;
#else
  (void)context;
#endif
  uint8_t *address = signal == SIGSEGV || signal == SIGBUS ? info->si_addr : NULL;
  for (int i = 0; address && i < SLOTS; i++) {
    uint8_t *data = slots[i].data;
    size_t size = slots[i].size;
    if (!data || address < data - slots[i].before || address >= data + size + slots[i].behind) continue;
    kind = slots[i].kind;
    if (address < data) {
      place = FM_FAULT_BEFORE;
      distance = (uint64_t)(data - address);
    } else if (address >= data + size) {
      place = FM_FAULT_BEHIND;
      distance = (uint64_t)(address - data) - size;
    } else {
      place = FM_FAULT_INSIDE;
      distance = (uint64_t)(address - data);
    }
    break;
  }
  end = append(append(append(append(append(end, (uint64_t)signal), (uint64_t)place), (uint64_t)kind), writes), distance);
  *end++ = '\n';
  ssize_t written = write(fault_file, line, (size_t)(end - line));
  (void)written;
  _exit(99);
}

void fm_tell_faults(int file) {
  static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGSYS};
  static uint8_t stack[64 * 1024];
  stack_t place = {.ss_sp = stack, .ss_size = sizeof stack};
  struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
  fault_file = file;
  sigaltstack(&place, NULL);
  action.sa_sigaction = tell;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
}

struct thread {
  pthread_t id;
  void (*body)(void *, int);
  void *context;
  int index;
};

static void *start(void *argument) {
  struct thread *thread = argument;
  thread->body(thread->context, thread->index);
  return NULL;
}

int fm_run_threads(int count, void (*body)(void *context, int index), void *context) {
  struct thread *threads = calloc((size_t)count, sizeof *threads);
  int started = 0, error = threads ? 0 : ENOMEM;
  while (!error && started < count) {
    threads[started] = (struct thread){.body = body, .context = context, .index = started};
    error = pthread_create(&threads[started].id, NULL, start, &threads[started]);
    if (!error) started++;
  }
  for (int i = 0; i < started; i++) pthread_join(threads[i].id, NULL);
  free(threads);
  return error;
}

size_t fm_heap_in_use(void) {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
#else
  return 0;
#endif
}
