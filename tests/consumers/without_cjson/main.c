/* Reads a streamed response and writes its usage; uses no cJSON tree, so it is linked with the static library alone. */
#include <stdio.h>
#include <string.h>

#include <tokusage.h>

static const char *const pieces[] = {
    "data: {\"type\":\"message_start\",\"message\":{\"model\":\"a-model\",\"usage\":{\"input_to",
    "kens\":5,\"cache_read_input_tokens\":20,\"output_tokens\":1}}}\n\ndata: {\"type\":\"ping\"}\n\n",
    "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}\n",
    "\n",
};

int main(void) {
    tokusage_stream stream;
    tokusage usage = {0};
    tokusage_error error;
    char model[16];
    char text[TOKUSAGE_JSON_SIZE];

    if (tokusage_stream_init(&stream, NULL) != TOKUSAGE_OK) {
        return 1;
    }
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        if (tokusage_stream_feed(&stream, pieces[i], strlen(pieces[i])) != strlen(pieces[i])) {
            return 1;
        }
    }
    tokusage_stream_model(&stream, model, sizeof(model));
    if (!tokusage_stream_done(&stream) || tokusage_stream_body(&stream) != TOKUSAGE_BODY_WHOLE ||
        tokusage_stream_usage(&stream, &usage, &error) != TOKUSAGE_OK ||
        tokusage_reconcile(&usage, &error) != TOKUSAGE_OK ||
        tokusage_encode(&usage, text, sizeof(text), NULL) != TOKUSAGE_OK ||
        tokusage_decode(text, strlen(text), &usage, &error) != TOKUSAGE_OK) {
        return 1;
    }
    printf("%s: %s\n", model, text);
    return 0;
}
