#ifndef SANDBOX_OCI_SAID_H
#define SANDBOX_OCI_SAID_H
#include <stddef.h>
#include <sys/types.h>
/*
 * What an OCI runtime says, read as the words of a stranger.
 */
/* oci_pid_parse(text, n, pid): the pid file's contents; 0, or -1. */
int oci_pid_parse(const char *text, size_t n, pid_t *pid);
/* oci_last_line(out, n, text, len): the last line of a log that is not empty, cut to n - 1 bytes, with '?' for
 * what cannot be printed; "" if there is none. */
void oci_last_line(char *out, size_t n, const char *text, size_t len);
#endif
