#ifndef CRYPT_LIBGCRYPT_H
#define CRYPT_LIBGCRYPT_H
/*
 * libgcrypt_ready(): the library wants its version asked for before anything
 * else; cheap when that was done.  Ends the process when the library is not the
 * one that this was compiled for.
 */
void libgcrypt_ready(void);
#endif
