#ifndef KIND_K_COMPUTE_SCRIPT_H
#define KIND_K_COMPUTE_SCRIPT_H
#include <stdbool.h>
#include <stdint.h>
#include "kind.h"
/*
 * compute.script: a consumer's script over leased assets, in a container.
 * What the worker must know of it to stage the job; the container's side
 * (limits, params, outputs) reads the spec itself.
 */
#define COMPUTE_INPUTS_MAX	32
#define COMPUTE_DIGEST_MAX	71	/* "sha256:" and 64 hex digits */
struct compute_input {
	const char *variable;		/* [A-Za-z_][A-Za-z0-9_]* : safe as a file name */
	const char *asset_id;		/* [A-Za-z0-9][A-Za-z0-9._-]* : likewise */
	const char *kind;		/* csv, tsv, jsonl, parquet, npy, tar, file */
	const char *sha256;		/* 64 lower-case hex digits */
	const char *store;		/* where the bytes were at the submit: pg, dir, s3, rows */
	int64_t	size;
	bool	tar;			/* to be unpacked */
	struct json_object *columns;	/* may be NULL */
};
struct compute_args {			/* strings are borrowed from the spec */
	const char *image;
	const char *image_digest;
	size_t	n_inputs;
	struct compute_input inputs[COMPUTE_INPUTS_MAX];
};
extern const struct kind k_compute_script;
/* compute_args_parse: the parser, for kinds whose arguments begin with these. */
int compute_args_parse(struct compute_args *a, struct json_object *spec, struct err *e);
#endif
