#ifndef WORKERD_TURN_H
#define WORKERD_TURN_H
struct lane;
/* turn_begin: send the outcomes that wait and claim what there is room for;
 * nothing when there is neither. */
void turn_begin(struct lane *l);
#endif
