#include "restriction.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "attr.h"

enum op { OP_AND, OP_OR, OP_NOT, OP_EQ, OP_NEQ };

/* One condition; children of AND, OR and NOT are linked by sibling. */
struct node {
	enum op	op;
	const char *tag, *value;	/* EQ, NEQ; borrowed from the JSON */
	int	child, sibling;		/* index, or -1 */
};
struct ac_restriction {
	struct node at[AC_WQL_NODES];
	int	n, root;
};

static const char *const tags[] = {
	"schema_id", "schema_issuer_did", "schema_name", "schema_version",
	"issuer_did", "issuer_id", "cred_def_id", "rev_reg_id", NULL,
};
static const struct { const char *word; enum op op; } lists[] = {
	{ "$and", OP_AND }, { "$or", OP_OR },
};
#define N_LISTS (sizeof(lists) / sizeof(lists[0]))

static int query(struct ac_restriction *r, struct json_object *o, int depth,
    struct err *e);

bool
ac_restriction_attr(const char *tag, char name[], bool *value)
{
	static const char head[] = "attr::";
	char inside[AC_NAME_MAX + 1];
	const char *p = tag + sizeof(head) - 1, *end;

	if (strncmp(tag, head, sizeof(head) - 1) != 0)
		return false;
	end = strrchr(p, ':');
	if (end == NULL || end - p < 2 || end[-1] != ':' ||
	    (size_t)(end - 1 - p) > AC_NAME_MAX)
		return false;
	if (strcmp(end, ":value") != 0 && strcmp(end, ":marker") != 0)
		return false;
	memcpy(inside, p, (size_t)(end - 1 - p));
	inside[end - 1 - p] = '\0';
	*value = end[1] == 'v';
	return ac_attr_name(name, inside) == 0;
}

static bool
tag_known(const char *tag)
{
	char name[AC_NAME_MAX + 1];
	bool value;

	for (const char *const *t = tags; *t != NULL; t++)
		if (strcmp(*t, tag) == 0)
			return true;
	return strlen(tag) <= AC_NAME_MAX &&
	    ac_restriction_attr(tag, name, &value);
}

/* add: a new node's index, or -1 when there are too many. */
static int
add(struct ac_restriction *r, enum op op, struct err *e)
{
	if (r->n == AC_WQL_NODES)
		return err_set(e, ERR_STRUCTURE,
		    ": must have at most %d conditions", AC_WQL_NODES);
	r->at[r->n] = (struct node){ .op = op, .child = -1, .sibling = -1 };
	return r->n++;
}

/* adopt: child becomes a child of parent; their order has no meaning. */
static void
adopt(struct ac_restriction *r, int parent, int child)
{
	r->at[child].sibling = r->at[parent].child;
	r->at[parent].child = child;
}

/* leaf: tag = value or tag != value. */
static int
leaf(struct ac_restriction *r, enum op op, const char *tag,
    struct json_object *v, struct err *e)
{
	const char *s = ac_string(v, AC_RAW_MAX);
	int at;

	if (s == NULL)
		return ac_bad(e, "", "must be a text of 1 to 262144 bytes");
	at = add(r, op, e);
	if (at != -1) {
		r->at[at].tag = tag;
		r->at[at].value = s;
	}
	return at;
}

/* each: op over the elements of an array, a leaf of tag or (NULL) a query each. */
static int
each(struct ac_restriction *r, enum op op, const char *tag,
    struct json_object *o, int depth, struct err *e)
{
	size_t n;
	int at, child;

	if (!json_object_is_type(o, json_type_array))
		return ac_bad(e, "", "must be an array");
	n = json_object_array_length(o);
	if (n == 0 || n > AC_WQL_NODES)
		return err_set(e, ERR_STRUCTURE,
		    ": must have 1 to %d elements", AC_WQL_NODES);
	at = add(r, op, e);
	if (at == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct json_object *v = json_object_array_get_idx(o, i);

		child = tag != NULL ? leaf(r, OP_EQ, tag, v, e) :
		    query(r, v, depth, e);
		if (child == -1)
			return ac_under(e, "[%zu]", i);
		adopt(r, at, child);
	}
	return at;
}

/* condition: {"$neq": v} or {"$in": [...]} of a tag. */
static int
condition(struct ac_restriction *r, const char *tag, struct json_object *o,
    struct err *e)
{
	struct json_object *v;

	if (json_object_object_length(o) != 1)
		return ac_bad(e, "", "must have one operator");
	if (json_object_object_get_ex(o, "$neq", &v))
		return leaf(r, OP_NEQ, tag, v, e);
	if (json_object_object_get_ex(o, "$in", &v))
		return each(r, OP_OR, tag, v, 0, e);
	return ac_bad(e, "", "must be $neq or $in");
}

/* member: one member of a query. */
static int
member(struct ac_restriction *r, const char *key, struct json_object *v,
    int depth, struct err *e)
{
	int at, child;

	for (size_t i = 0; i < N_LISTS; i++)
		if (strcmp(key, lists[i].word) == 0)
			return each(r, lists[i].op, NULL, v, depth - 1, e);
	if (strcmp(key, "$not") == 0) {
		at = add(r, OP_NOT, e);
		child = at == -1 ? -1 : query(r, v, depth - 1, e);
		if (child == -1)
			return -1;
		adopt(r, at, child);
		return at;
	}
	if (!tag_known(key))
		return ac_bad(e, "", "is no tag that can be asked for");
	if (json_object_is_type(v, json_type_object))
		return condition(r, key, v, e);
	return leaf(r, OP_EQ, key, v, e);
}

/* query: the index of the node that o is, or -1. */
static int
query(struct ac_restriction *r, struct json_object *o, int depth, struct err *e)
{
	int at, child;

	if (depth == 0)
		return err_set(e, ERR_STRUCTURE,
		    ": must have at most %d levels", AC_WQL_DEPTH);
	if (json_object_is_type(o, json_type_array))
		return each(r, OP_OR, NULL, o, depth - 1, e);
	if (!json_object_is_type(o, json_type_object) ||
	    json_object_object_length(o) == 0)
		return ac_bad(e, "", "must be a query");
	at = add(r, OP_AND, e);
	if (at == -1)
		return -1;
	json_object_object_foreach(o, key, val) {
		child = member(r, key, val, depth, e);
		if (child == -1)
			return ac_under(e, "%.64s", key);
		adopt(r, at, child);
	}
	return at;
}

int
ac_restriction_parse(struct ac_restriction **out, struct json_object *o,
    struct err *e)
{
	struct ac_restriction *r;

	if (o == NULL ||
	    (json_object_is_type(o, json_type_array) &&
	    json_object_array_length(o) == 0) ||
	    (json_object_is_type(o, json_type_object) &&
	    json_object_object_length(o) == 0)) {
		*out = NULL;
		return 0;
	}
	r = calloc(1, sizeof(*r));
	if (r == NULL)
		abort();
	r->root = query(r, o, AC_WQL_DEPTH, e);
	if (r->root == -1) {
		ac_restriction_free(r);
		return -1;
	}
	*out = r;
	return 0;
}

void
ac_restriction_free(struct ac_restriction *r)
{
	free(r);
}

static enum ac_known
inverse(enum ac_known k)
{
	return k == AC_UNKNOWN ? k : k == AC_YES ? AC_NO : AC_YES;
}

/*
 * met: Kleene's logic.  AND is decided by one NO, OR by one YES; an unknown
 * child leaves open what the others did not decide.
 */
static enum ac_known
met(const struct ac_restriction *r, int at, ac_tag_fn tag, void *arg)
{
	const struct node *n = &r->at[at];
	enum ac_known decides = n->op == OP_AND ? AC_NO : AC_YES;
	enum ac_known all = inverse(decides);

	switch (n->op) {
	case OP_EQ:
		return tag(arg, n->tag, n->value);
	case OP_NEQ:
		return inverse(tag(arg, n->tag, n->value));
	case OP_NOT:
		return inverse(met(r, n->child, tag, arg));
	default:
		break;
	}
	for (int c = n->child; c != -1; c = r->at[c].sibling) {
		enum ac_known k = met(r, c, tag, arg);

		if (k == decides)
			return k;
		if (k == AC_UNKNOWN)
			all = AC_UNKNOWN;
	}
	return all;
}

bool
ac_restriction_met(const struct ac_restriction *r, ac_tag_fn tag, void *arg)
{
	return r == NULL || met(r, r->root, tag, arg) == AC_YES;
}
