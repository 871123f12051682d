#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H
/*
 * Scope-bound ownership.  CLEANUP(f) runs f(&variable) when the scope ends;
 * STEAL(p) hands a pointer over and leaves NULL behind.
 */
#define CLEANUP(fn)	__attribute__((cleanup(fn)))
#define STEAL(p)	__extension__({ __auto_type steal_ = (p); (p) = NULL; steal_; })
#define UNUSED		__attribute__((unused))

/* cleanup_free(&p), cleanup_close(&fd): for malloc'd memory and descriptors (-1: none). */
void cleanup_free(void *pp);
void cleanup_close(int *fd);
#endif
