#ifndef ANONCREDS_LIMIT_H
#define ANONCREDS_LIMIT_H
/*
 * What an object of the AnonCreds family may have at most.  Everything is
 * counted or measured as text before anything is converted or allocated.
 * Sizes are bytes.
 */
#define AC_ID_MAX	512	/* an id of a schema, definition, registry; a DID */
#define AC_NAME_MAX	256	/* an attribute's name, a referent, a tag, a version */
#define AC_RAW_MAX	262144	/* an attribute's value as people read it */
#define AC_ATTRS_MAX	125	/* attributes of a schema, without the link secret */
#define AC_CREDS_MAX	64	/* credentials, hence sub-proofs, of a presentation */
#define AC_PREDS_MAX	128	/* predicates of a presentation, all together */
#define AC_REFS_MAX	256	/* attribute referents of a request */
#define AC_OBJECTS_MAX	256	/* schemas, definitions, registries, lists given to one call */
#define AC_REG_MAX	1000000	/* indices of a registry */
#define AC_DEC_MAX	1600	/* characters of a decimal number */
#define AC_NONCE_BITS	256	/* of a nonce from outside; ours have 80 */
#define AC_WQL_DEPTH	6	/* levels of a restriction */
#define AC_WQL_NODES	256	/* conditions of a restriction */
#define AC_ENCODED_MAX	80	/* an encoded value of ours with NUL: 78 digits and a sign */
#endif
