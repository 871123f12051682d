#ifndef MODEL_EXPLORE_H
#define MODEL_EXPLORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/*
 * Exhaustive search of a small model: every state that any order of its steps
 * can reach, each once, breadth first.
 */
#define STATE_MAX	72	/* bytes of a state */

struct search;
struct mutant {
	const char *name;	/* what is wrong with the rules then */
	const char *breaks;	/* the promise that must be seen broken: part of what broken() says, or "never ends" */
};
struct model {
	const char *name;
	size_t	size;		/* of a state: plain bytes, no padding, at most STATE_MAX */
	void	(*init)(void *s);
	/* next(s, x): step(x, ...) for each state that one step leads to. */
	void	(*next)(const void *s, struct search *x);
	/* broken(s): the promise that s breaks, or NULL. */
	const char *(*broken)(const void *s);
	/* ended(s): nothing is owed.  Must be reachable from every state by steps that are sure to come.  NULL: not asked. */
	bool	(*ended)(const void *s);
	void	(*print)(const void *s);
	const struct mutant *mutants;	/* by number from 1; ended by name NULL */
	const char *promises;	/* what broken() looks at, for the reader of the table */
};
/* step(x, sure, name, who, job, t): one step's end.  sure: it will come if it stays
 * possible, without luck and without anybody's fault. */
void step(struct search *x, bool sure, const char *name, int who, int job, const void *t);

/* limits: 0 is none, but for states, which bounds the memory: size + 16 bytes each, and 8 to 16 of the table. */
struct limits {
	size_t	states;
	unsigned depth;
	double	seconds;	/* of CPU, of the search forward */
};
struct result {
	size_t	states, steps;
	size_t	looked;		/* states whose promises were looked at; all of them, unless the time was over */
	unsigned depth;
	bool	whole;		/* the limits were not met */
	double	seconds;	/* of CPU */
	char	broken[160];	/* "" : every promise holds */
};
/* explore(m, l, r, show): search; show: print the steps to what is broken. */
void explore(const struct model *m, const struct limits *l, struct result *r, bool show);

extern int mutant;		/* 0: the rules as they are */

extern const struct model life_small, life_one, life_two, life_three, segments, ring;
#endif
