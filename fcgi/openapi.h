#ifndef FCGI_OPENAPI_H
#define FCGI_OPENAPI_H
#include "field.h"
#include "handler.h"
/*
 * openapi_document(table): the OpenAPI 3.1 description of a route table, from
 * its rows, the shapes of their handlers and fcgi/describe/; rows of nginx alone
 * are left out.  The caller's.
 */
struct json_object *openapi_document(const struct route *table);
/* openapi_field(f), openapi_fields(table): the JSON Schema of a value, of an object of fields.  The caller's. */
struct json_object *openapi_field(const struct field *f);
struct json_object *openapi_fields(const struct field *table);
#endif
