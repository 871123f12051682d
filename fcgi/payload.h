#ifndef FCGI_PAYLOAD_H
#define FCGI_PAYLOAD_H
#include <json-c/json.h>
#include <stddef.h>
/* Bytes that travel inside a call. */
/* payload_add(o, p, n): members sha256 (hex), size and data_b64 of n bytes. */
void payload_add(struct json_object *o, const void *p, size_t n);
#endif
