#ifndef CRYPT_XCHACHA_H
#define CRYPT_XCHACHA_H
#include "../base/buf.h"
#include "secret.h"
#include "wbuf.h"
/*
 * XChaCha20-Poly1305 with a random nonce in front: nonce 24, text, tag 16.  Its
 * nonce is long enough to be random for any number of messages under one key.
 * Both append to out and write nothing on failure.  xchacha_seal: ERR_LIMIT when
 * out is full, ERR_CRYPTO when key has not 32 bytes.  xchacha_open: ERR_CRYPTO
 * too for whatever this key and associated data did not seal.
 * Source: draft-irtf-cfrg-xchacha-03.
 */
#define XCHACHA_MORE	40	/* bytes that sealing adds */
int xchacha_seal(struct buf *out, const struct secret *key, const void *ad, size_t ad_len, const void *p, size_t n,
    struct err *e);
int xchacha_open(struct wbuf *out, const struct secret *key, const void *ad, size_t ad_len, const void *p, size_t n,
    struct err *e);
#endif
