/*
 * Keys: made here, registered with the node by an operator.
 */
#include <stdio.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "commands.h"
#include "key.h"
#include "keytext.h"
#include "show.h"

static void
print_peer(const struct cli *c, const struct key *k)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();

	json_add_str(o, "peer_id", k->peer_id);
	if (c->json)
		cli_json(o);
	else
		puts(k->peer_id);
}

int
c_key_new(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(key_release) struct key k = KEY_INIT;

	if (key_create(&k, a->pos[0], e) == -1)
		return -1;
	print_peer(c, &k);
	return EXIT_DONE;
}

int
c_key_show(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(key_release) struct key k = KEY_INIT;
	const char *path = a->n_pos > 0 ? a->pos[0] : c->set.value[SET_KEY_FILE];

	if (path == NULL)
		return err_set(e, ERR_CONFIG, "which key? name a file or set DARKROOM_KEY_FILE");
	if (key_load(&k, path, e) == -1)
		return -1;
	print_peer(c, &k);
	return EXIT_DONE;
}

int
c_key_add(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	for (size_t i = 1; i < a->n_pos; i++)
		if (keytext_add(body, a->pos[i], e) == -1)
			return -1;
	target_path(&t, "/api/v1/principals/%/keys", a->pos[0]);
	return show_call(c, "POST", &t, body, e);
}

int
c_key_remove(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	target_path(&t, "/api/v1/principals/%/keys/%", a->pos[0], a->pos[1]);
	return show_call(c, "DELETE", &t, NULL, e);
}
