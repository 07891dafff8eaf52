/* Reads a streamed response and writes its usage. It has no cJSON tree, so it needs tokusage alone. */
#include <stdio.h>
#include <string.h>

#include <tokusage.h>

static const char *const chunks[] = {
    "data: {\"type\":\"message_start\",\"message\":{\"model\":\"a-model\",\"usage\":{\"input_to",
    "kens\":5,\"cache_read_input_tokens\":20,\"output_tokens\":1}}}\n\ndata: {\"type\":\"ping\"}\n\n",
    "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}\n",
    "\n",
};

int main(void) {
    tokusage_stream stream;
    tokusage usage = {0};
    tokusage_error error;
    char model[TOKUSAGE_LABEL_SIZE];
    char json[TOKUSAGE_JSON_SIZE];

    if (tokusage_stream_init(&stream, NULL) != TOKUSAGE_OK) {
        return 1;
    }
    for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
        if (tokusage_stream_feed(&stream, chunks[i], strlen(chunks[i])) != strlen(chunks[i])) {
            return 1;
        }
    }
    tokusage_stream_label(&stream, TOKUSAGE_LABEL_MODEL, model, sizeof(model));
    if (!tokusage_stream_done(&stream) ||
        tokusage_stream_verdict(&stream, true, &usage, &error) != TOKUSAGE_CONSISTENT ||
        tokusage_encode(&usage, json, sizeof(json), NULL) != TOKUSAGE_OK) {
        return 1;
    }
    printf("%s: %s\n", model, json);
    return 0;
}
