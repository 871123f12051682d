#include "keytext.h"

#include <string.h>

#include "../lib/base/buf.h"
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "file.h"

#define PEM_MAX 4096	/* bytes */

int
keytext_add(struct json_object *body, const char *text, struct err *e)
{
	CLEANUP(buf_release) struct buf pem = BUF_INIT;
	struct json_object *keys = NULL;

	if (!json_object_object_get_ex(body, "keys", &keys)) {
		keys = json_object_new_array();
		json_add(body, "keys", keys);
	}
	if (file_read(&pem, text, PEM_MAX, NULL) == -1) {
		json_object_array_add(keys, json_object_new_string(text));
		return 0;
	}
	if (pem.data == NULL || strstr(pem.data, "PRIVATE KEY") != NULL)
		return err_set(e, ERR_CONFIG, "%s: a public key is expected; see: darkroom key show", text);
	json_object_array_add(keys, json_object_new_string_len(pem.data, (int)pem.len));
	return 0;
}
