/* Gives the functions of src/stream.c other names, which TWIN makes; to be included before it. */
#ifndef TOKUSAGE_TESTS_FUZZ_TWINS_STREAM_NAMES_H
#define TOKUSAGE_TESTS_FUZZ_TWINS_STREAM_NAMES_H

#define tokusage_stream_init TWIN(init)
#define tokusage_stream_feed TWIN(feed)
#define tokusage_stream_usage TWIN(usage)
#define tokusage_stream_label TWIN(label)
#define tokusage_stream_reports TWIN(reports)
#define tokusage_stream_done TWIN(done)
#define tokusage_stream_verdict TWIN(verdict)
#define tokusage_stream_size TWIN(size)

#endif
