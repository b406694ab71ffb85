/* verb.h - what sockspy can do. A new verb is a file verb_NAME.c, a line here
 * and a row in main.c. Each returns the exit status. */
#ifndef SOCKSPY_VERB_H
#define SOCKSPY_VERB_H

#include "options/options.h"

int verb_log(const struct options *options);
int verb_sockets(const struct options *options);
int verb_connections(const struct options *options);
int verb_export(const struct options *options);
int verb_report(const struct options *options);
int verb_stat(const struct options *options);
int verb_audit(const struct options *options);
int verb_run(const struct options *options);
int verb_explain(const struct options *options);
int verb_diagram(const struct options *options);
int verb_lesson(const struct options *options);
int verb_info(const struct options *options);
int verb_clean(const struct options *options);

#endif
