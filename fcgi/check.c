#include "check.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "../lib/base/uuid.h"
#include "../lib/crypt/address.h"
#include "../lib/crypt/sha256.h"
#include "batch.h"
#include "exch.h"
#include "park.h"

#define IDEM_KEY_MAX	255

struct check {
	struct exch *x;
	struct auth_id *id;
};

static bool
open_route(const struct exch *x)
{
	return (x->rq.route->flags & RT_OPEN) != 0;
}

static bool
dap_route(const struct exch *x)
{
	return (x->rq.route->flags & RT_DAP) != 0;
}

static bool
is_submit(const struct route *r)
{
	return (r->flags & RT_IDEM) != 0 && strcmp(r->scope, "job:submit") == 0;
}

/* Load shedding, from figures that cost nothing now. */
int
check_load(const struct exch *x, int64_t *retry_ms, struct err *e)
{
	const struct front *f = x->front;
	const struct pressure *p = &f->pressure;
	bool write = route_writes(x->rq.route);

	if ((int64_t)(f->n_exchs - park_count(f->park)) > conf_i64(f->conf, "max_in_flight"))
		return err_set(e, ERR_BACKPRESSURE, "too many requests are in flight");
	if (open_route(x))
		return 0;
	if (!batch_up(f->batch, write))
		return err_set(e, ERR_BACKPRESSURE, "the database is away");
	if (batch_busy(f->batch, write))
		return err_set(e, ERR_BACKPRESSURE, "more comes than the database can take now");
	if (is_submit(x->rq.route) && p->queue_max > 0 && p->queued >= p->queue_max) {
		*retry_ms = p->retry_ms;
		return err_set(e, ERR_QUEUE_FULL, "the queue of this node is full");
	}
	return 0;
}

static bool
is_sha256(const char *s)
{
	return strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

static const char *
declared_digest(const struct exch *x)
{
	return req_header(&x->rq, "X-Darkroom-Content-SHA256");
}

/* What the signature covers: the bytes that came; for a body that the web
 * server spooled, the digest the client declared, which the handler verifies. */
static int
take_digest(const struct check *c, struct err *e UNUSED)
{
	struct exch *x = c->x;
	const char *declared = declared_digest(x);

	if (dap_route(x))
		return 0;	/* nothing of it is signed */
	if ((x->rq.route->flags & RT_BODY_FILE) != 0 && declared != NULL && is_sha256(declared))
		memcpy(x->body_sha256, declared, sizeof(x->body_sha256));
	else
		sha256_hex(x->body_sha256, x->rq.body, x->rq.body_len);
	return 0;
}

static int
check_digest(const struct check *c, struct err *e)
{
	const char *declared = dap_route(c->x) ? NULL : declared_digest(c->x);

	if (declared != NULL && !is_sha256(declared))
		return err_set(e, ERR_VALIDATION, "X-Darkroom-Content-SHA256 must be 64 lower-case hex digits");
	if (declared != NULL && strcmp(declared, c->x->body_sha256) != 0)
		return err_set(e, ERR_FORBIDDEN, "X-Darkroom-Content-SHA256 is not the digest of the body");
	return 0;
}

/* 1: not before the database was asked for the key of c->id->peer. */
static int
check_caller(const struct check *c, struct err *e)
{
	struct exch *x = c->x;
	const struct auth_keys keys = { .ring = x->front->keyring, .asked = x->key_asked };
	int rc;

	if (open_route(x) || ((x->rq.route->flags & RT_ANYBODY) != 0 && !auth_given(&x->rq)))
		return 0;
	if (dap_route(x))
		rc = auth_dap(&x->rq, c->id, e);
	else
		rc = auth_check(&x->rq, x->body_sha256, &keys, c->id, e);
	if (rc != 0)
		return rc;
	x->legacy = c->id->legacy;
	if (x->legacy)
		req_forget_query(&x->rq);	/* nobody signed it */
	free(x->peer);
	x->peer = strdup(c->id->mode == AUTH_KEY ? c->id->peer : c->id->token_sha256);
	if (x->peer == NULL)
		abort();
	if (c->id->mode == AUTH_KEY)
		x->rq.peer_id = x->peer;
	else
		x->rq.token_sha256_hex = x->peer;
	return 0;
}

static int
check_host(const struct check *c, struct err *e)
{
	if (open_route(c->x) || dap_route(c->x))
		return 0;	/* nothing that is signed names a host */
	return auth_host(&c->x->rq, conf_str(c->x->front->conf, "server_names"), e);
}

static bool
is_json_type(const char *s)
{
	size_t n = strcspn(s, "; \t");

	return n == 0 || (n == 16 && strncasecmp(s, "application/json", n) == 0);
}

static int
check_json(const struct check *c, struct err *e)
{
	struct req *rq = &c->x->rq;
	const char *type = req_header(rq, "Content-Type");

	if ((rq->route->flags & RT_BODY_JSON) == 0)
		return 0;
	if (type != NULL && !is_json_type(type))
		return err_set(e, ERR_UNSUPPORTED_TYPE, "Content-Type must be application/json");
	if (rq->body_len > 0)
		return json_parse(&rq->json, rq->body, rq->body_len, e);
	rq->json = json_object_new_object();
	return 0;
}

static int
check_spender(const struct check *c, struct err *e)
{
	struct req *rq = &c->x->rq;
	char *spender = (char *)req_header(rq, "X-Pandacea-Spender-Address");	/* our own copy of the parameter */
	uint8_t address[ADDRESS_LEN];

	if ((rq->route->flags & RT_SPENDER) == 0 || spender == NULL || *spender == '\0')
		return 0;
	if (address_parse(address, spender, strlen(spender)) == -1)
		return err_set(e, ERR_VALIDATION, "X-Pandacea-Spender-Address must be 0x and 40 hex digits");
	address_text(spender, address);
	rq->spender = spender;
	return 0;
}

static bool
visible(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (s[i] <= 0x20 || s[i] >= 0x7f)
			return false;
	return n >= 1 && n <= IDEM_KEY_MAX;
}

/* A call may be sent twice when its first commit is in doubt: each creating one
 * has a key, or is known by what it creates.  Ours is random, never the request
 * id, which clients choose. */
static int
check_idem(const struct check *c, struct err *e)
{
	struct exch *x = c->x;
	const char *key = req_header(&x->rq, "Idempotency-Key");
	uint8_t r[16];
	char text[B32_LEN(sizeof(r))];

	if ((x->rq.route->flags & RT_IDEM) == 0)
		return 0;
	if (x->legacy)
		key = NULL;	/* nobody signed it */
	if (key != NULL && !visible(key))
		return err_set(e, ERR_VALIDATION, "Idempotency-Key must be 1 to %d visible ASCII characters", IDEM_KEY_MAX);
	if (key == NULL && (x->rq.route->flags & RT_NAMED) != 0)
		return 0;
	if (key == NULL) {
		uuid_random128(r);
		b32_encode(text, r, sizeof(r));
		if (asprintf(&x->made_key, "auto-%s", text) == -1)
			abort();
		key = x->made_key;
	}
	x->rq.idem_key = key;
	return 0;
}

int
check_request(struct exch *x, struct auth_id *id, struct err *e)
{
	static int (*const checks[])(const struct check *, struct err *) = {
		take_digest, check_caller, check_digest, check_host, check_json, check_spender, check_idem,
	};
	const struct check c = { .x = x, .id = id };

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		int rc = checks[i](&c, e);

		if (rc != 0)
			return rc;
	}
	return 0;
}
