#include "evm.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"

#define CALL_MS		10000
#define ANSWER_MAX	(16u << 20)	/* bytes */
#define FILE_MAX	(64u << 10)	/* bytes */
#define RETURN_MAX	4096		/* bytes that eth_call may give */

/* ---- its address -------------------------------------------------------- */

static int
read_file(char text[FILE_MAX], const char *file, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open(file, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t got = 1;

	if (fd == -1)
		return err_set(e, ERR_CONFIG, "evm_rpc_file cannot be read");
	while (got > 0 && n < FILE_MAX - 1) {
		got = read(fd, text + n, FILE_MAX - 1 - n);
		n += got > 0 ? (size_t)got : 0;
	}
	if (got != 0)
		return err_set(e, ERR_CONFIG, "evm_rpc_file cannot be read, or is over %u bytes", FILE_MAX - 1);
	text[n] = '\0';
	return 0;
}

/* take_url: the URL of a line "chain URL", if it is that chain's. */
static bool
take_url(char *url, size_t max, const char *line, size_t len, const char *chain)
{
	size_t name = strcspn(line, " \t\n"), at, n;

	if (name != strlen(chain) || strncmp(line, chain, name) != 0 || name >= len)
		return false;
	at = name + strspn(line + name, " \t");
	n = strcspn(line + at, " \t\r\n");
	if (n == 0 || n >= max)
		return false;
	memcpy(url, line + at, n);
	url[n] = '\0';
	return true;
}

static int
find_url(struct evm *n, const char *file, const char *chain, struct err *e)
{
	char text[FILE_MAX];

	if (file == NULL)
		return err_set(e, ERR_CONFIG, "no evm_rpc_file on this host");
	if (read_file(text, file, e) == -1)
		return -1;
	for (const char *line = text; *line != '\0'; ) {
		size_t len = strcspn(line, "\n");

		if (take_url(n->url, sizeof(n->url), line, len, chain))
			return 0;
		line += len + (line[len] == '\n');
	}
	return err_set(e, ERR_CONFIG, "evm_rpc_file has no line for this chain");
}

int
evm_init(struct evm *n, const char *file, const char *chain, httpc_heed *heed, void *arg, struct err *e)
{
	*n = (struct evm){ .body = BUF_INIT };
	if (find_url(n, file, chain, e) == -1)
		return -1;
	n->http = httpc_new(heed, arg, e);
	return n->http == NULL ? -1 : 0;
}

void
evm_release(struct evm *n)
{
	httpc_free(&n->http);
	buf_release(&n->body);
}

/* ---- calls -------------------------------------------------------------- */

/* call: *result is borrowed from *root, which is the caller's to put; takes params. */
static int
call(struct evm *n, const char *method, struct json_object *params, struct json_object **root,
    struct json_object **result, struct err *e)
{
	CLEANUP(json_put) struct json_object *ask = rpc_request(++n->last_id, method, params);
	const char *text = json_text(ask);
	long status = 0;

	if (httpc_post(n->http, &(const struct httpc_req){ .url = n->url, .content_type = "application/json",
	    .body = text, .body_len = strlen(text), .timeout_ms = CALL_MS, .max_bytes = ANSWER_MAX },
	    &n->body, &status, e) == -1)
		return err_wrap(e, "%s", method);
	if (status != 200)
		return err_set(e, ERR_SYS, "%s: HTTP status %ld", method, status);
	if (json_parse(root, n->body.data != NULL ? n->body.data : "", n->body.len, e) == -1 ||
	    rpc_result(result, *root, n->last_id, e) == -1)
		return err_wrap(e, "%s", method);
	return 0;
}

static int
ask_quantity(struct evm *n, const char *method, int64_t *out, struct err *e)
{
	CLEANUP(json_put) struct json_object *root = NULL;
	struct json_object *v;

	if (call(n, method, NULL, &root, &v, e) == -1)
		return -1;
	return rpc_quantity(out, v, method, e);
}

int
evm_chain_id(struct evm *n, int64_t *id, struct err *e)
{
	return ask_quantity(n, "eth_chainId", id, e);
}

int
evm_head(struct evm *n, int64_t *number, struct err *e)
{
	return ask_quantity(n, "eth_blockNumber", number, e);
}

int
evm_block_hash(struct evm *n, int64_t number, uint8_t hash[RPC_HASH_LEN], struct err *e)
{
	CLEANUP(json_put) struct json_object *root = NULL;
	struct json_object *v, *params = json_object_new_array(), *h = NULL, *no = NULL;
	int64_t got;

	json_object_array_add(params, rpc_quantity_new(number));
	json_object_array_add(params, json_object_new_boolean(false));
	if (call(n, "eth_getBlockByNumber", params, &root, &v, e) == -1)
		return -1;
	if (!json_object_is_type(v, json_type_object))
		return err_set(e, ERR_PROTO, "no block %lld", (long long)number);
	json_object_object_get_ex(v, "hash", &h);
	json_object_object_get_ex(v, "number", &no);
	if (rpc_quantity(&got, no, "number", e) == -1 || rpc_bytes(hash, RPC_HASH_LEN, h, "hash", e) == -1)
		return -1;
	return got == number ? 0 : err_set(e, ERR_PROTO, "another block than %lld", (long long)number);
}

static void
add_hex(struct json_object *o, const char *key, const uint8_t *p, size_t n)
{
	char text[2 + HEX_LEN(RPC_HASH_LEN)] = "0x";

	hex_encode(text + 2, p, n);
	json_add_str(o, key, text);
}

int
evm_logs(struct evm *n, const uint8_t contract[RPC_ADDRESS_LEN], int64_t from, int64_t to,
    struct json_object **out, struct json_object **list, struct err *e)
{
	struct json_object *filter = json_object_new_object(), *params = json_object_new_array();

	json_add(filter, "fromBlock", rpc_quantity_new(from));
	json_add(filter, "toBlock", rpc_quantity_new(to));
	add_hex(filter, "address", contract, RPC_ADDRESS_LEN);
	json_add(filter, "topics", lease_topics());
	json_object_array_add(params, filter);
	if (call(n, "eth_getLogs", params, out, list, e) == -1)
		return -1;
	if (!json_object_is_type(*list, json_type_array))
		return err_set(e, ERR_PROTO, "eth_getLogs: no list");
	return 0;
}

/* ask_contract: the bytes that a call returns. */
static int64_t
ask_contract(struct evm *n, const uint8_t contract[RPC_ADDRESS_LEN], const char *data, int64_t number,
    uint8_t out[RETURN_MAX], struct err *e)
{
	CLEANUP(json_put) struct json_object *root = NULL;
	struct json_object *tx = json_object_new_object(), *params = json_object_new_array(), *v;

	add_hex(tx, "to", contract, RPC_ADDRESS_LEN);
	json_add_str(tx, "data", data);
	json_object_array_add(params, tx);
	json_object_array_add(params, rpc_quantity_new(number));
	if (call(n, "eth_call", params, &root, &v, e) == -1)
		return -1;
	return rpc_data(out, RETURN_MAX, v, "eth_call", e);
}

int
evm_lease(struct evm *n, const uint8_t contract[RPC_ADDRESS_LEN], const uint8_t id[LEASE_ID_LEN],
    int64_t number, struct lease_state *out, struct err *e)
{
	char data[LEASE_CALLDATA];
	uint8_t bytes[RETURN_MAX];
	bool exists;
	int64_t got;

	lease_calldata(data, LEASE_EXISTS, id);
	got = ask_contract(n, contract, data, number, bytes, e);
	if (got == -1 || lease_exists_read(&exists, bytes, (size_t)got, e) == -1)
		return -1;
	if (!exists)
		return 0;
	lease_calldata(data, LEASE_GET, id);
	got = ask_contract(n, contract, data, number, bytes, e);
	if (got == -1 || lease_state_read(out, bytes, (size_t)got, e) == -1)
		return -1;
	return 1;
}
