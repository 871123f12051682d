#ifndef FCGI_DESCRIBE_H
#define FCGI_DESCRIBE_H
#include <json-c/json.h>
/*
 * What no program can read out of a route table: what a route means, the form
 * of its answers, an example.  It stands in fcgi/describe/, a file for each page of
 * docs/api, whose bytes are part of the program.  A file is
 *
 *	{"title", "about", "schemas": {NAME: schema}, "operations": {"METHOD /path": {
 *	  "id", "text",
 *	  "params": {NAME: example}, "body": example,
 *	  "answers": {STATUS: {"text", "schema": NAME | "type": media type, "example", "headers": [NAME]}},
 *	  "refusals": [STATUS]}}}
 *
 * where "refusals" are those which the flags of the route do not tell, and an
 * answer without an example has that of its schema.  common.json holds what
 * all routes share.
 */
/* describe_common(): the object of common.json, with the schemas of every
 * page in components.schemas.  Borrowed; a caller may change it once. */
struct json_object *describe_common(void);
/* describe_operation(method, path, tag): what is said of a route, and in *tag
 * the title of its page.  Both borrowed; NULL: nothing is. */
struct json_object *describe_operation(const char *method, const char *path, const char **tag);
/* describe_tags(): a new array of {name, description, x-page: its file in docs/api}, a page each. */
struct json_object *describe_tags(void);
#endif
