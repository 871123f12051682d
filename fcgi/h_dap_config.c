/*
 * GET hpke_config: the keys that reports are sealed to, newest first.  Which task asks
 * makes no difference here; one that this node has not is refused.  A new node that has
 * no key yet says that it is unavailable: an empty list is no message, and would be
 * kept for a day.
 */
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "dap.h"
#include "req.h"

#define CONFIGS_BYTES	(DAP_HPKE_CONFIGS_MAX * (size_t)DAP_HPKE_CONFIG_MAX)

static int
dap_config_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	static const char *const known_09[] = { "task_id", NULL }, *const known_18[] = { NULL };
	CLEANUP(json_put) struct json_object *args = NULL;
	const char *task = req_query(rq, "task_id");
	struct dap_fault f = DAP_FAULT_INIT;
	uint8_t id[DAP_TASK_ID];

	if (req_query_known(rq, dap_profile_here(rq)->server_ids ? known_18 : known_09, e) == -1)
		return -1;
	if (dap_args(rq, &args, &f) == -1)
		return dap_refuse(rq, rs, &f);
	if (task != NULL && b64url_decode(id, sizeof(id), task, strlen(task)) != (ssize_t)sizeof(id)) {
		dap_fault_set(&f, DAP_WORD_UNRECOGNIZED_TASK, "task_id is not base64url of %d bytes", DAP_TASK_ID);
		return dap_refuse(rq, rs, &f);
	}
	if (task != NULL)
		json_add_str(args, "task_id", task);
	call_set(call, ST_DAP_HPKE_CONFIG, STEAL(args));
	return 0;
}

static int
add_config(struct buf *b, struct json_object *text, struct err *e)
{
	uint8_t raw[DAP_HPKE_CONFIG_MAX];
	ssize_t n = b64_decode(raw, sizeof(raw), json_object_get_string(text), (size_t)json_object_get_string_len(text));

	if (n <= 0)
		return err_set(e, ERR_PROTO, "an HPKE configuration is not base64");
	buf_add(b, raw, (size_t)n);
	return 0;
}

static int
dap_config_done(struct req *rq, const struct answer *a, struct resp *rs, struct err *e)
{
	CLEANUP(buf_release) struct buf body = BUF_INIT_MAX(CONFIGS_BYTES);
	struct json_object *list = NULL;
	size_t at = dap_open_vec(&body, 2);

	json_object_object_get_ex(a->extra, "configs", &list);
	if (!json_object_is_type(list, json_type_array))
		return err_set(e, ERR_PROTO, "an answer without configs");
	if (json_object_array_length(list) == 0) {
		dap_refuse_word(rq, rs, "unavailable", "this node has no key yet: ask again", 0);
		return 0;
	}
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (add_config(&body, json_object_array_get_idx(list, i), e) == -1)
			return -1;
	dap_close_vec(&body, 2, at);
	if (body.failed)
		return err_set(e, ERR_LIMIT, "the HPKE configurations are too many");
	resp_status(rs, 200);
	dap_media(rq, rs, DAP_MEDIA_HPKE_CONFIGS);
	resp_header(rs, "Cache-Control", "max-age=86400");
	resp_part_mem(rs, body.data, body.len);
	return 0;
}

const struct handler h_dap_config = { .begin = dap_config_begin, .done = dap_config_done };
