#ifndef FCGI_ASSET_HEAD_H
#define FCGI_ASSET_HEAD_H
#include "handler.h"
/*
 * asset_head(rq, out, e): what a PUT of an asset says besides its bytes: the
 * name, kind, note (asset_head_shape), declared digest and preconditions.  The check before an
 * upload and the upload read the same; *out is the caller's.
 */
extern const struct shape asset_head_shape;
int asset_head(const struct req *rq, struct json_object **out, struct err *e);
#endif
