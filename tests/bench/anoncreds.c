/*
 * anoncreds: what issuer, holder and verifier cost with the JSON of their
 * objects, in this process alone.
 *
 *	anoncreds ROUNDS
 *
 * Prints a JSON line for each operation: {"op", "n", "p50", "p90", "p99", "max",
 * "unit"}: CPU milliseconds.
 */
#include <sys/resource.h>

#include "../unit/acworld.h"

#define PERSON "{\"First Name\": \"Alex\", \"age\": \"28\", \"height\": \"175\", \"zero\": \"0\"}"
#define REQUEST "{\"nonce\": \"1234567890\", \"name\": \"n\", \"version\": \"1\", " \
	"\"non_revoked\": {\"to\": 1100}, \"requested_attributes\": {\"a\": {\"name\": \"first name\"}}, " \
	"\"requested_predicates\": {\"p\": {\"name\": \"age\", \"p_type\": \">=\", \"p_value\": 18}, " \
	"\"q\": {\"name\": \"height\", \"p_type\": \"<\", \"p_value\": 200}}}"
#define ONE "{\"cred_id\": \"person\", \"timestamp\": 1000"
#define SELECTION "{\"requested_attributes\": {\"a\": " ONE ", \"revealed\": true}}, " \
	"\"requested_predicates\": {\"p\": " ONE "}, \"q\": " ONE "}}}"

static struct world w;
static struct issuance s;
static struct showing shown;
static struct ac_case c;

static double
cpu_ms(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static void
do_offer_request(void)
{
	issuance_release(&s);
	issuance_begin(&s, &w, 0, 4, PERSON);
}

static void
do_issue(void)
{
	CLEANUP(ac_cred_request_release) struct ac_cred_request r = AC_CRED_REQUEST_INIT;
	struct json_object *cred;
	struct err e = ERR_INIT;

	must(ac_cred_request_decode(&r, s.request_json, &e), &e, "request");
	s.issue.request = &r;
	must(ac_issuer_issue(&cred, &s.issue, &e), &e, "issue");
	json_object_put(s.cred_json);
	s.cred_json = cred;
}

static void
do_accept(void)
{
	CLEANUP(ac_credential_release) struct ac_credential cred = AC_CREDENTIAL_INIT;
	struct json_object *kept;
	struct err e = ERR_INIT;

	must(ac_credential_decode(&cred, s.cred_json, &e), &e, "credential");
	must(ac_holder_accept(&kept, &cred, &s.accept, &e), &e, "accept");
	json_object_put(kept);
}

static void
do_objects(void)
{
	CLEANUP(ac_objects_release) struct ac_objects o = AC_OBJECTS_INIT;
	struct err e = ERR_INIT;

	must(ac_objects_decode(&o, c.args, &e), &e, "objects");
}

static void
do_present(void)
{
	CLEANUP(json_put) struct json_object *selection = json_of(SELECTION);
	struct err e = ERR_INIT;

	showing_release(&shown);
	showing_init(&shown, &w, c.request, selection);
	json_object_put(c.pres);
	must(ac_present(&c.pres, &shown.in, &e), &e, "presentation");
}

static void
do_verify(void)
{
	if (strcmp(verdict_of(&c), "valid") != 0)
		vec_die("a presentation that holds");
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
measure(const char *op, void (*fn)(void), size_t n)
{
	double *ms = calloc(n, sizeof(*ms));

	for (size_t i = 0; i < n; i++) {
		double from = cpu_ms();

		fn();
		ms[i] = cpu_ms() - from;
	}
	qsort(ms, n, sizeof(*ms), by_value);
	printf("{\"op\": \"%s\", \"n\": %zu, \"p50\": %.3f, \"p90\": %.3f, \"p99\": %.3f, \"max\": %.3f, "
	    "\"unit\": \"ms\"}\n", op, n, ms[n / 2], ms[n * 9 / 10], ms[n * 99 / 100], ms[n - 1]);
	free(ms);
}

int
main(int argc, char **argv)
{
	size_t rounds = argc == 2 ? strtoul(argv[1], NULL, 10) : 20;

	world_init(&w);
	c = (struct ac_case){ .request = json_of(REQUEST), .args = world_args(&w), .opts = { .check_encoding = true } };
	issuance_begin(&s, &w, 0, 4, PERSON);
	measure("offer, key proof checked, request", do_offer_request, rounds);
	measure("issue a revocable credential", do_issue, rounds);
	measure("accept it", do_accept, rounds);
	measure("read the verifier's objects", do_objects, rounds);
	measure("present, 2 predicates and non-revocation", do_present, rounds);
	measure("verify, 2 predicates and non-revocation", do_verify, rounds);
	issuance_release(&s);
	showing_release(&shown);
	case_release(&c);
	world_release(&w);
	return 0;
}
