#ifndef PRIO1_BACKEND_H
#define PRIO1_BACKEND_H
#include "store.h"
/*
 * What a kind of store does; store.c checks names first and looks for kinds in one
 * table.  For store*.c only.
 */
struct prio_backend {
	int (*put)(struct prio_store *s, const char *name, const struct prio_file *f, struct err *e);
	int (*get)(struct prio_store *s, const char *name, int64_t from, int64_t len, prio_sink_fn *sink, void *arg,
	    struct err *e);
	int (*head)(struct prio_store *s, const char *name, int64_t *size, struct err *e);	/* 1, 0, -1 */
	int (*list)(struct prio_store *s, const char *prefix, prio_list_fn *fn, void *arg, struct err *e);	/* any order */
	int (*remove)(struct prio_store *s, const char *name, struct err *e);
	/* open: its file, when it is one (1); 0: it must be copied; -1 */
	int (*open)(struct prio_store *s, const char *name, int *fd, struct err *e);
};
struct s3;
struct prio_store {
	const struct prio_backend *backend;
	char	*work_dir;
	char	ident[SHA256_HEX];	/* of where it is */
	int	root;			/* folder */
	struct s3 *s3;
	bool	unsigned_payload;
};
extern const struct prio_backend prio_folder_backend, prio_s3_backend;
#endif
