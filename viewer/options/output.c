/* output.c - see output.h. */
#include "options/output.h"

#include <unistd.h>

bool output_open(struct out *out, const struct options *options)
{
    if (options->output == NULL) {
        out_open(out, STDOUT_FILENO, options->colour);
        return true;
    }
    if (out_open_file(out, options->output, true, options->colour))
        return true;
    complain("%s: cannot be written: %m", options->output);
    return false;
}

int output_close(struct out *out, const struct options *options)
{
    if (out_close(out))
        return STATUS_DONE;
    return complain("%s: %s", options->output != NULL ? options->output : "the output cannot be written",
                    strerror(out->error));
}
