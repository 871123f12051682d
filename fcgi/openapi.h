#ifndef FCGI_OPENAPI_H
#define FCGI_OPENAPI_H
#include "handler.h"
/*
 * openapi_document(table): the OpenAPI 3.1 description of a route table, from
 * its rows and the shapes of their handlers; rows of nginx alone are left out.
 * The caller's.
 */
struct json_object *openapi_document(const struct route *table);
#endif
