#include "query.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "../../base/json.h"
#include "record.h"

struct query {
	const struct wallet_keys *k;
	size_t	values, queries;	/* so far */
	struct err *e;
};

/* Comparisons; one that is not for encrypted tags needs their order. */
static const struct comparison {
	const char *word, *op;
	bool	encrypted, many;
} comparisons[] = {
	{ "$neq", "neq", true, false },
	{ "$in", "in", true, true },
	{ "$gt", "gt", false, false },
	{ "$gte", "gte", false, false },
	{ "$lt", "lt", false, false },
	{ "$lte", "lte", false, false },
	{ "$like", "like", false, false },
};
static const struct comparison equal = { "", "eq", true, false };

static struct json_object *
text(const char *s)
{
	struct json_object *o = json_object_new_string(s);

	if (o == NULL)
		abort();
	return o;
}

/* node: an array that begins with op. */
static struct json_object *
node(const char *op)
{
	struct json_object *a = json_object_new_array();

	if (a == NULL)
		abort();
	json_object_array_add(a, text(op));
	return a;
}

/* add_value: one value of a leaf, sealed or plain. */
static int
add_value(struct query *q, struct json_object *leaf, bool plain,
    struct json_object *v)
{
	const char *s = json_object_get_string(v);
	struct json_object *sealed;

	if (!json_object_is_type(v, json_type_string) ||
	    strlen(s) != (size_t)json_object_get_string_len(v))
		return err_set(q->e, ERR_QUERY, "must be text");
	if (strlen(s) > RECORD_TAG_MAX)
		return err_set(q->e, ERR_QUERY, "above %d bytes", RECORD_TAG_MAX);
	if (++q->values > QUERY_LEAVES)
		return err_set(q->e, ERR_QUERY, "the query has above %d values",
		    QUERY_LEAVES);
	sealed = plain ? text(s) :
	    record_field_b64(q->k, RECORD_TAG_VALUE, s, q->e);
	if (sealed == NULL)
		return -1;
	json_object_array_add(leaf, sealed);
	return 0;
}

/* leaf: tag compared by c with v. */
static int
leaf(struct json_object **out, struct query *q, const char *tag,
    const struct comparison *c, struct json_object *v)
{
	CLEANUP(json_put) struct json_object *a = node(c->op);
	bool plain = tag[0] == '~';
	const char *name = tag + plain;
	struct json_object *sealed;

	if (!plain && !c->encrypted)
		return err_set(q->e, ERR_QUERY,
		    "%s is for plain tags, whose names begin with ~", c->word);
	if (name[0] == '\0' || strlen(name) > RECORD_TAG_MAX)
		return err_set(q->e, ERR_QUERY, "a tag's name has 1 to %d bytes",
		    RECORD_TAG_MAX);
	json_object_array_add(a, text(plain ? "p" : "e"));
	sealed = record_field_b64(q->k, RECORD_TAG_NAME, name, q->e);
	if (sealed == NULL)
		return -1;
	json_object_array_add(a, sealed);
	if (!c->many) {
		if (add_value(q, a, plain, v) == -1)
			return -1;
	} else if (!json_object_is_type(v, json_type_array) ||
	    json_object_array_length(v) == 0) {
		return err_set(q->e, ERR_QUERY, "%s: must be an array of "
		    "at least one text", c->word);
	}
	for (size_t i = 0; c->many && i < json_object_array_length(v); i++)
		if (add_value(q, a, plain, json_object_array_get_idx(v, i)) == -1)
			return err_wrap(q->e, "%s[%zu]", c->word, i);
	*out = STEAL(a);
	return 0;
}

/* tag_member: {"tag": "v"} or {"tag": {"$op": v}}. */
static int
tag_member(struct json_object **out, struct query *q, const char *tag,
    struct json_object *v)
{
	if (!json_object_is_type(v, json_type_object))
		return leaf(out, q, tag, &equal, v);
	if (json_object_object_length(v) != 1)
		return err_set(q->e, ERR_QUERY, "must have one comparison");
	json_object_object_foreach(v, word, operand) {
		for (size_t i = 0; i < sizeof(comparisons) / sizeof(comparisons[0]); i++)
			if (strcmp(word, comparisons[i].word) == 0)
				return leaf(out, q, tag, &comparisons[i], operand);
		err_set(q->e, ERR_QUERY, "%.64s is no comparison", word);
	}
	return -1;
}

static int member(struct json_object **out, struct query *q, const char *name,
    struct json_object *v, int depth);

/* object: the and of its members; one member stands for itself. */
static int
object(struct json_object **out, struct query *q, struct json_object *o, int depth)
{
	CLEANUP(json_put) struct json_object *all = NULL;
	bool single;

	if (!json_object_is_type(o, json_type_object))
		return err_set(q->e, ERR_QUERY, "must be an object");
	single = json_object_object_length(o) == 1;
	if (depth > QUERY_DEPTH)
		return err_set(q->e, ERR_QUERY, "nested deeper than %d", QUERY_DEPTH);
	if (++q->queries > QUERY_LEAVES)
		return err_set(q->e, ERR_QUERY, "above %d queries", QUERY_LEAVES);
	if (!single)
		all = node("and");
	json_object_object_foreach(o, name, v) {
		struct json_object *one = NULL;

		if (member(&one, q, name, v, depth + !single) == -1)
			return err_wrap(q->e, "%.64s", name);
		if (single)
			all = one;
		else
			json_object_array_add(all, one);
	}
	*out = STEAL(all);
	return 0;
}

/* joined: $and and $or: an array of at least one query. */
static int
joined(struct json_object **out, struct query *q, const char *op,
    struct json_object *v, int depth)
{
	CLEANUP(json_put) struct json_object *a = node(op);

	if (!json_object_is_type(v, json_type_array) ||
	    json_object_array_length(v) == 0)
		return err_set(q->e, ERR_QUERY,
		    "must be an array of at least one query");
	for (size_t i = 0; i < json_object_array_length(v); i++) {
		struct json_object *one = NULL;

		if (object(&one, q, json_object_array_get_idx(v, i), depth + 1) == -1)
			return err_wrap(q->e, "[%zu]", i);
		json_object_array_add(a, one);
	}
	*out = STEAL(a);
	return 0;
}

static int
negated(struct json_object **out, struct query *q, struct json_object *v, int depth)
{
	struct json_object *one = NULL;

	if (object(&one, q, v, depth + 1) == -1)
		return -1;
	*out = node("not");
	json_object_array_add(*out, one);
	return 0;
}

/* member: one member of a query object, a node of depth at least. */
static int
member(struct json_object **out, struct query *q, const char *name,
    struct json_object *v, int depth)
{
	if (depth > QUERY_DEPTH)
		return err_set(q->e, ERR_QUERY, "nested deeper than %d", QUERY_DEPTH);
	if (strcmp(name, "$and") == 0)
		return joined(out, q, "and", v, depth);
	if (strcmp(name, "$or") == 0)
		return joined(out, q, "or", v, depth);
	if (strcmp(name, "$not") == 0)
		return negated(out, q, v, depth);
	if (name[0] == '$')
		return err_set(q->e, ERR_QUERY, "no such operator");
	return tag_member(out, q, name, v);
}

int
wallet_query(struct json_object **out, const struct wallet_keys *k,
    struct json_object *wql, struct err *e)
{
	struct err why = ERR_INIT;
	struct query q = { .k = k, .e = &why };
	struct json_object *got = NULL;

	if (object(&got, &q, wql, 1) == -1)
		return err_set(e, why.code, "query: %s", why.msg);
	*out = got;
	return 0;
}
