#ifndef CRYPT_TOKEN_H
#define CRYPT_TOKEN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "sha256.h"
/*
 * Bearer tokens: "drk_" and 43 base64url characters of 256 random bits.  Only
 * the SHA-256 of the text is kept; the text is shown once.
 */
#define TOKEN_PREFIX	"drk_"
#define TOKEN_TEXT	48	/* 47 characters and NUL */
void token_make(char out[TOKEN_TEXT]);
/* token_valid(s, n): whether s has the form of a token, in its one spelling. */
bool token_valid(const char *s, size_t n);
/* token_sha256(out, s, n): what is stored and looked up. */
void token_sha256(uint8_t out[SHA256_LEN], const char *s, size_t n);
#endif
