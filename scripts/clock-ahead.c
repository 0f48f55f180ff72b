// Moves the calendar of a program and of all that it starts, and leaves elapsed time alone: LD_PRELOAD it with CLOCK_AHEAD_S=seconds.
// libfaketime moves the monotonic clocks too, however it is told not to, and .NET's time-outs then fire at once.
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long ahead(void) {
  static long seconds = -1;
  if (seconds < 0) {
    const char *set = getenv("CLOCK_AHEAD_S");
    seconds = set ? atol(set) : 0;
  }
  return seconds;
}

int clock_gettime(clockid_t id, struct timespec *at) {
  int result = syscall(SYS_clock_gettime, id, at);
  if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
    at->tv_sec += ahead();
  return result;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  int result = syscall(SYS_gettimeofday, at, zone);
  if (result == 0 && at)
    at->tv_sec += ahead();
  return result;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at)
    *at = now.tv_sec;
  return now.tv_sec;
}
