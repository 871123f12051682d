#ifndef FCGI_DOWNLOAD_H
#define FCGI_DOWNLOAD_H
#include "handler.h"
/*
 * download_done: a done for answers with extra.blob: the bytes, as an
 * attachment, with ETag (their SHA-256), If-None-Match, one Range and If-Range.
 * Bytes of the blob folder and of S3 leave through nginx (X-Accel-Redirect).
 */
int download_done(struct req *rq, const struct answer *a, struct resp *rs, struct err *e);
#endif
